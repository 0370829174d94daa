"""A Sluice worker seen from a test: start, stop, kill it, and talk to its REST API."""

import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import weakref

from services import ports

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIST = pathlib.Path(os.environ.get("SLUICE_DIST", ROOT / "dist"))
BINARY = DIST / "bin" / "sluice-worker"
STRING = "org.apache.kafka.connect.storage.StringConverter"
JSON = "org.apache.kafka.connect.json.JsonConverter"


def free_port():
    """One that stays free while its server is away: no outgoing connection and no other test gets it."""
    return ports.free_port(ports.TESTS)


def wait_for(condition, what, timeout=30, interval=0.05):
    """Waits until `condition()` is true and answers what it answered. `what`: a text, or a function that makes it."""
    deadline = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            told = what() if callable(what) else what
            raise AssertionError(f"after {timeout} s still not: {told}; last answer: {answer!r}")
        time.sleep(interval)


class Answer:
    def __init__(self, code, body, headers):
        self.code, self.text, self.headers = code, body.decode(errors="replace"), headers

    @property
    def json(self):
        return json.loads(self.text)


class Worker:
    """`name` becomes the group id and the prefix of the internal topics; `label` tells workers of one group apart."""

    start_seconds = 30
    has_metrics = True
    all = weakref.WeakSet()

    def __init__(self, folder, name, kafka, label="", **settings):
        self.folder = pathlib.Path(folder)
        self.name, self.kafka, self.port = name, kafka, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.advertised_url = None  # where other workers find it, if that is not its own URL
        self.label = label
        self.log_path = self.folder / f"{name}{label}.log"
        self.settings = {
            "bootstrap.servers": kafka, "group.id": name, "listeners": self.url,
            "plugin.path": str(DIST / "plugins"),
            "config.storage.topic": f"{name}-configs", "config.storage.replication.factor": 1,
            "offset.storage.topic": f"{name}-offsets", "offset.storage.replication.factor": 1,
            "offset.storage.partitions": 1,
            "status.storage.topic": f"{name}-status", "status.storage.replication.factor": 1,
            "status.storage.partitions": 1,
            "key.converter": STRING, "value.converter": STRING, "offset.flush.interval.ms": 1000}
        self.settings.update({key.replace("__", "."): value for key, value in settings.items()})
        self.process = None
        self.environment = {}  # more variables
        self.tls = None  # an ssl.SSLContext for an https URL
        self.headers = {}  # sent with every request
        self.admin_port = None  # of admin.listeners
        Worker.all.add(self)

    def command(self):
        config = self.folder / f"{self.name}{self.label}.properties"
        config.write_text("".join(f"{key}={value}\n" for key, value in self.settings.items()))
        return [str(BINARY), str(config)]

    def start(self, wait=True):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log,
                                            env={**os.environ, **self.environment})
        if wait:
            wait_for(self.ready, "the worker is healthy:\n" + self.log()[-3000:], self.start_seconds)
        return self

    @property
    def worker_id(self):
        """As statuses name it: its advertised address."""
        return (self.advertised_url or self.url).partition("//")[2]

    def peak_mb(self):
        """The most memory that it has had so far."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def ready(self):
        assert self.process.poll() is None, f"the worker ended with {self.process.returncode}:\n{self.log()[-3000:]}"
        try:
            return self.get("/health").code == 200
        except OSError:
            return False

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def times_told(self, name, text):
        """In how many lines a connector, or a task of it, says so in the log."""
        return sum(f"[{name}|" in line and text in line for line in self.log().splitlines())

    def stop(self, timeout=30):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout)
        return self.process and self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            if self.process and self.process.poll() is None:
                self.kill()

    def request(self, method, path, body=None, headers=None, timeout=30):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {**self.headers, **(headers or {"Content-Type": "application/json"})}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout, context=self.tls) as answer:
                return Answer(answer.status, answer.read(), answer.headers)
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read(), error.headers)

    def get(self, path):
        return self.request("GET", path)

    def put(self, path, body=None):
        return self.request("PUT", path, body)

    def post(self, path, body=None):
        return self.request("POST", path, body)

    def delete(self, path):
        return self.request("DELETE", path)

    def create(self, connector, **config):
        """PUT of a configuration; keys are written with __ for a dot."""
        body = {key.replace("__", "."): str(value) for key, value in config.items()}
        answer = self.put(f"/connectors/{urllib.parse.quote(connector, safe='')}/config", body)
        assert answer.code in (200, 201), answer.text
        return answer

    def status(self, connector):
        answer = self.get(f"/connectors/{urllib.parse.quote(connector, safe='')}/status")
        return answer.json if answer.code == 200 else None

    def states(self, connector):
        """The connector's state, then its tasks'."""
        status = self.status(connector)
        return status and [status["connector"]["state"]] + [task["state"] for task in status["tasks"]]

    def wait_for_states(self, connector, *states, timeout=30):
        wait_for(lambda: self.states(connector) == list(states),
                 lambda: f"{connector} is {states}, but {self.status(connector)}", timeout)

    def trace(self, connector, task=0):
        return self.status(connector)["tasks"][task].get("trace", "")


class Standalone(Worker):
    """`connectors` are the files of the command line."""

    connectors = ()

    def __init__(self, folder, name, kafka, **settings):
        super().__init__(folder, name, kafka, **{"offset.storage.file.filename": pathlib.Path(folder) / "offsets", **settings})

    def command(self):
        binary, config = super().command()
        return [binary, "--standalone", config, *map(str, self.connectors)]
