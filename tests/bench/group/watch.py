"""What a group does, seen from outside, and by the same means for any worker: its statuses in their topic, and its
state as the broker tells it. Times are those of time.time(), as the statuses have them."""

import json
import threading
import time
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaException, TopicPartition
from support.worker import wait_for

_KEY = "status-task-"
_ASK_SECONDS = 0.02


@dataclass
class Event:
    time: float
    part: str  # "connector/0"
    state: str
    worker_id: str


class _Watch:
    """A thread that looks until its block ends."""

    def __init__(self):
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        raise NotImplementedError

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()


class Statuses(_Watch):
    """Of tasks, as they are written. The topic is there already, and has one partition."""

    def __init__(self, kafka, topic):
        super().__init__()
        self.kafka, self.topic = kafka, topic
        self.events, self.now = [], {}

    def _run(self):
        consumer = Consumer({"bootstrap.servers": self.kafka.address, "group.id": f"{self.topic}-look",
                             "enable.auto.commit": False})
        consumer.assign([TopicPartition(self.topic, 0, 0)])
        while not self._end.is_set():
            message = consumer.poll(0.1)
            if message is None or message.error() or not message.key().decode().startswith(_KEY):
                continue
            connector, _, task = message.key().decode()[len(_KEY):].rpartition("-")
            if message.value() is None:
                continue
            value = json.loads(message.value())
            event = Event(message.timestamp()[1] / 1000, f"{connector}/{task}", value["state"], value["worker_id"])
            self.now[event.part] = event
            self.events.append(event)
        consumer.close()

    def since(self, moment, state=None):
        return [event for event in self.events if event.time >= moment and state in (None, event.state)]

    def _all_run(self, parts, worker_ids):
        events = [self.now.get(part) for part in parts]
        return all(event and event.state == "RUNNING" and event.worker_id in worker_ids for event in events)

    def wait_until_all_run(self, parts, worker_ids, timeout, quiet=4.0):
        """Each at one of these workers, and no news for `quiet` seconds."""
        def missing():
            states = {}
            for part in parts:
                event = self.now.get(part)
                key = (event.state, event.worker_id in worker_ids) if event else None
                states[key] = states.get(key, 0) + 1
            return f"{len(parts)} tasks run at {worker_ids}, but (state, there): {states}"
        asked = time.time()

        def settled():
            news = max([asked] + [event.time for event in self.events[-1:]])
            return time.time() - news > quiet and self._all_run(parts, worker_ids)

        wait_for(settled, missing, timeout)

    def placed(self):
        return {part: event.worker_id for part, event in self.now.items()}


@dataclass
class Change:
    """Of a group's state: it was in another one at `after`, and in this one at `by`."""
    after: float
    by: float
    state: str


class Rounds(_Watch):
    """The group's states at the broker: it is Stable when each member's SyncGroup has been answered."""

    def __init__(self, kafka, group):
        super().__init__()
        self.kafka, self.group = kafka, group
        self.changes = []

    def _run(self):
        last = time.time()
        while not self._end.wait(_ASK_SECONDS):
            asked = time.time()
            try:
                found = self.kafka.admin.list_groups(self.group, timeout=5)
            except KafkaException:
                continue
            state = found[0].state if found else "none"
            if not self.changes or self.changes[-1].state != state:
                self.changes.append(Change(last, time.time(), state))
            last = asked

    def wait_until_stable(self):
        wait_for(lambda: self.changes and self.changes[-1].state == "Stable", lambda: f"{self.changes[-5:]}", 60)

    def left_stable(self, moment):
        """The first change to another state after `moment`."""
        return next(change for change in self.changes if change.by >= moment and change.state != "Stable")

    def became_stable(self, moment):
        """Each time after `moment`."""
        return [change for change in self.changes if change.by >= moment and change.state == "Stable"]
