"""One worker ends and the other starts on its topics: Sluice after Apache Kafka Connect, and the other way round.
Both have lived the same life before, so what they wrote is compared record by record."""

import collections
import difflib
import json
import re

import pytest
from converse import LINES, Peer, prepare
from support.kafka import Kafka
from support.worker import JSON, Worker, wait_for

LIFE = {"src": ("RUNNING", "RUNNING"), "snk": ("RUNNING", "RUNNING"), "paused": ("PAUSED", "PAUSED"),
        "stopped": ("STOPPED",), "unborn": ("STOPPED",), "asleep": ("PAUSED",), "failed": ("RUNNING", "FAILED"),
        "updated": ("RUNNING", "RUNNING"), "späte/r": ("STOPPED",)}


class Lived:
    """A worker that has run, what it answered about its connectors at the end, and {topic: lines} that it wrote."""

    def __init__(self, worker, seen):
        self.worker, self.seen, self.written = worker, seen, {}


def position(kafka, worker, connector):
    """What the offsets topic says of a file source."""
    for key, value in kafka.compacted(f"{worker.name}-offsets").items():
        if json.loads(key)[0] == connector and value:
            return json.loads(value)["position"]
    return None


def live(worker, kafka):
    """Connectors in every state, made, changed and removed."""
    folder, name = worker.folder, worker.name
    source = {"connector__class": "FileStreamSource", "file": folder / "in.txt"}
    sink = {"connector__class": "FileStreamSink", "topics": f"{name}-in"}  # with groups that no other run uses

    def ask(method, path, body=None):
        answer = wait_for(lambda: (lambda answer: answer.code != 409 and answer)(worker.request(method, path, body)),
                          f"{method} {path} is not busy")
        assert answer.code < 300, answer.text

    def create(connector, states, **config):
        body = {key.replace("__", "."): str(value) for key, value in config.items()}
        ask("PUT", f"/connectors/{connector}/config", body)
        worker.wait_for_states(connector, *states)

    running = ("RUNNING", "RUNNING")
    create("src", running, **source, topic=f"{name}-lines", tasks__max=2)
    create("snk", running, **sink, file=folder / "out.txt", consumer__override__group__id=f"{name}-snk")
    create("paused", running, **source, topic=f"{name}-t")
    create("stopped", running, **source, topic=f"{name}-t")
    create("updated", running, **source, topic=f"{name}-t")
    for connector in ("paused", "stopped", "updated"):
        wait_for(lambda of=connector: position(kafka, worker, of) == 12, f"the offset of {connector}")
    ask("PUT", "/connectors/paused/pause")
    ask("PUT", "/connectors/stopped/stop")
    ask("PUT", "/connectors/updated/config", {key.replace("__", "."): str(value) for key, value in source.items()}
        | {"topic": f"{name}-t"})
    create("failed", ("RUNNING", "FAILED"), **sink, file=folder / "bad.txt", value__converter=JSON,
           consumer__override__group__id=f"{name}-failed")
    create("gone", running, **source, topic=f"{name}-t")
    for connector in ("src", "stopped", "updated", "gone"):
        wait_for(lambda of=connector: position(kafka, worker, of) == 12, f"the offset of {connector}")
    ask("DELETE", "/connectors/gone")
    for connector, state in (("unborn", "STOPPED"), ("asleep", "PAUSED"), ("späte/r", "STOPPED")):
        ask("POST", "/connectors", {"name": connector, "initial_state": state, "config": {
            "connector.class": "FileStreamSource", "file": str(folder / "in.txt"), "topic": f"{name}-t"}})
    ask("POST", "/connectors/src/restart?includeTasks=true")
    ask("PUT", "/admin/loggers/org.apache.kafka.clients?scope=cluster", {"level": "Warn"})
    settle(worker)
    wait_for(lambda: kafka.committed(f"{name}-snk", f"{name}-in") == 3, "the sink's offset")


def settle(worker):
    def states():
        found = worker.get("/connectors?expand=status").json
        return {name: (one["status"]["connector"]["state"], *(task["state"] for task in one["status"]["tasks"]))
                for name, one in found.items()}
    wait_for(lambda: states() == LIFE, f"all as they were, but now: {states()}", 60)


def pretty(seen):
    return json.dumps(seen, indent=1, sort_keys=True).splitlines()


def assert_same(expected, found):
    assert expected == found, "\n".join(difflib.unified_diff(expected, found, lineterm=""))


