"""A Kafka broker seen from a test: topics, records, offsets. The address comes from SLUICE_KAFKA."""

import os
import time

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic


class Kafka:
    def __init__(self, address=None):
        self.address = address or os.environ["SLUICE_KAFKA"]
        self.admin = AdminClient({"bootstrap.servers": self.address})

    def create(self, topic, partitions=1, **config):
        settings = {key.replace("_", "."): str(value) for key, value in config.items()}
        self.admin.create_topics([NewTopic(topic, partitions, 1, config=settings)])[topic].result(20)

    def produce(self, topic, values, key=None, headers=None):
        """Each value to partition 0, bytes or text; None is a tombstone."""
        producer = Producer({"bootstrap.servers": self.address, "linger.ms": 5})
        failures = []
        for value in values:
            while True:
                try:
                    producer.produce(topic, value, key, partition=0, headers=headers,
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
            left = set(found.partitions)
            consumer.assign([TopicPartition(topic, p, 0) for p in left])
            records, deadline = [], time.monotonic() + timeout
            while left and time.monotonic() < deadline:
                message = consumer.poll(0.2)
                if message is None:
                    continue
                if not message.error():
                    records.append(message)
                elif message.error().code() == KafkaError._PARTITION_EOF:
                    left.discard(message.partition())
            assert not left, f"could not read {topic} to its end in {timeout} s"
            return records
        finally:
            consumer.close()

    def compacted(self, topic):
        """The last value of each key, as text."""
        latest = {}
        for record in self.read(topic):
            latest[record.key().decode()] = record.value() and record.value().decode()
        return latest

    def committed(self, group, topic, partition=0):
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": group})
        try:
            return consumer.committed([TopicPartition(topic, partition)], timeout=10)[0].offset
        finally:
            consumer.close()
