"""The Kafka clients of dead letter queues are the connector's: what it overrides for its producer and its admin client is
theirs, as far as the worker's policy lets it, in sinks and in sources; what of it is seen at the broker."""

import json

import pytest
from support.recorder import Recorder
from support.worker import JSON, STRING, wait_for

INTEGER = "org.apache.kafka.connect.converters.IntegerConverter"
LETTERS = {"errors__tolerance": "all", "errors__deadletterqueue__topic__replication__factor": 1,
           "errors__deadletterqueue__context__headers__enable": "true"}
BAD = 5


@pytest.fixture
def recorder(own_kafka):
    made = Recorder(own_kafka.address)
    yield made
    made.close()


@pytest.fixture
def own_worker(new_worker, own_kafka):
    worker = new_worker()
    worker.kafka = worker.settings["bootstrap.servers"] = own_kafka.address
    return worker.start()


def connector(kind, name, tmp_path):
    """One whose records are all bad."""
    if kind == "sink":
        return {"connector__class": "FileStreamSink", "topics": name, "file": tmp_path / "out.txt", "value__converter": INTEGER}
    source = tmp_path / "in.txt"
    source.write_text("".join(f"line {n}\n" for n in range(BAD)))
    return {"connector__class": "FileStreamSource", "topic": name, "file": source, "value__converter": INTEGER}


def override(client, **settings):
    return {f"{client}__override__{key}": value for key, value in settings.items()}


@pytest.mark.parametrize("kind", ["sink", "source"])
def test_overrides_reach_the_clients_of_letters(own_worker, own_kafka, recorder, kind, name, tmp_path):
    dead, plain = name + "-dead", name + "-plain"
    own_kafka.create(name)
    own_kafka.produce(name, ["not four bytes"] * BAD)
    overrides = {
        **override("producer", bootstrap__servers=recorder.address, client__id=f"{name}-writes-letters",
                   compression__type="gzip", enable__idempotence="false", acks="1"),
        **override("admin", bootstrap__servers=recorder.address, client__id=f"{name}-makes-topics")}
    own_worker.create("overrides", errors__deadletterqueue__topic__name=dead, **connector(kind, name, tmp_path), **overrides,
                      **LETTERS)
    wait_for(lambda: own_kafka.size(dead) == BAD, lambda: f"letters; {own_worker.status('overrides')}")
    assert {(codec, producer >= 0) for codec, producer in own_kafka.batches(dead)} == {("gzip", False)}
    for client in ("writes-letters", "makes-topics"):
        assert f"{name}-{client}".encode() in recorder.seen, client
    # Without them: idempotent and as they are, by clients of Connect's names.
    own_worker.create("plain", errors__deadletterqueue__topic__name=plain, **connector(kind, name, tmp_path),
                      **override("producer", bootstrap__servers=recorder.address),
                      **override("admin", bootstrap__servers=recorder.address), **LETTERS)
    wait_for(lambda: own_kafka.size(plain) == BAD, lambda: f"letters; {own_worker.status('plain')}")
    assert {(codec, producer >= 0) for codec, producer in own_kafka.batches(plain)} == {("none", True)}
    for client in ("connector-dlq-producer-plain-0", "connector-dlq-adminclient-plain-0"):
        assert client.encode() in recorder.seen, client


@pytest.mark.parametrize("kind", ["sink", "source"])
def test_the_policy_is_asked_where_there_is_a_queue(new_worker, kind, name, tmp_path):
    worker = new_worker(connector__client__config__override__policy="None").start()
    for client, key in (("producer", "linger.ms"), ("admin", "client.id")):
        full = f"{client}.override.{key}"
        config = {key.replace("__", "."): str(value) for key, value in connector(kind, name, tmp_path).items()} | {full: "1"}
        queue = {"errors.deadletterqueue.topic.name": name + "-dead"}
        answer = worker.put(f"/connectors/{name}/config", config | queue)
        assert answer.code == 400, answer.text
        assert f"The 'None' policy does not allow '{key}' to be overridden in the connector configuration." in answer.json["message"]
        checked = kind == "source" and client == "producer"  # its own producer
        kind_of = "FileStreamSink" if kind == "sink" else "FileStreamSource"
        answer = worker.put(f"/connector-plugins/{kind_of}/config/validate", config | {"name": name})
        wrong = [one["value"]["name"] for one in answer.json["configs"] if one["value"]["errors"]]
        assert wrong == ([full] if checked else []), answer.text


def test_a_letter_larger_than_its_producer_may_send_is_cut(worker, kafka, name, tmp_path):
    source, dead = tmp_path / "in.txt", name + "-dead"
    large = "x" * 300_000
    source.write_text(f"small\n{large}\nthe last\n")
    kafka.create(name)
    worker.create("src", connector__class="FileStreamSource", file=source, topic=name, value__converter=STRING,
                  errors__deadletterqueue__topic__name=dead, producer__override__max__request__size=100_000, **LETTERS)
    wait_for(lambda: kafka.size(name) == 2 and kafka.size(dead) == 1, lambda: f"a letter; {worker.status('src')}")
    letter, = kafka.read(dead)
    headers = dict(letter.headers())
    assert headers["__connect.errors.stage"] == b"KAFKA_PRODUCE"
    assert headers["__connect.errors.exception.class.name"] == b"org.apache.kafka.common.errors.RecordTooLargeException"
    assert headers["__connect.errors.truncated"] == b"true"
    record = json.loads(letter.value())
    assert record["truncated"] is True and record["value"] == large[:1024]
    assert [one.value() for one in kafka.read(name)] == [b"small", b"the last"]
    assert worker.states("src") == ["RUNNING", "RUNNING"]


def test_a_letter_of_a_sink_that_its_producer_cannot_send_fails_the_task(worker, kafka, name, tmp_path):
    """Its bytes are the record's, which are not cut."""
    dead = name + "-dead"
    kafka.create(name)
    kafka.produce(name, ["{" + "x" * 300_000])
    worker.create("snk", connector__class="FileStreamSink", file=tmp_path / "out.txt", topics=name, value__converter=JSON,
                  errors__deadletterqueue__topic__name=dead, producer__override__max__request__size=100_000, **LETTERS)
    worker.wait_for_states("snk", "RUNNING", "FAILED")
    assert "producer.override.max.request.size" in worker.trace("snk")
    assert kafka.committed("connect-snk", name) <= 0