def look(worker):
    """All that REST says of the connectors, without what belongs to one worker or one moment."""
    seen = {}
    for name, one in worker.get("/connectors?expand=info&expand=status").json.items():
        for part in [one["status"]["connector"], *one["status"]["tasks"]]:
            part.pop("worker_id")
            part.pop("trace", None)
        seen[name] = one
        if "/" in name:
            continue  # the peer cannot be asked
        path = f"/connectors/{name}".replace("ä", "%C3%A4")
        seen[name]["tasks"] = worker.get(path + "/tasks").json
        seen[name]["offsets"] = worker.get(path + "/offsets").json
        seen[name]["topics"] = sorted(worker.get(path + "/topics").json[name]["topics"])
    return seen


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Both workers, ended: {class: Lived}."""
    kafka, both = Kafka(), {}
    for kind in (Peer, Worker):
        worker = prepare(kind, tmp_path_factory.mktemp("life"), kafka)
        with worker:
            live(worker, kafka)
            settle(worker)
            both[kind] = Lived(worker, look(worker))
        both[kind].written = {topic: written(kafka, worker, topic) for topic in ("configs", "offsets", "status")}
    return both


def successor(kind, lived, **settings):
    """Another worker on the same topics, and in the same folder."""
    old = lived.worker
    topics = {f"{store}__storage__topic": old.settings[f"{store}.storage.topic"] for store in ("config", "offset", "status")}
    new = kind(old.folder, f"{old.name}-{kind.__name__}", old.kafka, **{
        "group__id": old.settings["group.id"], "config__providers": "file",
        "config__providers__file__class": "org.apache.kafka.common.config.provider.FileConfigProvider",
        **topics, **settings})
    return new


def goes_on(worker, kafka, name):
    """A line more comes out once, and no other again."""
    before = kafka.size(f"{name}-lines")
    with open(worker.folder / "in.txt", "a", encoding="ascii") as out:
        out.write("more\n")
    wait_for(lambda: kafka.size(f"{name}-lines") > before, "the new line")
    assert [record.value() for record in kafka.read(f"{name}-lines")] == [line.encode() for line in [*LINES, "more"]]


def test_sluice_after_java(lived, kafka):
    old = lived[Peer]
    with successor(Worker, old) as sluice:
        settle(sluice)
        assert_same(pretty(old.seen), pretty(look(sluice)))
        goes_on(sluice, kafka, old.worker.name)


def test_java_after_sluice(lived, kafka):
    old = lived[Worker]
    with successor(Peer, old) as java:
        settle(java)
        assert_same(pretty(old.seen), pretty(look(java)))
        goes_on(java, kafka, old.worker.name)
    complaints = [line for line in java.log().splitlines()
                  if re.match(r"\[[^]]*\] (ERROR|FATAL) ", line) and "failed-0" not in line]
    assert not complaints, complaints


def test_sluice_after_java_on_a_compacted_config_topic(lived, kafka):
    """Of each key the last record is left, and no tombstone: `updated` has its tasks before its connector."""
    old = lived[Peer]
    topic = f"{old.worker.name}-compacted"
    kafka.create(topic, cleanup_policy="compact")
    last = collections.OrderedDict()
    for record in kafka.read(f"{old.worker.name}-configs"):
        last.pop(record.key(), None)
        last[record.key()] = record.value()
    for key, value in last.items():
        if value is not None:
            kafka.produce(topic, [value], key)
    assert "connector-gone" not in {key.decode() for key, value in last.items() if value is not None}
    with successor(Worker, old, config__storage__topic=topic) as sluice:
        settle(sluice)
        seen, expected = look(sluice), old.seen
        assert {name: one["info"] for name, one in seen.items()} == {name: one["info"] for name, one in expected.items()}


def plain(worker, text):
    """A record's text without what belongs to one worker or one moment."""
    for own, name in ((str(worker.folder), "$DIR"), (worker.name, "$NAME"), (f"127.0.0.1:{worker.port}", "$WORKER")):
        text = text.replace(own, name)
    text = re.sub(r'"(creation-timestamp|discoverTimestamp)":\d{13}', r'"\1":0', text)
    text = re.sub(r'"key":"[A-Za-z0-9+/]{43}="', '"key":"$KEY"', text)
    text = re.sub(r'"trace":"[^"]*(\\"[^"]*)*"', '"trace":"$TRACE"', text)
    return re.sub(r'"generation":\d+', '"generation":0', text)


def in_order(text):
    """Members sorted, if this is the map of a configuration, whose order is a HashMap's in Java."""
    value = json.loads(text)
    if isinstance(value, dict) and "properties" in value:
        assert json.dumps(value, separators=(",", ":"), ensure_ascii=False) == text, f"not compact: {text}"
        return json.dumps(value, sort_keys=True)
    return text


def kind(key):
    """Of a status record: the peer writes UNASSIGNED more often than it must, and with or without a version."""
    return re.match("status-(connector|task|topic)-", key)[0]


def written(kafka, worker, topic):
    """Of each key its distinct values, in order of their first appearance, as `key: value` lines; of statuses those of
    each kind of key, sorted."""
    lines = []
    for record in kafka.read(f"{worker.name}-{topic}"):
        key, value = plain(worker, record.key().decode()), record.value()
        text = "no value" if value is None else in_order(plain(worker, value.decode()))
        if topic == "status":
            key, text = kind(key), re.sub('("state":"UNASSIGNED".*"version"):.*', r"\1:0}", text)
            text = re.sub('("topic":{"name":)"[^"]*","connector":"[^"]*"', r"\1$TOPIC", text)
        if f"{key}: {text}" not in lines:
            lines.append(f"{key}: {text}")
    return sorted(lines, key=lambda line: line if topic == "status" else line.partition(": ")[0])


@pytest.mark.parametrize("topic, kinds", [
    ("configs", ["session-key", "connector-", "task-", "commit-", "target-state-", "restart-connector-",
                 "logger-cluster-"]),
    ("offsets", ["["]), ("status", ["status-connector-", "status-task-", "status-topic-"])])
def test_the_same_bytes(lived, topic, kinds):
    expected = lived[Peer].written[topic]
    assert [kind for kind in kinds if not any(line.startswith(kind) for line in expected)] == []
    assert_same(expected, lived[Worker].written[topic])
