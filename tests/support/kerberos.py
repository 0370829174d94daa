"""A Kerberos realm of its own with one key distribution centre, and keytabs of its principals."""

import os
import pathlib
import subprocess

from support.worker import free_port, wait_for

REALM = "SLUICE.TEST"
_MODULE = "com.sun.security.auth.module.Krb5LoginModule"


class Kerberos:
    """Runs from __enter__ to __exit__. `config` is what clients and servers find in KRB5_CONFIG."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.config = self.folder / "krb5.conf"
        self.config.write_text(f"""[libdefaults]
  default_realm = {REALM}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  {REALM} = {{
    kdc = 127.0.0.1:{port}
  }}
[domain_realm]
  localhost = {REALM}
""")
        (self.folder / "kdc.conf").write_text(f"""[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {REALM} = {{
    database_name = {self.folder / 'principal'}
    key_stash_file = {self.folder / 'stash'}
    acl_file = {self.folder / 'acl'}
  }}
[logging]
  kdc = FILE:{self.folder / 'log'}
""")
        self._environment = {**os.environ, "KRB5_CONFIG": str(self.config),
                             "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf"),
                             "PATH": os.environ["PATH"] + ":/usr/sbin"}
        self._process = None

    def _run(self, *command):
        subprocess.run(command, env=self._environment, check=True, capture_output=True)

    def __enter__(self):
        self._run("kdb5_util", "create", "-s", "-r", REALM, "-P", "of-the-database")
        log = self.folder / "log"
        self._process = subprocess.Popen(["krb5kdc", "-n"], env=self._environment)
        wait_for(lambda: log.exists() and "commencing operation" in log.read_text(), f"the KDC runs; see {log}")
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(20)

    def keytab(self, principal):
        """Makes the principal, and answers a file with its key."""
        keytab = self.folder / f"{principal.replace('/', '-')}.keytab"
        self._run("kadmin.local", "-r", REALM, "-q", f"addprinc -randkey {principal}")
        self._run("kadmin.local", "-r", REALM, "-q", f"ktadd -k {keytab} {principal}")
        return keytab

    def server(self, principal):
        """The JAAS text of a Java server."""
        return (f'{_MODULE} required useKeyTab=true storeKey=true keyTab="{self.keytab(principal)}" '
                f'principal="{principal}@{REALM}";')

    def client(self, keytab):
        """The environment of a client that has this keytab."""
        return {"KRB5_CONFIG": str(self.config), "KRB5_CLIENT_KTNAME": str(keytab),
                "KRB5CCNAME": f"FILE:{keytab}.tickets"}


def gssapi(service="kafka"):
    return {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "GSSAPI", "sasl.kerberos.service.name": service}
