"""The peer and Sluice side by side: the same sinks over the same topics, and what became of the records."""

import random
import re
import time

from confluent_kafka import Producer
from support.kafka import Kafka
from support.peer import JavaWorker
from support.worker import Worker, wait_for

SINK = "org.apache.kafka.connect.file.FileStreamSinkConnector"
TRACE = "__connect.errors.exception.stacktrace"


class Pair:
    """The peer, and Sluice, which are asked the same. Each may have settings of its own."""

    def __init__(self, folder, label, java=None, sluice=None):
        self.kafka, self.folder = Kafka(), folder
        self.name = f"{label}-{abs(hash(str(folder))) % 10**8}"
        self.java = JavaWorker(folder, self.name + "-peer", self.kafka.address, **(java or {}))
        self.sluice = Worker(folder, self.name + "-sluice", self.kafka.address, **(sluice or {}))
        self.both = [self.java, self.sluice]

    def file(self, worker, connector):
        return self.folder / f"{worker.name}-{connector}.txt"

    def fill(self, topic, good, bad, keys, headers, count=120):
        """A topic of records that have one of each by chance, but each value once at least; answers how many. They are an hour
        old: what is older than a week, the broker's retention takes away, letters also, which have their record's time."""
        self.kafka.create(topic)
        began = int(time.time() - 3600) * 1000
        pick, values = random.Random(topic.rpartition("-")[2]), good + bad
        count = max(count, len(values))
        producer = Producer({"bootstrap.servers": self.kafka.address})
        for n in range(count):
            value = values[n] if n < len(values) else pick.choice(bad if bad and pick.random() < 0.3 else good)
            producer.produce(topic, value, pick.choice(keys), headers=pick.choice(headers), timestamp=began + n)
        assert producer.flush(30) == 0
        return count

    def sink(self, connector, topic, messages="true", java=None, sluice=None, **config):
        """On both; each has a group, a file and dead letters of its own, and perhaps settings."""
        for worker, own in zip(self.both, (java, sluice)):
            worker.create(connector, **{
                "connector__class": SINK, "topics": topic, "file": self.file(worker, connector),
                "consumer__override__group__id": f"{worker.name}-{connector}",
                "errors__deadletterqueue__topic__name": f"{worker.name}-{connector}-dead",
                "errors__deadletterqueue__topic__replication__factor": 1,
                "errors__deadletterqueue__context__headers__enable": "true",
                "errors__log__enable": "true", "errors__log__include__messages": messages, **config, **(own or {})})

    def wait_for_all(self, connector, topic, count):
        """Until both have read `count` records, and each of them is a line or a letter."""
        for worker in self.both:
            wait_for(lambda of=worker: self.kafka.committed(f"{of.name}-{connector}", topic) == count,
                     lambda of=worker: f"all is read: {of.status(connector)}", timeout=60)
            wait_for(lambda of=worker: self.kafka.size(f"{of.name}-{connector}-dead") + self.lines(of, connector) == count,
                     "all is written", timeout=60)

    def lines(self, worker, connector):
        """How many its file has, if it has one."""
        file = self.file(worker, connector)
        return file.read_text().count("\n") if file.exists() else 0

    def letters(self, worker, connector):
        return [self.shown(letter) for letter in self.kafka.read(f"{worker.name}-{connector}-dead")]

    @staticmethod
    def shown(letter):
        """All there is to compare; of a trace its first line, which names class and message."""
        headers = [(key, value.split(b"\n")[0].rstrip() if key == TRACE else value)
                   for key, value in letter.headers() or []]
        return letter.key(), letter.value(), letter.timestamp(), headers

    def log_lines(self, worker, connector):
        """What the reporter wrote, without the layout; what a clock gave is made alike."""
        lines = re.findall(rf"(Error encountered in task {connector}-\d+\. .*?)(?: \([\w.]+\))?$", worker.log(), re.M)
        return [re.sub(r", timestamp=\d+, headers", ", timestamp=N, headers", line)
                .replace(str(worker.name), "WORKER") for line in lines]
