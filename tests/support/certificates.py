"""Keys and certificates for tests, made by openssl and Java's keytool: a root, a server and a client, in every format.

The files of `Certificates(folder)`: root.pem, stranger.pem (another root), and for each of `server` and `client`
NAME.pem (key and certificate), NAME.p12 and NAME.jks (password `changeit`); trust.p12 and trust.jks hold the root.
`sign` makes more of them.
"""

import pathlib
import subprocess

PASSWORD = "changeit"


def _run(*command, text=None):
    subprocess.run([str(part) for part in command], check=True, capture_output=True, input=text, text=True)


class Certificates:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._root("root")
        self._root("stranger")
        for name in ("server", "client"):
            self.sign(name)
        for kind in ("JKS", "PKCS12"):
            self._keytool(kind, "trust", "-importcert", "-noprompt", "-alias", "root", "-file", self["root.pem"])

    def __getitem__(self, name):
        return str(self.folder / name)

    def store(self, name, kind):
        """The path of a store by its Java type."""
        return self[f"{name}.{ {'PEM': 'pem', 'PKCS12': 'p12', 'JKS': 'jks'}[kind] }"]

    def keys(self, kind, prefix="", name="client"):
        """Client settings with a key and the root, as a dict of Java keys."""
        trust = self["root.pem"] if kind == "PEM" else self.store("trust", kind)
        keys = {"security.protocol": "SSL", "ssl.truststore.type": kind, "ssl.truststore.location": trust,
                "ssl.keystore.type": kind, "ssl.keystore.location": self.store(name, kind)}
        if kind != "PEM":
            keys.update({"ssl.truststore.password": PASSWORD, "ssl.keystore.password": PASSWORD})
        return {prefix + key: value for key, value in keys.items()}

    def _root(self, name):
        _run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
             self[f"{name}.key"], "-subj", f"/CN={name}", "-days", "30", "-out", self[f"{name}.pem"])

    def sign(self, name, names="DNS:localhost,IP:127.0.0.1"):
        """A key, and a certificate of these names."""
        key, request, certificate = self[f"{name}.key"], self[f"{name}.csr"], self[f"{name}.crt"]
        _run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
             "-subj", f"/CN={name}", "-out", request)
        _run("openssl", "x509", "-req", "-in", request, "-CA", self["root.pem"], "-CAkey", self["root.key"],
             "-CAcreateserial", "-days", "30", "-extfile", "/dev/stdin", "-out", certificate,
             text=f"subjectAltName={names}\n")
        pathlib.Path(self[f"{name}.pem"]).write_text(pathlib.Path(key).read_text() + pathlib.Path(certificate).read_text())
        _run("openssl", "pkcs12", "-export", "-inkey", key, "-in", certificate, "-certfile", self["root.pem"], "-name",
             name, "-passout", f"pass:{PASSWORD}", "-out", self[f"{name}.p12"])
        self._keytool("JKS", name, "-importkeystore", "-srckeystore", self[f"{name}.p12"], "-srcstoretype", "PKCS12",
                      "-srcstorepass", PASSWORD)

    def _keytool(self, kind, name, *command):
        importing = "-importkeystore" in command
        store, type_, password = ("-destkeystore", "-deststoretype", "-deststorepass") if importing else (
            "-keystore", "-storetype", "-storepass")
        _run("keytool", *command, store, self.store(name, kind), type_, kind, password, PASSWORD)
