"""A PostgreSQL server of a test's own, read back with psql, which shares no code with the connector."""

import contextlib
import os
import pathlib
import subprocess

from support.worker import wait_for

SINK = "io.confluent.connect.jdbc.JdbcSinkConnector"


class Postgres:
    """Started at once; a test may stop, kill and start it. It keeps its port and data until `down`."""

    def __init__(self, folder):
        self._tool = str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "services")
        self._environment = {**os.environ, "SLUICE_SERVICES_DIR": str(folder)}
        self._run("up", "postgres")
        lines = dict(line.split("=", 1) for line in self._run("env", "postgres").splitlines())
        self.address = lines["SLUICE_POSTGRES"]
        self._databases = 0

    def _run(self, *arguments):
        return subprocess.run([self._tool, *arguments], env=self._environment, check=True, timeout=120,
                              stdout=subprocess.PIPE, text=True).stdout

    def stop(self, kill=False):
        self._run("stop", *(["--kill"] if kill else []), "postgres")

    def start(self):
        self._run("up", "postgres")

    def down(self):
        self._run("down", "postgres")

    def enable_tls(self, certificates, name="server"):
        """With this certificate, signed by root.pem, by which clients' are tried, too. Sessions from then on have it."""
        admin = Database(self, "postgres")
        data = pathlib.Path(admin.one("SHOW data_directory"))
        for file, of in (("server.crt", f"{name}.crt"), ("server.key", f"{name}.key"), ("root.crt", "root.pem")):
            self._put(data / file, pathlib.Path(certificates[of]).read_text())
        admin.run("ALTER SYSTEM SET ssl = on", "ALTER SYSTEM SET ssl_ca_file = 'root.crt'")
        self._reload(admin)

    def ask_for_password(self, role, password):
        """Of this role, from now on."""
        self.let_in(role, "host", "scram-sha-256", f"PASSWORD '{password}'")

    def let_in(self, role, connection, method, options=""):
        """A new role, only by these: a kind of connection and a method, as pg_hba.conf names them."""
        admin = Database(self, "postgres")
        admin.run(f"CREATE ROLE {role} LOGIN {options}")
        hba = pathlib.Path(admin.one("SHOW hba_file"))
        self._put(hba, f"{connection} all {role} 127.0.0.1/32 {method}\nhost all {role} 127.0.0.1/32 reject\n" + hba.read_text())
        self._reload(admin)

    def become_standby(self):
        """It can be read, but not written, and waits for a primary's log, which never comes."""
        data = pathlib.Path(Database(self, "postgres").one("SHOW data_directory"))
        self.stop()
        self._put(data / "standby.signal", "")
        self.start()
        wait_for(lambda: Database(self, "postgres").run("SELECT 1", check=False), "it can be read")

    def _put(self, file, text):
        """Into the data folder, whose files must be the server's user's."""
        file.write_text(text)
        file.chmod(0o600)
        owner = file.parent.stat()
        os.chown(file, owner.st_uid, owner.st_gid)

    def _reload(self, admin):
        """Returns when new sessions see what has changed."""
        before = admin.one("SELECT pg_conf_load_time()")
        admin.run("SELECT pg_reload_conf()")
        wait_for(lambda: admin.one("SELECT pg_conf_load_time()") != before, "the server has read its settings")

    def new_database(self, name=None):
        self._databases += 1
        name = name or f"test{self._databases}"
        Database(self, "postgres").run(f"CREATE DATABASE {name}")
        return Database(self, name)


class Database:
    def __init__(self, server, name):
        self.server, self.name = server, name
        self.uri = server.address.rpartition("/")[0] + "/" + name
        self.host = self.uri.partition("@")[2].partition("/")[0]
        self.url = f"jdbc:postgresql://{self.host}/{name}"

    def run(self, *statements, check=True):
        """Lines of the answer, columns separated by |; null is (null). Each argument is a transaction."""
        commands = [part for sql in statements for part in ("-c", sql)]
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-P", "null=(null)", self.uri,
                               *commands], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode and check:
            raise AssertionError(f"psql: {done.stderr}\n{statements}")
        return done.stdout.splitlines() if not done.returncode else None

    @contextlib.contextmanager
    def session(self):
        """psql that stays connected while the test goes on; what it has not committed is undone at the end."""
        psql = subprocess.Popen(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.uri],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            yield Session(psql)
        finally:
            psql.kill()
            psql.communicate(timeout=10)

    def drop(self):
        Database(self.server, "postgres").run(f"DROP DATABASE {self.name} WITH (FORCE)")

    def one(self, sql):
        lines = self.run(sql)
        return lines[0] if lines else None

    def count(self, table):
        """None while there is no such table, or no server."""
        lines = self.run(f'SELECT count(*) FROM "{table}"', check=False)
        return int(lines[0]) if lines else None

    def wait_for_count(self, table, count, timeout=60):
        wait_for(lambda: self.count(table) == count, lambda: f"{table} has {count} rows, but {self.count(table)}", timeout)


class Session:
    def __init__(self, psql):
        self._psql = psql

    def run(self, sql):
        """Returns when the server has done it."""
        self._psql.stdin.write(f"{sql};\n\\echo done\n")
        self._psql.stdin.flush()
        for line in self._psql.stdout:
            if line == "done\n":
                return
        raise AssertionError(f"psql ended: {sql}")
