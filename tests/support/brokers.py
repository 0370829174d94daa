"""Three brokers, of which a test may lose one; and workers that reach them through links, which a test may cut.

A broker tells its clients where it is. So each worker has a listener of its own at each broker, W1 to Wn, and is told
that the broker is where the worker's link is: that one worker can be cut off while the others are not.
"""

from confluent_kafka import KafkaException
from services.kafka3 import Kafka3
from support.kafka import Kafka, admin_client
from support.network import Links
from support.worker import free_port, wait_for

_OFFSETS = "__consumer_offsets"


class Brokers(Kafka):
    """Not up yet when made. `workers`: how many may be told apart. The test itself needs no link."""

    replicas = 3

    def __init__(self, folder, network, workers=4):
        self._service = Kafka3(folder)
        self.workers = workers
        self._brokers = [Broker(service) for service in self._service.brokers]
        self._links = {}
        listeners = [{} for _ in self._brokers]
        for worker in range(1, workers + 1):
            links = []
            for own in listeners:
                port = free_port()
                links.append(network.link(port, free_port()))
                own[f"W{worker}"] = (port, links[-1].port)
            self._links[worker] = BrokerLinks(links)
        for broker, own in zip(self._service.brokers, listeners):
            broker.add_listeners(own)
        self.address = ",".join(broker.address for broker in self)

    @property
    def admin(self):
        """Another one each time: one that is there when a broker dies and comes back has crashed."""
        return admin_client(self.address)

    def up(self):
        self._service.up()

    def down(self):
        self._service.down()

    def __iter__(self):
        return iter(self._brokers)

    def broker(self, number):
        return self._brokers[number - 1]

    def links(self, worker):
        """Through which worker 1 to n reaches the brokers."""
        return self._links[worker]

    def heal(self):
        """All run, and all links pass everything on."""
        for links in self._links.values():
            links.heal()
        self._service.up()

    def _topics(self, topic=None):
        """Nothing: no broker has answered."""
        try:
            return self.admin.list_topics(topic, timeout=10).topics
        except KafkaException:
            return None

    def leader(self, topic, partition=0):
        """The broker that leads it, once there is one."""
        def found():
            topics = self._topics(topic)
            known = topics[topic].partitions.get(partition) if topics else None
            return known and max(known.leader, 0)
        return self.broker(wait_for(found, f"a leader of partition {partition} of {topic}"))

    def coordinator(self, group_id):
        """The broker that leads the group's partition of the offsets topic."""
        return self.leader(_OFFSETS, java_hash(group_id) % self.partitions(_OFFSETS))

    def out_of_sync(self):
        """The partitions that lack a replica in sync, or a leader; nothing: no broker has answered."""
        topics = self._topics()
        if topics is None:
            return None
        return {f"{name}-{number}" for name, topic in topics.items() for number, partition in topic.partitions.items()
                if len(partition.isrs) < len(partition.replicas) or partition.leader < 0}

    def wait_for_replicas(self, timeout=60):
        """Until any one of the brokers may be lost again."""
        wait_for(lambda: self.out_of_sync() == set(), lambda: f"all are in sync, but {self.out_of_sync()}", timeout, 0.2)


class Broker:
    """One of the three. It keeps its data and its ports."""

    def __init__(self, service):
        self._service = service
        self.number, self.address = service.number, service.address()

    def pid(self):
        return self._service.pid()

    def alive(self):
        return self.pid() is not None

    def stop(self):
        """In order: others lead its partitions before it goes."""
        self._service.stop()

    def kill(self):
        self._service.stop(kill=True)

    def start(self):
        """It serves clients when this returns; its replicas may have to catch up."""
        self._service.up()


class BrokerLinks(Links):
    """A worker's links to the three brokers."""

    def to(self, broker):
        return self.links[broker.number - 1]


def java_hash(text):
    """Java's String.hashCode, made positive as Kafka does it."""
    value = 0
    for unit in memoryview(text.encode("utf-16-le")).cast("H"):
        value = (31 * value + unit) & 0xFFFFFFFF
    return 0 if value == 1 << 31 else min(value, (1 << 32) - value)
