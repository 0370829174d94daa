"""The test doubles of tests/support/plugins as a test sees them: what they were told to do, what they tell of it."""

import json
import os
import pathlib

from support.worker import DIST, wait_for

_INTEGRATION = "org.apache.kafka.connect.integration."
SOURCE = _INTEGRATION + "MonitorableSourceConnector"
SINK = _INTEGRATION + "MonitorableSinkConnector"
BLOCKED_IN_INITIALIZE = _INTEGRATION + "InitializeBlockingConnector"
BLOCKED_IN_CONFIG = _INTEGRATION + "ConfigBlockingConnector"


def plugin(name):
    """The file of one of these plugins; tools/test builds them and says where."""
    folder = os.environ.get("SLUICE_TEST_PLUGINS")
    assert folder, "SLUICE_TEST_PLUGINS is not set: run tools/test integration, which builds the test doubles"
    return pathlib.Path(folder) / f"{name}.so"


def plugin_path():
    return f"{DIST / 'plugins'},{plugin('monitorable')}"


class Double:
    """One connector that is a test double, on one worker. Its keys are written with __ for a dot."""

    def __init__(self, worker, connector, folder):
        self.worker, self.connector = worker, connector
        self.folder = pathlib.Path(folder) / connector
        self.folder.mkdir()
        self.config = {"name": connector}
        self.release_file, self.fail_file = self.folder / "release", self.folder / "fail"
        self.command_file, self.count_file = self.folder / "command", self.folder / "count"
        self.events_file = self.folder / "events"

    def _keys(self, config):
        return {key.replace("__", "."): str(value) for key, value in config.items()}

    def source(self, topic, **config):
        self.config.update({"connector.class": SOURCE, "topic": topic, "command.file": str(self.command_file),
                            "task.count.file": str(self.count_file)})
        return self.set(**config)

    def sink(self, topics, **config):
        self.config.update({"connector.class": SINK, "topics": topics})
        return self.set(**config)

    def set(self, **config):
        """Changes the configuration that `create` submits; None takes a key out."""
        self.config.update({"events.file": str(self.events_file), "release.file": str(self.release_file),
                            "fail.file": str(self.fail_file)})
        for key, value in config.items():
            if value is None:
                self.config.pop(key.replace("__", "."), None)
            else:
                self.config.update(self._keys({key: value}))
        return self

    def put(self):
        """The answer to a PUT of the configuration."""
        return self.worker.put(f"/connectors/{self.connector}/config", self.config)

    def create(self):
        answer = self.put()
        assert answer.code in (200, 201), answer.text
        return self

    def delete(self):
        return self.worker.delete(f"/connectors/{self.connector}")

    def call(self, method, what, body=None):
        return self.worker.request(method, f"/connectors/{self.connector}/{what}", body)

    def wait_for(self, *states, timeout=30):
        self.worker.wait_for_states(self.connector, *states, timeout=timeout)
        return self

    def wait_for_tasks(self, count, state="RUNNING"):
        return self.wait_for("RUNNING", *[state] * count)

    def trace(self):
        return self.worker.status(self.connector)["connector"].get("trace", "")

    def events(self, point=None, task=None):
        if not self.events_file.exists():
            return []
        lines = self.events_file.read_text().splitlines()
        all_events = [json.loads(line) for line in lines]
        return [event for event in all_events
                if (point is None or event["point"] == point) and (task is None or event["task"] == task)]

    def count(self, point, task=None):
        return len(self.events(point, task))

    def wait_for_event(self, point, count=1, task=None):
        wait_for(lambda: self.count(point, task) >= count, lambda: f"{count} x {point}, but {self.events()[-5:]}")
        return self

    def values(self):
        """All that a sink was given, in order."""
        return [value for event in self.events("put") for value in event["values"]]

    def owned(self, task=0):
        """The partitions that a sink's task has now, by its calls."""
        mine = set()
        for event in self.events(task=task):
            if event["point"] == "task.start":
                mine = set()
            names = {partition.rsplit("@", 1)[0] for partition in event.get("partitions", ())}
            if event["point"] == "assigned":
                mine |= names
            elif event["point"] in ("revoked", "lost"):
                mine -= names
        return mine

    def fail(self, *points):
        """From now on these points fail, and no others."""
        written = self.folder / "fail.new"
        written.write_text("\n".join(points))
        written.replace(self.fail_file)

    def release(self):
        self.release_file.touch()

    def command(self, text):
        written = self.folder / "command.new"
        written.write_text(text)
        written.replace(self.command_file)
