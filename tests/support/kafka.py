"""A Kafka broker seen from a test: topics, records, offsets. The address comes from SLUICE_KAFKA."""

import os
import pathlib
import struct
import subprocess
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic


def client_settings(address):
    """That a broker is away is no news where tests stop brokers; and a client that tells a broker about itself while
    that one dies has crashed."""
    return {"bootstrap.servers": address, "log_level": 2, "enable.metrics.push": False}


def admin_client(address):
    return AdminClient(client_settings(address))


class Kafka:
    replicas = 1  # of the topics that a test makes

    def __init__(self, address=None):
        self.address = address or os.environ["SLUICE_KAFKA"]
        self.admin = admin_client(self.address)

    def create(self, topic, partitions=1, **config):
        settings = {key.replace("_", "."): str(value) for key, value in config.items()}
        admin = self.admin
        admin.create_topics([NewTopic(topic, partitions, self.replicas, config=settings)])[topic].result(20)

    def produce(self, topic, values, key=None, headers=None, partition=0):
        """Each value to one partition, bytes or text; None is a tombstone."""
        producer = Producer({"bootstrap.servers": self.address, "linger.ms": 5})
        failures = []
        for value in values:
            while True:
                try:
                    producer.produce(topic, value, key, partition=partition, headers=headers,
                                     on_delivery=lambda error, _: failures.append(error) if error else None)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
        producer.flush(30)
        assert not failures, failures[:3]

    def size(self, topic):
        """End offsets summed over the partitions; 0 where there is no topic."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "size"})
        try:
            found = consumer.list_topics(topic, timeout=10).topics[topic]
            if found.error:
                return 0
            return sum(consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=10)[1]
                       for p in found.partitions)
        except KafkaException as error:
            if error.args[0].code() in (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE):
                return 0  # it has just been made
            raise
        finally:
            consumer.close()

    def read(self, topic, timeout=20):
        """Every record of the topic, to the ends that it has now."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "read", "enable.auto.commit": False,
                             "enable.partition.eof": True, "auto.offset.reset": "earliest"})
        try:
            found = consumer.list_topics(topic, timeout=10).topics[topic]
            if found.error:
                return []
            left = {}  # partition -> its end; a topic that is written to faster than it is read has no end
            for partition in found.partitions:
                low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)
                if low < high:
                    left[partition] = high
            consumer.assign([TopicPartition(topic, p, 0) for p in left])
            records, deadline = [], time.monotonic() + timeout
            while left and time.monotonic() < deadline:
                message = consumer.poll(0.2)
                if message is None:
                    continue
                if not message.error():
                    records.append(message)
                    if message.offset() + 1 >= left.get(message.partition(), 0):
                        left.pop(message.partition(), None)
                elif message.error().code() == KafkaError._PARTITION_EOF:  # behind the markers of a transaction
                    left.pop(message.partition(), None)
            assert not left, f"could not read {topic} to its end in {timeout} s"
            return records
        finally:
            consumer.close()

    def last(self, topic, partition=0):
        """The newest record of a partition that has one, also while others are written."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "last", "enable.auto.commit": False})
        try:
            end = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)[1]
            consumer.assign([TopicPartition(topic, partition, end - 1)])
            message = consumer.poll(10)
            assert message and not message.error(), f"nothing at offset {end - 1} of {topic}"
            return message
        finally:
            consumer.close()

    def compacted(self, topic):
        """The last value of each key, as text."""
        latest = {}
        for record in self.read(topic):
            latest[record.key().decode()] = record.value() and record.value().decode()
        return latest

    def committed(self, group, topic, partition=0):
        return self.all_committed(group, [(topic, partition)])[topic, partition]

    def all_committed(self, group, places):
        """By topic and partition, of which `places` are pairs; negative: none. Asked by a client that could be a member:
        one that could not crashes when it hears that the group's coordinator is not there (librdkafka 2.15)."""
        consumer = Consumer({**client_settings(self.address), "group.id": group})
        try:
            answer = consumer.committed([TopicPartition(*place) for place in places], timeout=10)
            return {(one.topic, one.partition): one.offset for one in answer}
        finally:
            consumer.close()

    def partitions(self, topic):
        found = self.admin.list_topics(timeout=10).topics.get(topic)
        return len(found.partitions) if found else 0

    def delete(self, topic):
        admin = self.admin
        admin.delete_topics([topic])[topic].result(20)

    def settings(self, topic):
        """The topic's configuration, as text by key."""
        resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
        admin, deadline = self.admin, time.monotonic() + 10
        while True:
            try:
                entries = admin.describe_configs([resource])[resource].result(20)
                return {name: entry.value for name, entry in entries.items()}
            except KafkaException as error:  # it may have just been made
                if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART or time.monotonic() > deadline:
                    raise
            time.sleep(0.05)


class OwnKafka(Kafka):
    """A broker beside the one that all tests share, with settings of its own. It keeps its port."""

    def __init__(self, folder, **settings):
        self._tool = [str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "services")]
        self._folder = pathlib.Path(folder)
        self._environment = {**os.environ, "SLUICE_SERVICES_DIR": str(folder)}
        sets = [f"--set={key.replace('__', '.')}={value}" for key, value in settings.items()]
        self._run("up", "kafka", *sets)
        lines = self._run("env", "kafka").splitlines()
        super().__init__(dict(line.split("=", 1) for line in lines)["SLUICE_KAFKA"])

    def _run(self, *arguments):
        return subprocess.run([*self._tool, *arguments], env=self._environment, check=True, timeout=120,
                              stdout=subprocess.PIPE, text=True).stdout

    def batches(self, topic, partition=0):
        """How its records were sent, from the broker's own file: a codec and the producer's id for each request's batch."""
        data = b"".join(file.read_bytes() for file in sorted(self._folder.glob(f"**/{topic}-{partition}/*.log")))
        found, at = [], 0
        while at + 61 <= len(data):
            size, attributes, producer = struct.unpack_from(">8xi9xh20xq", data, at)
            found.append((["none", "gzip", "snappy", "lz4", "zstd"][attributes & 7], producer))
            at += 12 + size
        return found

    def set_broker_default(self, key, value):
        """Without a restart."""
        entry = ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ConfigResource.Type.BROKER, "1", incremental_configs=[entry])
        self.admin.incremental_alter_configs([resource])[resource].result(20)

    def stop(self):
        self._run("stop", "kafka")

    def start(self):
        self._run("up", "kafka")

    def down(self):
        self._run("down", "kafka")
