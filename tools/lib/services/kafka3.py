"""Three brokers in one cluster, each also a controller: any one of them may be lost."""

import time
from concurrent.futures import ThreadPoolExecutor

from services.kafka import Kafka, brokers_known, new_cluster_id
from services.service import Service, ServiceError, say

NUMBERS = (1, 2, 3)


def _replicated(topic):
    return {f"{topic}.replication.factor": 3, f"{topic}.min.isr": 2}


class Kafka3(Service):
    """The three together. What is started or stopped is each of the brokers, at the same time."""

    name = "kafka3"

    def __init__(self, root):
        super().__init__(root)
        self.brokers = [Broker(root, number, self) for number in NUMBERS]

    def parts(self):
        return self.brokers

    def ports(self, count=2 * len(NUMBERS)):
        """A port and a controller's port for each broker; chosen together, so that none is twice."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return super().ports(count)

    def cluster_id(self):
        file = self.folder / "cluster-id"
        if not file.exists():
            file.write_text(new_cluster_id())
        return file.read_text()

    def _each(self, call):
        with ThreadPoolExecutor(len(self.brokers)) as pool:
            return list(pool.map(call, self.brokers))

    def fetch(self):
        for broker in self.brokers:
            broker.fetch()

    def up(self):
        self.fetch()
        self.ports()
        self.cluster_id()
        started = time.monotonic()
        processes = self._each(lambda broker: broker.launch())
        for broker, process in zip(self.brokers, processes):
            broker.wait_until_ready(process)
        for broker in self.brokers:
            broker.wait_until_all_known()
        took = f"after {time.monotonic() - started:.1f} s" if any(processes) else "already"
        say(f"{self.name} is up {took}")

    def pid(self):
        pids = [broker.pid() for broker in self.brokers]
        return pids[0] if all(pids) else None

    def stop(self, kill=False):
        self._each(lambda broker: broker.stop(kill))

    def down(self):
        self.stop(kill=True)
        if self.exists():
            self.remove_data()
            say(f"{self.name} is down, its data removed")

    def set_config(self, settings):
        for broker in self.brokers:
            broker.set_config(settings)

    def environment(self):
        self.fetch()
        return {
            "SLUICE_KAFKA3": ",".join(broker.address() for broker in self.brokers),
            "SLUICE_KAFKA_HOME": str(self.brokers[0].home),
        }


class Broker(Kafka):
    """One of them; it starts only while another one is there, or starts too."""

    heap = "256m"
    start_timeout_s = 180  # all three at once, on a machine that may be busy

    def __init__(self, root, number, cluster=None):
        self.name = f"{Kafka3.name}/{number}"
        super().__init__(root)
        self.number, self.cluster = number, cluster or Kafka3(root)

    def ports(self, count=2):
        first = 2 * (self.number - 1)
        return self.cluster.ports()[first : first + count]

    def address(self):
        return f"127.0.0.1:{self.ports()[0]}"

    def cluster_id(self):
        return self.cluster.cluster_id()

    def settings(self):
        controllers = self.cluster.ports()[1::2]
        return {
            **super().settings(),
            "node.id": self.number,
            "controller.quorum.voters": ",".join(
                f"{number}@127.0.0.1:{port}" for number, port in zip(NUMBERS, controllers)
            ),
            "default.replication.factor": 3,
            "min.insync.replicas": 2,
            "offsets.topic.replication.factor": 3,
            **_replicated("transaction.state.log"),
            **_replicated("share.coordinator.state.topic"),
            # Who is dead is missed soon.
            "broker.session.timeout.ms": 6000,
            "broker.heartbeat.interval.ms": 500,
            # Of a machine that is busy nobody is dead yet.
            "controller.quorum.fetch.timeout.ms": 3000,
            "controller.quorum.election.timeout.ms": 1500,
            "initial.broker.registration.timeout.ms": 180000,
            # Small: three of them share a machine with the tests.
            "num.network.threads": 2,
            "num.io.threads": 4,
            "background.threads": 2,
            "log.cleaner.dedupe.buffer.size": 8388608,
        }

    def add_listeners(self, listeners):
        """By name: the port to listen on, and the port of 127.0.0.1 that clients who come there
        are told to come to. Kept until `down`; for a broker that does not run."""
        own = self.settings()
        real = [f"{name}://127.0.0.1:{port}" for name, (port, _) in listeners.items()]
        told = [f"{name}://127.0.0.1:{port}" for name, (_, port) in listeners.items()]
        kinds = [f"{name}:PLAINTEXT" for name in listeners]
        self.set_config(
            {
                "listeners": ",".join([own["listeners"], *real]),
                "advertised.listeners": ",".join([own["advertised.listeners"], *told]),
                "listener.security.protocol.map": ",".join(
                    [own["listener.security.protocol.map"], *kinds]
                ),
                "inter.broker.listener.name": "PLAINTEXT",
            }
        )

    def answers(self):
        return self.number in brokers_known(self.ports()[0])

    def wait_until_all_known(self):
        deadline = time.monotonic() + self.start_timeout_s
        while brokers_known(self.ports()[0]) != set(NUMBERS):
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"{self.name} does not know all three brokers after {self.start_timeout_s} s, "
                    f"but {brokers_known(self.ports()[0])}; its log is {self.log}"
                )
            time.sleep(0.1)

    def down(self):
        raise ServiceError(f"{self.name}: only all three go down: tools/services down kafka3")

    def environment(self):
        return {f"SLUICE_KAFKA3_{self.number}": self.address()}
