"""Apache Kafka 4.3.1, one KRaft node (kafka3.py: three).

Its jars are also those of Apache Kafka Connect, the peer.
"""

import os
import shlex
import socket
import struct
import subprocess
import uuid
from base64 import urlsafe_b64encode

from services import maven
from services.service import Service, ServiceError

VERSION = "4.3.1"
_ARTIFACTS = [
    f"org.apache.kafka:{artifact}:{VERSION}"
    for artifact in (
        "kafka_2.13",
        "connect-runtime",
        "connect-basic-auth-extension",
        "connect-file",
        "connect-json",
        "connect-transforms",
        "connect-mirror",
        "kafka-tools",
    )
] + ["org.apache.logging.log4j:log4j-slf4j-impl:2.25.1"]

# Good for tests: quick to start, small. Measurements take the JVM's defaults instead.
_TEST_JVM_OPTS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"

_LOG4J = """status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""


def _read(conn, count):
    data = b""
    while len(data) < count:
        more = conn.recv(count - len(data))
        if not more:
            raise OSError("the connection ended")
        data += more
    return data


def brokers_known(port):
    """The ids of the brokers that a Metadata request finds there; none while nothing answers."""
    body = struct.pack(">hhih", 3, 4, 1, 8) + b"services" + struct.pack(">ib", 0, 0)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as conn:
            conn.settimeout(5)
            conn.sendall(struct.pack(">i", len(body)) + body)
            answer = _read(conn, struct.unpack(">i", _read(conn, 4))[0])
    except OSError:
        return set()
    count, at = struct.unpack(">i", answer[8:12])[0], 12  # after correlation id and throttle time
    known = set()
    for _ in range(count):  # id, host, port, rack (-1: none)
        broker, host = struct.unpack(">ih", answer[at : at + 6])
        at += 6 + host + 4
        rack = struct.unpack(">h", answer[at : at + 2])[0]
        at += 2 + max(rack, 0)
        known.add(broker)
    return known


def new_cluster_id():
    text = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    return "A" + text[1:] if text.startswith("-") else text


class Kafka(Service):
    """One broker, its own controller."""

    name = "kafka"
    heap = "512m"

    def __init__(self, root):
        super().__init__(root)
        self.config = self.folder / "server.properties"
        self.data = self.folder / "data"

    def fetch(self):
        self.home = maven.fetch_jars(f"kafka-{VERSION}-2", f"Apache Kafka {VERSION}", _ARTIFACTS)

    def _java(self, main, *arguments):
        options = os.environ.get("SLUICE_KAFKA_JVM_OPTS", f"{_TEST_JVM_OPTS} -Xmx{self.heap}")
        return [
            "java",
            *shlex.split(options),
            f"-Dsluice.service={self.marker()}",
            f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}",
            "-cp",
            f"{self.home}/*",
            main,
            *arguments,
        ]

    def kept(self):
        """The settings that were added to those of settings()."""
        file = self.folder / "overrides.properties"
        lines = file.read_text().splitlines() if file.exists() else []
        return dict(line.split("=", 1) for line in lines if line)

    def set_config(self, settings):
        """Adds settings (key -> value; an empty value removes) to those kept until `down`."""
        kept = {**self.kept(), **settings}
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "overrides.properties").write_text(
            "".join(f"{key}={value}\n" for key, value in kept.items() if value)
        )

    def settings(self):
        """Of server.properties."""
        port, controller = self.ports(2)
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self.data,
            "num.partitions": 1,
            "offsets.topic.num.partitions": 8,
            "offsets.topic.replication.factor": 1,
            "transaction.state.log.num.partitions": 8,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.num.partitions": 8,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
        }

    def cluster_id(self):
        """For a broker that has no data yet."""
        return new_cluster_id()

    def prepare(self):
        (self.folder / "log4j2.properties").write_text(_LOG4J)
        settings = {**self.settings(), **self.kept()}
        self.config.write_text(
            "# Written by tools/services at each start; `--set key=value` changes it.\n"
            + "".join(f"{key}={value}\n" for key, value in settings.items())
        )
        if (self.data / "meta.properties").exists():
            return
        storage = ["kafka.tools.StorageTool", "format", "-t", self.cluster_id(), "-c", self.config]
        result = subprocess.run(
            self._java(*map(str, storage)), capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise ServiceError(
                f"{self.name}: formatting {self.data} failed:\n{result.stdout}{result.stderr}"
            )

    def command(self):
        return self._java("kafka.Kafka", str(self.config))

    def answers(self):
        return brokers_known(self.ports()[0]) == {1}

    def environment(self):
        self.fetch()
        return {
            "SLUICE_KAFKA": f"127.0.0.1:{self.ports()[0]}",
            "SLUICE_KAFKA_HOME": str(self.home),
        }
