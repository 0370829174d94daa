"""Records that flow through each task all the time, and when each of them arrives at its destination.

A line says when it was written, and by which way it travels. Times are those of time.monotonic().
"""

import threading
import time

from confluent_kafka import Consumer, Producer, TopicPartition
from support.ledger import SINK, SOURCE

EVERY_SECONDS = 0.02
_LOOK_SECONDS = 0.005  # how often the files of sinks are looked at


class Way:
    """From a file to a topic through a source's task, or from a partition to a file through a sink's."""

    def __init__(self, number, connector, parts):
        self.number, self.connector, self.parts = number, connector, parts
        self.arrivals = []  # (arrived, written), in order

    def arrives(self, written):
        self.arrivals.append((time.monotonic(), written))

    def first_written_after(self, moment):
        """When the first record arrived that was written after `moment`: only who runs the task now can have sent it.
        None: not yet."""
        return next((arrived for arrived, written in self.arrivals if written > moment), None)

    def longest_pause(self, since, until):
        """Seconds between two records in a row, where part of that time lies between these moments."""
        times = [arrived for arrived, _ in self.arrivals] + [time.monotonic()]
        return max((after - before for before, after in zip(times, times[1:]) if after > since and before < until),
                   default=0)


class Flow:
    """Sources of one task; sinks of one task; and one sink of several tasks, with a partition for each."""

    def __init__(self, kafka, folder, name, sources, sinks, shared_tasks):
        self.kafka, self.name = kafka, name
        self.ways, self.configs, self.tasks = [], {}, {}
        self._send, self._files, self._topics, self._targets = [], [], {}, {}
        self._producer = Producer({"bootstrap.servers": kafka.address, "linger.ms": 0, "acks": 1})
        self._end = threading.Event()
        for n in range(sources):
            connector, file = f"{name}-source-{n}", folder / f"{name}-source-{n}.in"
            kafka.create(connector)
            self._connector(connector, 1, {"connector.class": SOURCE, "file": str(file), "topic": connector})
            way, = self._new_ways(connector, [f"{connector}/0"])
            out = open(file, "a", encoding="ascii", buffering=1)
            self._files.append(out)
            self._send.append(lambda line, out=out: out.write(line + "\n"))
            self._topics[connector] = way
        for n in range(sinks):
            self._sink(folder, f"{name}-sink-{n}", 1)
        if shared_tasks:
            self._sink(folder, f"{name}-shared", shared_tasks)
        loops = (self._feed, self._look_at_topics, self._look_at_files)
        self._threads = [threading.Thread(target=loop, daemon=True) for loop in loops]

    def _connector(self, connector, tasks, config):
        self.configs[connector] = {**config, "tasks.max": str(tasks)}
        self.tasks[connector] = tasks

    def _new_ways(self, connector, parts, count=1):
        ways = [Way(len(self.ways) + n, connector, parts) for n in range(count)]
        self.ways += ways
        return ways

    def _sink(self, folder, connector, tasks):
        file = folder / f"{connector}.out"
        self.kafka.create(connector, tasks)
        self._connector(connector, tasks, {"connector.class": SINK, "file": str(file), "topics": connector})
        parts = [f"{connector}/{n}" for n in range(tasks)]
        for partition, _ in enumerate(self._new_ways(connector, parts, tasks)):
            self._send.append(self._one_at_a_time(connector, partition))
        self._targets[file] = None

    def _one_at_a_time(self, topic, partition):
        """Left out while the line before is still on its way: on a busy machine the broker would lag behind."""
        waiting = set()

        def send(line):
            if not waiting:
                waiting.add(line)
                self._producer.produce(topic, line, partition=partition, on_delivery=lambda *_: waiting.clear())
        return send

    @property
    def parts(self):
        """Of tasks only."""
        return {part for way in self.ways for part in way.parts}

    def _feed(self):
        while not self._end.wait(EVERY_SECONDS):
            for way, send in zip(self.ways, self._send):
                send(f"{time.monotonic()} {way.number}")
            self._producer.poll(0)
        self._producer.flush(10)

    def _note(self, line):
        written, _, number = line.partition(b" ")
        self.ways[int(number)].arrives(float(written))

    def _look_at_topics(self):
        consumer = Consumer({"bootstrap.servers": self.kafka.address, "group.id": f"{self.name}-look",
                             "enable.auto.commit": False})
        consumer.assign([TopicPartition(topic, 0, 0) for topic in self._topics])
        while not self._end.is_set():
            message = consumer.poll(0.1)
            if message is not None and not message.error():
                self._note(message.value())
        consumer.close()

    def _look_at_files(self):
        rests = {}
        while not self._end.wait(_LOOK_SECONDS):
            for path, file in self._targets.items():
                if file is None:
                    if path.exists():
                        self._targets[path] = open(path, "rb", buffering=0)
                    continue
                if more := file.read(1 << 20):
                    *lines, rests[path] = (rests.get(path, b"") + more).split(b"\n")
                    for line in lines:
                        self._note(line)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        for thread in self._threads:
            thread.join()
        for file in self._files + [file for file in self._targets.values() if file]:
            file.close()
