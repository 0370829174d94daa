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

    def enable_tls(self, certificates):
        """With a certificate for 127.0.0.1, signed by root.pem."""
        admin = Database(self, "postgres")
        data = pathlib.Path(admin.one("SHOW data_directory"))
        for name in ("server.crt", "server.key"):
            self._put(data / name, pathlib.Path(certificates[name]).read_text())
        admin.run("ALTER SYSTEM SET ssl = on")
        self._reload(admin)
        wait_for(lambda: admin.run("SELECT 1 WHERE current_setting('ssl') = 'on'"), "TLS is on")

    def ask_for_password(self, role, password):
        """Of this role, from now on."""
        admin = Database(self, "postgres")
        admin.run(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
        hba = pathlib.Path(admin.one("SHOW hba_file"))
        self._put(hba, f"host all {role} 127.0.0.1/32 scram-sha-256\n" + hba.read_text())
        self._reload(admin)

    def _put(self, file, text):
        """Into the data folder, whose files must be the server's user's."""
        file.write_text(text)
        file.chmod(0o600)
        owner = file.parent.stat()
        os.chown(file, owner.st_uid, owner.st_gid)

    def _reload(self, admin):
        admin.run("SELECT pg_reload_conf()")

    def new_database(self):
        self._databases += 1
        name = f"test{self._databases}"
        Database(self, "postgres").run(f"CREATE DATABASE {name}")
        return Database(self, name)


class Database:
    def __init__(self, server, name):
        self.server, self.name = server, name
        self.uri = server.address.rpartition("/")[0] + "/" + name
        self.host = self.uri.partition("@")[2].partition("/")[0]
        self.url = f"jdbc:postgresql://{self.host}/{name}"

    def run(self, sql, check=True):
        """Lines of the answer, columns separated by |; null is (null)."""
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-P", "null=(null)", self.uri,
                               "-c", sql], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode and check:
            raise AssertionError(f"psql: {done.stderr}\n{sql}")
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
