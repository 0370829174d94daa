"""One server process on loopback: started, waited for, found again, stopped, removed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from services.ports import SERVERS, free_port


class ServiceError(Exception):
    """Says which service, what was expected, and what was found."""


def say(text):
    print(f"[services] {text}", file=sys.stderr, flush=True)


def http_answers(port, path="/"):
    """True once an HTTP server answers there with anything but a 5xx."""
    request = f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as conn:
            conn.sendall(request)
            answer = conn.recv(16)
    except OSError:
        return False
    return answer.startswith(b"HTTP/1.") and answer[9:10] in (b"2", b"3", b"4")


class Service:
    """Base of each server. A subclass says how to fetch, configure and recognise its own.

    Everything about an instance is in its folder: pid, port (one line a port), log, config, data.
    """

    name = ""
    start_timeout_s = 90
    stop_timeout_s = 20

    def __init__(self, root):
        self.folder = Path(root) / self.name
        self.log = self.folder / "log"

    # What a subclass provides.
    def fetch(self):
        """Brings the program into the cache; instant when it is there."""

    def prepare(self):
        """Writes the configuration and whatever must be there before the first start."""

    def command(self):
        """The command line. It contains marker(), so that the process is known again."""
        raise NotImplementedError

    def answers(self):
        """True once it does its work."""
        raise NotImplementedError

    def environment(self):
        """The lines of `tools/services env`, as a dict."""
        raise NotImplementedError

    def remove_data(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop_signal(self):
        return signal.SIGTERM

    # What all share.
    def parts(self):
        """The services of one process each that this one consists of."""
        return [self]

    def marker(self):
        return str(self.folder)

    def exists(self):
        return self.folder.is_dir()

    def ports(self, count=1):
        """This instance's ports: chosen at the first call, remembered until `down`."""
        file = self.folder / "port"
        if not file.exists():
            try:
                file.write_text("".join(f"{free_port(SERVERS)}\n" for _ in range(count)))
            except OSError as error:
                raise ServiceError(f"{self.name}: {error}") from error
        return [int(line) for line in file.read_text().split()]

    def pid(self):
        """Its process id, or None. A number that another process has got by now is not it."""
        try:
            pid = int((self.folder / "pid").read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, ValueError):
            return None
        return pid if self.marker() in command and state != "Z" else None

    def up(self):
        self.fetch()
        started = time.monotonic()
        process = self.launch()
        self.wait_until_ready(process)
        took = f"after {time.monotonic() - started:.1f} s" if process else "already"
        say(f"{self.name} is up {took}")

    def launch(self):
        """Starts the process, which may not answer yet; None: it runs already."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.pid():
            return None
        self.prepare()
        with open(self.log, "ab") as log:
            process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.working_folder(),
                start_new_session=True,
            )
        (self.folder / "pid").write_text(f"{process.pid}\n")
        return process

    def working_folder(self):
        return self.folder

    def wait_until_ready(self, process):
        deadline = time.monotonic() + self.start_timeout_s
        while not self.answers():
            if process is not None and process.poll() is not None:
                raise ServiceError(
                    f"{self.name} ended with status {process.returncode} instead of starting; "
                    f"its log {self.log} ends with:\n{self.log_tail()}"
                )
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"{self.name} does not answer on port {self.ports()[0]} after "
                    f"{self.start_timeout_s} s; its log {self.log} ends with:\n{self.log_tail()}"
                )
            time.sleep(0.1)

    def log_tail(self, lines=25):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "(no log)"

    def stop(self, kill=False):
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGKILL if kill else self.stop_signal())
        deadline = time.monotonic() + self.stop_timeout_s
        while self.pid():
            if time.monotonic() > deadline:
                say(f"{self.name} (pid {pid}) has not stopped in {self.stop_timeout_s} s: killing it")
                os.kill(pid, signal.SIGKILL)
                deadline += self.stop_timeout_s
            time.sleep(0.05)
        (self.folder / "pid").unlink(missing_ok=True)

    def down(self):
        self.stop()
        if self.exists():
            self.remove_data()
            say(f"{self.name} is down, its data removed")
