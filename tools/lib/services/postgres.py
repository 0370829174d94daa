"""PostgreSQL 15 of Debian, with logical decoding. Refuses root, so root starts it as `postgres`."""

import os
import shutil
import signal
import socket
import subprocess
import zlib
from pathlib import Path

from services.service import Service, ServiceError

_BIN = Path("/usr/lib/postgresql/15/bin")


class Postgres(Service):
    """One cluster without passwords: database postgres, user postgres."""

    name = "postgres"

    def fetch(self):
        if not (_BIN / "initdb").exists():
            raise ServiceError(f"postgres: no {_BIN}/initdb; install Debian's package postgresql")

    def _as_user(self):
        if os.geteuid():
            return []
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]

    def data(self):
        """As root it is not under the services' folder, which may be in a home of mode 700."""
        if os.geteuid():
            return self.folder / "data"
        return Path(f"/var/tmp/sluice-postgres-{zlib.crc32(str(self.folder).encode()):08x}")

    def marker(self):
        return str(self.data())

    def working_folder(self):
        return "/"

    def prepare(self):
        data = self.data()
        # After a SIGKILL: Postgres takes even a zombie that nobody reaped for a running server.
        (data / "postmaster.pid").unlink(missing_ok=True)
        if (data / "PG_VERSION").exists():
            return
        data.mkdir(mode=0o700, exist_ok=True)
        if not os.geteuid():
            shutil.chown(data, "postgres", "postgres")
        result = subprocess.run(
            [*self._as_user(), str(_BIN / "initdb"), "--no-sync", "-A", "trust"]
            + ["-U", "postgres", "-E", "UTF8", "--locale=C", "-D", str(data)],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
        )
        if result.returncode:
            raise ServiceError(f"postgres: initdb failed:\n{result.stdout}{result.stderr}")

    def command(self):
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.ports()[0],
            "unix_socket_directories": "",
            "wal_level": "logical",
            "fsync": "off",
        }
        flags = [flag for key, value in settings.items() for flag in ("-c", f"{key}={value}")]
        return [*self._as_user(), str(_BIN / "postgres"), "-D", str(self.data()), *flags]

    def answers(self):
        """An SSL request is answered with one letter by a server that accepts connections."""
        try:
            with socket.create_connection(("127.0.0.1", self.ports()[0]), timeout=2) as conn:
                conn.sendall(b"\0\0\0\x08\x04\xd2\x16\x2f")
                return conn.recv(1) in (b"N", b"S")
        except OSError:
            return False

    def stop_signal(self):
        return signal.SIGINT  # ends sessions; SIGTERM would wait for them

    def environment(self):
        return {
            "SLUICE_POSTGRES": f"postgresql://postgres@127.0.0.1:{self.ports()[0]}/postgres",
        }

    def remove_data(self):
        shutil.rmtree(self.data(), ignore_errors=True)
        super().remove_data()
