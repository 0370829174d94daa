"""Workers to be measured: start one, ask its REST API, read what the kernel says of its process."""

import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")


class Process:
    """CPU time and memory of a running process, from /proc."""

    def __init__(self, popen):
        self.popen = popen
        self.proc = pathlib.Path(f"/proc/{popen.pid}")

    def cpu_seconds(self):
        fields = (self.proc / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self, what="VmRSS"):
        for line in (self.proc / "status").read_text().splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1]) / 1024
        raise RuntimeError(f"no {what} of process {self.popen.pid}")

    def threads(self):
        return len(list((self.proc / "task").iterdir()))

    def reset_peak(self):
        (self.proc / "clear_refs").write_text("5")


class Worker(Process):
    """A distributed worker, alone in its group, on its own port."""

    def __init__(self, name, command, folder, kafka, port, plugin_path, env=None):
        self.name = name
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / f"{name}.log"
        config = folder / f"{name}.properties"
        config.write_text(f"""bootstrap.servers={kafka}
group.id=bench-{name}
listeners={self.url}
plugin.path={plugin_path}
config.storage.topic=bench-{name}-configs
config.storage.replication.factor=1
offset.storage.topic=bench-{name}-offsets
offset.storage.replication.factor=1
status.storage.topic=bench-{name}-status
status.storage.replication.factor=1
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.storage.StringConverter
offset.flush.interval.ms=10000
""")
        started = time.monotonic()
        with open(self.log, "ab") as log:
            popen = subprocess.Popen(command + [str(config)], stdout=log, stderr=log, env=env)
        super().__init__(popen)
        self.start_seconds = self._wait_until_ready(started)

    def _wait_until_ready(self, started):
        while time.monotonic() - started < 90:
            if self.popen.poll() is not None:
                raise RuntimeError(f"{self.name} ended; see {self.log}\n" + self.log.read_text()[-2000:])
            try:
                cluster = self.call("GET", "/")["kafka_cluster_id"]
                self.call("GET", "/connectors")
                if cluster:
                    return time.monotonic() - started
            except (OSError, ValueError, urllib.error.URLError):
                pass
            time.sleep(0.005)
        raise RuntimeError(f"{self.name} does not answer; see {self.log}")

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=90) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def create(self, name, config):
        for _ in range(50):  # the peer answers 409 while it rebalances
            try:
                return self.call("PUT", f"/connectors/{name}/config", config)
            except urllib.error.HTTPError as error:
                if error.code != 409:
                    raise RuntimeError(f"{self.name}: {error.read().decode()}") from error
                time.sleep(0.2)
        raise RuntimeError(f"{self.name}: no end of 409")

    def check(self, name):
        try:
            status = self.call("GET", f"/connectors/{name}/status")
        except urllib.error.HTTPError:
            return
        for part in [status["connector"]] + status["tasks"]:
            if part["state"] == "FAILED":
                raise RuntimeError(f"{self.name}: {name} failed: {part.get('trace')}")

    def delete(self, name):
        for _ in range(50):
            try:
                return self.call("DELETE", f"/connectors/{name}")
            except urllib.error.HTTPError as error:
                if error.code != 409:
                    raise
                time.sleep(0.2)

    def stop(self):
        self.popen.send_signal(signal.SIGTERM)
        try:
            self.popen.wait(30)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


def sluice(name, binary, folder, kafka, port, plugins):
    return Worker(name, [str(binary)], folder, kafka, port, plugins)


def java(name, home, folder, kafka, port, more_plugins=None):
    """The peer, with one plugin location that holds the file connectors, and perhaps one more; the rest is on its class path."""
    plugins = folder / "java-plugins"
    if not plugins.exists():
        (plugins / "file").mkdir(parents=True)
        for jar in pathlib.Path(home).glob("connect-file-*.jar"):
            (plugins / "file" / jar.name).symlink_to(jar)
    logging = folder / "log4j2.properties"
    logging.write_text("rootLogger.level=WARN\nrootLogger.appenderRef.c.ref=C\n"
                       "appender.c.type=Console\nappender.c.name=C\n")
    command = ["java", "-Xms256m", "-Xmx2g", f"-Dlog4j2.configurationFile={logging}", "-cp", f"{home}/*",
               "org.apache.kafka.connect.cli.ConnectDistributed"]
    return Worker(name, command, folder, kafka, port, f"{plugins},{more_plugins}" if more_plugins else plugins)
