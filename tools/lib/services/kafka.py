"""Apache Kafka 4.3.1, one KRaft node. Its jars are also those of Apache Kafka Connect, the peer."""

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
        "connect-file",
        "connect-json",
        "connect-transforms",
        "connect-mirror",
        "kafka-tools",
    )
] + ["org.apache.logging.log4j:log4j-slf4j-impl:2.25.1"]

# Good for tests: quick to start, small. Measurements take the JVM's defaults instead.
_TEST_JVM_OPTS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx512m"

_CONFIG = """# Written by tools/services at each start; `--set key=value` changes it.
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
num.partitions=1
offsets.topic.num.partitions=8
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=8
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""

_LOG4J = """status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""


def brokers_known(port):
    """How many brokers a Metadata request finds there; 0 while nothing answers."""
    body = struct.pack(">hhih", 3, 4, 1, 8) + b"services" + struct.pack(">ib", 0, 0)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as conn:
            conn.settimeout(5)
            conn.sendall(struct.pack(">i", len(body)) + body)
            answer = b""
            while len(answer) < 16:  # size, correlation id, throttle time, number of brokers
                more = conn.recv(4096)
                if not more:
                    return 0
                answer += more
    except OSError:
        return 0
    return struct.unpack(">i", answer[12:16])[0]


class Kafka(Service):
    """One broker, its own controller."""

    name = "kafka"

    def __init__(self, root):
        super().__init__(root)
        self.config = self.folder / "server.properties"
        self.data = self.folder / "data"

    def fetch(self):
        self.home = maven.fetch_jars(f"kafka-{VERSION}", f"Apache Kafka {VERSION}", _ARTIFACTS)

    def _java(self, main, *arguments):
        options = os.environ.get("SLUICE_KAFKA_JVM_OPTS", _TEST_JVM_OPTS)
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

    def set_config(self, settings):
        """Adds settings (key -> value; an empty value removes) to those kept until `down`."""
        file = self.folder / "overrides.properties"
        kept = {}
        if file.exists():
            kept = dict(line.split("=", 1) for line in file.read_text().splitlines() if line)
        kept.update(settings)
        self.folder.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{key}={value}\n" for key, value in kept.items() if value))

    def prepare(self):
        port, controller = self.ports(2)
        (self.folder / "log4j2.properties").write_text(_LOG4J)
        overrides = self.folder / "overrides.properties"
        extra = overrides.read_text() if overrides.exists() else ""
        self.config.write_text(
            _CONFIG.format(port=port, controller=controller, data=self.data) + extra
        )
        if (self.data / "meta.properties").exists():
            return
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if cluster_id.startswith("-"):
            cluster_id = "A" + cluster_id[1:]
        result = subprocess.run(
            self._java(
                "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(self.config)
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise ServiceError(
                f"kafka: formatting {self.data} failed:\n{result.stdout}{result.stderr}"
            )

    def command(self):
        return self._java("kafka.Kafka", str(self.config))

    def answers(self):
        return brokers_known(self.ports()[0]) == 1

    def environment(self):
        self.fetch()
        return {
            "SLUICE_KAFKA": f"127.0.0.1:{self.ports()[0]}",
            "SLUICE_KAFKA_HOME": str(self.home),
            "SLUICE_KAFKA_PID": str(self.pid() or ""),
        }
