"""Numbered records through sources, topics and sinks to files, and where the offsets of all of them stand."""

import threading
import time

from confluent_kafka import TopicPartition
from confluent_kafka.admin import OffsetSpec
from support.doubles import SOURCE as MANY_SOURCE
from support.ledger import SINK as FILE_SINK, SOURCE as FILE_SOURCE

FILES = ("a", "b")  # file sources
_MANY = "m"  # a source with several tasks
# Shares of the rate. What has several tasks has three of them at first, and never less than two.
_PER_FILE, _PER_TASK = 0.3, 0.2
_PARTITIONS = 4
_EVERY_SECONDS, _POLL_SECONDS = 0.05, 0.05
# Few requests: the brokers and the workers share two cores with what watches them.
_SOURCE = {"producer.override.linger.ms": 50}
_SINK = {"consumer.override.fetch.min.bytes": 20_000, "consumer.override.fetch.max.wait.ms": 100}
_REQUEST_SECONDS = 10
# Topics do not grow for as long as the run lasts; nobody is ever so far behind.
_TOPIC = {"segment_bytes": 64 << 20, "retention_bytes": 512 << 20}

_VALUE_WITH_PLACE = {
    "format": "json", "transforms": "hoist,place",
    "transforms.hoist.type": "org.apache.kafka.connect.transforms.HoistField$Value", "transforms.hoist.field": "v",
    "transforms.place.type": "org.apache.kafka.connect.transforms.InsertField$Value",
    "transforms.place.topic.field": "t", "transforms.place.partition.field": "p", "transforms.place.offset.field": "o"}


class Feed:
    """Appends numbered lines to the files at their rates, from a thread of its own. Late once, it catches up."""

    def __init__(self, rates):
        self._rates = rates  # by path
        self._fed = dict.fromkeys(rates, 0)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @staticmethod
    def line(path, number):
        return f"{path.stem}-{number:010d}\n"

    def fed(self, path):
        """How many lines the file has."""
        return self._fed[path]

    def _run(self):
        files = {path: open(path, "a", encoding="ascii", buffering=1 << 16) for path in self._rates}
        began = time.monotonic()
        while not self._end.wait(_EVERY_SECONDS):
            for path, file in files.items():
                until = int((time.monotonic() - began) * self._rates[path])
                file.writelines(self.line(path, n) for n in range(self._fed[path], until))
                file.flush()
                self._fed[path] = until
        for file in files.values():
            file.close()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()


class Load:
    """Two file sources of a task each and a source of several; two sinks of several tasks; and a small connector that
    carries nothing. `tasks` is how many each connector has now, as it is configured."""

    def __init__(self, folder, name, kafka, rate):
        """`rate`: records a second, at least, while all run."""
        self.kafka = kafka
        self._topic = {source: f"{name}-{source}" for source in (*FILES, _MANY)}
        self._inputs = {source: folder / f"{source}.txt" for source in FILES}
        self.outputs = [folder / "files.out", folder / "many.out"]
        for path in self._inputs.values():
            path.touch()
        self.feed = Feed(dict.fromkeys(self._inputs.values(), rate * _PER_FILE))
        tasks = dict.fromkeys(FILES, 1) | {_MANY: 3, "to-files": 3, "to-many": 2}
        self.configs = {source: {"connector.class": FILE_SOURCE, "file": path, "topic": self._topic[source], **_SOURCE}
                        for source, path in self._inputs.items()}
        self.configs[_MANY] = {"connector.class": MANY_SOURCE, "topic": self._topic[_MANY], **_SOURCE,
                               "throughput": int(rate * _PER_TASK),
                               "messages.per.poll": max(1, int(rate * _PER_TASK * _POLL_SECONDS))}
        self.configs["to-files"] = self._sink(self.outputs[0], [self._topic[source] for source in FILES])
        self.configs["to-many"] = self._sink(self.outputs[1], [self._topic[_MANY]])
        for connector, config in self.configs.items():
            config["name"], config["tasks.max"] = connector, tasks[connector]
        self.tasks = tasks
        self.sinks = {"to-files": [self._topic[source] for source in FILES], "to-many": [self._topic[_MANY]]}

    @staticmethod
    def _sink(file, topics):
        return {"connector.class": FILE_SINK, "file": file, "topics": ",".join(topics), **_SINK, **_VALUE_WITH_PLACE}

    def config(self, connector):
        return {key: str(value) for key, value in self.configs[connector].items()}

    def tasks_max(self, random_):
        """Changes how many tasks a connector has; answers it."""
        connector = random_.choice([_MANY, *self.sinks])
        count = random_.choice([n for n in (2, 3, 4) if n != self.tasks[connector]])
        self.configs[connector]["tasks.max"] = self.tasks[connector] = count
        return connector

    def create_topics(self):
        for topic in self._topic.values():
            self.kafka.create(topic, _PARTITIONS, **_TOPIC)

    def first(self):
        """By source, as its records name it: its first number. A source of several tasks is one for each."""
        return dict.fromkeys(FILES, 0) | {f"value-{_MANY}-{task}": 1 for task in range(4)}

    def part(self, source):
        """The task that a source is."""
        return f"{source}/0" if source in FILES else f"{_MANY}/{source.rpartition('-')[2]}"

    def places(self, sink):
        return [(topic, partition) for topic in self.sinks[sink] for partition in range(_PARTITIONS)]

    def all_places(self):
        return [place for sink in self.sinks for place in self.places(sink)]

    # Where offsets stand

    def stored(self, worker):
        """By source: below this number all are stored as sent. Asked of a worker; raises if it cannot say."""
        found = self.first()
        for connector in (*FILES, _MANY):
            answer = worker.get(f"/connectors/{connector}/offsets")
            if answer.code != 200:
                raise OSError(f"offsets of {connector}: {answer.code} {answer.text}")
            for one in answer.json["offsets"]:
                if connector in FILES:
                    found[connector] = one["offset"]["position"] // len(Feed.line(self._inputs[connector], 0))
                else:
                    found[f"value-{one['partition']['task.id']}"] = one["offset"]["saved"] + 1
        return found

    def fed(self):
        """By source of which that is known: how many records it has been given."""
        return {source: self.feed.fed(path) for source, path in self._inputs.items()}

    def running_sources(self):
        """Those that a task is configured for."""
        parts = {f"{connector}/{n}" for connector, count in self.tasks.items() for n in range(count)}
        return [source for source in self.first() if self.part(source) in parts]

    def committed(self):
        """By topic and partition: the offset that its sink has committed, 0 if none."""
        found = {}
        for sink in self.sinks:
            offsets = self.kafka.all_committed(f"connect-{sink}", self.places(sink))
            found.update({place: max(0, offset) for place, offset in offsets.items()})
        return found

    def ends(self):
        """By topic and partition: behind the last record."""
        asked = {TopicPartition(*place): OffsetSpec.latest() for place in self.all_places()}
        admin = self.kafka.admin
        answers = admin.list_offsets(asked, request_timeout=_REQUEST_SECONDS)
        return {(one.topic, one.partition): answer.result().offset for one, answer in answers.items()}

    def holders(self):
        """By topic and partition: the sink's task that reads it, as the brokers know."""
        admin, found = self.kafka.admin, {}
        for sink in self.sinks:
            answer = admin.describe_consumer_groups([f"connect-{sink}"], request_timeout=_REQUEST_SECONDS)
            for member in next(iter(answer.values())).result().members:
                for one in member.assignment.topic_partitions if member.assignment else ():
                    found[one.topic, one.partition] = f"{sink}/{member.client_id.rpartition('-')[2]}"
        return found
