"""Dead letter queues beyond the peer's: of sources, and with a topic for each topic or stage."""

import json

import pytest
from support.worker import JSON, STRING, wait_for

INTEGER = "org.apache.kafka.connect.converters.IntegerConverter"
LONG = "org.apache.kafka.connect.converters.LongConverter"
INSERT = "org.apache.kafka.connect.transforms.InsertField$Value"
LETTERS = {"errors__tolerance": "all", "errors__deadletterqueue__topic__replication__factor": 1,
           "errors__deadletterqueue__context__headers__enable": "true"}


def said(letter):
    """Its context headers, without their prefix."""
    return {key.removeprefix("__connect.errors."): value.decode() for key, value in letter.headers() or []}


def position(kafka, worker, connector, field="position"):
    for key, value in kafka.compacted(f"{worker.name}-offsets").items():
        if json.loads(key)[0] == connector and value:
            return json.loads(value)[field]
    return None


def test_records_that_a_source_cannot_convert(worker, kafka, name, tmp_path):
    source, dead = tmp_path / "in.txt", name + "-dead"
    source.write_text("one\ntwo\n")
    worker.create("src", connector__class="FileStreamSource", file=source, topic=name, value__converter=INTEGER,
                  errors__deadletterqueue__topic__name=dead, **LETTERS)
    wait_for(lambda: kafka.size(dead) == 2, "both lines are dead letters")
    first, second = kafka.read(dead)
    partition = {"filename": str(source)}
    assert json.loads(first.key()) == partition == json.loads(second.key())
    record = json.loads(first.value())
    assert record["timestamp"] > 0 and first.timestamp()[1] == record["timestamp"]
    assert record | {"timestamp": 0} == {
        "topic": name, "kafkaPartition": None, "timestamp": 0, "sourcePartition": partition,
        "sourceOffset": {"position": 4}, "keySchema": None, "key": None,
        "valueSchema": {"type": "string", "optional": False}, "value": "one", "headers": []}
    headers = said(second)
    assert list(headers) == [
        "topic", "source.partition", "source.offset", "connector.name", "task.id", "stage", "class.name",
        "exception.class.name", "exception.message", "exception.stacktrace"]
    assert headers["topic"] == name and json.loads(headers["source.offset"]) == {"position": 8}
    assert headers["stage"] == "VALUE_CONVERTER" and headers["class.name"] == INTEGER
    assert headers["exception.class.name"] == "org.apache.kafka.connect.errors.DataException"
    wait_for(lambda: position(kafka, worker, "src") == 8, "the offset has passed them")
    assert worker.states("src") == ["RUNNING", "RUNNING"] and kafka.size(name) == 0


ODD = {"predicates": "odd", "predicates__odd__type": "dev.sluice.transforms.predicates.Matches",
       "predicates__odd__expression": "key % 2 == 1"}


def on_odd(alias, class_name, negate="false", **settings):
    """Settings of one transform, for records with an odd key or for the others."""
    settings |= {"type": "org.apache.kafka.connect.transforms." + class_name, "predicate": "odd", "negate": negate}
    return {f"transforms__{alias}__{key}": value for key, value in settings.items()}


@pytest.mark.parametrize("stage, class_name, config, told", [
    # An int64 is no integer, nor is a string.
    ("KEY_CONVERTER", INTEGER, {"key__converter": INTEGER, "transforms": "good", **on_odd(
        "good", "Cast$Key", "true", spec="int32")}, "Failed to serialize to integer (was class java.lang.Long): "),
    ("HEADER_CONVERTER", INTEGER, {"header__converter": INTEGER, "transforms": "good,bad", **on_odd(
        "good", "InsertHeader", "true", header="h", value__literal="70000"), **on_odd(
        "bad", "InsertHeader", header="h", value__literal="text")},
     "Failed to serialize to integer (was class java.lang.String): "),
    ("TRANSFORMATION", "org.apache.kafka.connect.transforms.Cast$Value", {"transforms": "bad", **on_odd(
        "bad", "Cast$Value", spec="item:int32")}, "was out of range for requested data type")],
    ids=["key", "header", "transformation"])
def test_records_that_fail_in_other_stages_of_a_source(worker, kafka, name, stage, class_name, config, told):
    dead = name + "-dead"
    kafka.create(name)
    worker.create("src", **{
        "connector__class": "DatagenSource", "topic": name, "shape": "orders", "rate": 0, "max__records": 6,
        "key__converter": LONG, "value__converter": JSON, "value__converter__schemas__enable": "false",
        "errors__deadletterqueue__topic__name": dead, **ODD, **LETTERS, **config})
    wait_for(lambda: position(kafka, worker, "src", "records") == 6, lambda: f"the offset has passed all; {worker.status('src')}")
    letters = kafka.read(dead)
    for letter, number in zip(letters, (1, 3, 5), strict=True):
        record, headers = json.loads(letter.value()), said(letter)
        # The record as it was polled.
        assert record["key"] == record["value"]["id"] == number and record["headers"] == []
        assert record["keySchema"] == {"type": "int64", "optional": False} and record["valueSchema"]["name"] == "datagen.Order"
        assert record["sourcePartition"] == json.loads(letter.key()) == json.loads(headers["source.partition"])
        assert record["sourceOffset"] == json.loads(headers["source.offset"]) == {"records": number + 1}
        assert headers["topic"] == record["topic"] == name and headers["stage"] == stage
        assert headers["class.name"] == class_name and told in headers["exception.message"]
        assert headers["exception.class.name"] == "org.apache.kafka.connect.errors.DataException"
    written = kafka.read(name)
    assert [int.from_bytes(one.key(), "big") for one in written] == [json.loads(one.value())["id"] for one in written] == [0, 2, 4]
    assert {len(one.headers() or []) for one in written} == {1 if stage == "HEADER_CONVERTER" else 0}
    assert worker.states("src") == ["RUNNING", "RUNNING"]


def test_records_that_are_too_large_for_the_broker(worker, kafka, name, tmp_path):
    source, dead = tmp_path / "in.txt", name + "-${stage}"
    kafka.create(name, max_message_bytes=1000)
    large = "x" * 50_000
    source.write_text(f"small\n{large}\nsmall too\n")
    worker.create("src", connector__class="FileStreamSource", file=source, topic=name, value__converter=STRING,
                  errors__deadletterqueue__topic__name=dead, **LETTERS)
    wait_for(lambda: position(kafka, worker, "src") == source.stat().st_size, "the offset has passed all")
    assert [record.value() for record in kafka.read(name)] == [b"small", b"small too"]
    letter, = kafka.read(name + "-KAFKA_PRODUCE")
    assert json.loads(letter.value())["value"] == large
    assert said(letter)["exception.class.name"] == "org.apache.kafka.common.errors.RecordTooLargeException"


def test_a_dead_letter_that_is_too_large_is_cut(worker, kafka, name, tmp_path):
    source, dead = tmp_path / "in.txt", name + "-dead"
    kafka.create(name, max_message_bytes=1000)
    kafka.create(dead, max_message_bytes=10_000)
    source.write_text("x" * 50_000 + "\n")
    worker.create("src", connector__class="FileStreamSource", file=source, topic=name, value__converter=STRING,
                  errors__deadletterqueue__topic__name=dead, **LETTERS)
    wait_for(lambda: position(kafka, worker, "src") == 50_001, "the offset has passed it")
    letter, = kafka.read(dead)
    record, headers = json.loads(letter.value()), said(letter)
    assert record["value"] == "x" * 1024 and record["truncated"] is True
    assert headers["truncated"] == "true" and "exception.stacktrace" not in headers


def test_letters_among_the_records_fail_the_source(worker, kafka, name, tmp_path):
    source = tmp_path / "in.txt"
    source.write_text("one\n")
    worker.create("src", connector__class="FileStreamSource", file=source, topic=name, value__converter=INTEGER,
                  errors__deadletterqueue__topic__name="${topic}", **LETTERS)
    worker.wait_for_states("src", "RUNNING", "FAILED")
    assert f"The DLQ topic '{name}' is one that the connector's own records go to" in worker.trace("src")
    assert position(kafka, worker, "src") is None


def test_records_that_are_routed_among_the_letters_fail_the_source(worker, kafka, name, tmp_path):
    """Good ones: what counts is where transforms lead to."""
    source, dead = tmp_path / "in.txt", name + "-dead"
    source.write_text("one\n")
    route = {"transforms": "r", "transforms__r__type": "org.apache.kafka.connect.transforms.RegexRouter",
             "transforms__r__regex": ".*"}
    worker.create("src", connector__class="FileStreamSource", file=source, topic=name, value__converter=STRING,
                  errors__deadletterqueue__topic__name=dead, transforms__r__replacement=dead, **route, **LETTERS)
    worker.wait_for_states("src", "RUNNING", "FAILED")
    assert f"The DLQ topic '{dead}' is one that the connector's own records go to" in worker.trace("src")
    assert position(kafka, worker, "src") is None and kafka.size(dead) == 0
    # Where records only seem to go letters may.
    worker.create("other", connector__class="FileStreamSource", file=source, topic=dead, value__converter=INTEGER,
                  errors__deadletterqueue__topic__name=dead, transforms__r__replacement=name, **route, **LETTERS)
    wait_for(lambda: kafka.size(dead) == 1, lambda: f"a letter; {worker.status('other')}")


def test_letters_never_go_to_internal_topics(worker, kafka, name, tmp_path):
    kafka.create(worker.name)
    kafka.produce(worker.name, ["{oops"])
    sink = {"connector.class": "FileStreamSink", "file": str(tmp_path / "out.txt"), "value.converter": JSON,
            **{key.replace("__", "."): str(value) for key, value in LETTERS.items()},
            "errors.deadletterqueue.topic.name": "${topic}-offsets"}
    told = f"The DLQ topic '{worker.name}-offsets' may not be an internal topic of the worker"
    answer = worker.put("/connectors/known/config", sink | {"topics": worker.name})
    assert answer.code == 400 and told in answer.json["message"], answer.text
    for dead in ("__consumer_offsets", f"{worker.name}-configs"):
        answer = worker.put("/connectors/known/config", sink | {"topics": "t", "errors.deadletterqueue.topic.name": dead})
        assert answer.code == 400 and "may not be an internal topic" in answer.json["message"], answer.text
    assert worker.put("/connectors/later/config", sink | {"topics.regex": worker.name}).code == 201
    worker.wait_for_states("later", "RUNNING", "FAILED")
    assert told in worker.trace("later") and worker.log().count(told) <= 3
    assert kafka.committed("connect-later", worker.name) <= 0


def test_a_topic_for_each_topic_and_stage(worker, kafka, name, tmp_path):
    first, second = name + "-1", name + "-2"
    kafka.create(first)
    kafka.create(second)
    kafka.produce(first, ['{"a":1}', "{oops", '"text"'])
    kafka.produce(second, ['"text"'])
    worker.create("snk", connector__class="FileStreamSink", file=tmp_path / "out.txt", topics=f"{first},{second}",
                  value__converter=JSON, value__converter__schemas__enable="false", transforms="i",
                  transforms__i__type=INSERT, transforms__i__static__field="f", transforms__i__static__value="v",
                  errors__deadletterqueue__topic__name="${connector}.${topic}.${stage}", **LETTERS)
    expected = {f"snk.{first}.VALUE_CONVERTER": b"{oops", f"snk.{first}.TRANSFORMATION": b'"text"',
                f"snk.{second}.TRANSFORMATION": b'"text"'}
    for topic, value in expected.items():
        wait_for(lambda of=topic: kafka.size(of) == 1, f"{topic} has a letter")
        letter, = kafka.read(topic)
        assert letter.value() == value and said(letter)["stage"] == topic.rpartition(".")[2]
    assert kafka.partitions(f"snk.{second}.VALUE_CONVERTER") == 0  # made when it is first needed


def test_letters_that_the_sink_would_consume_fail_it(worker, kafka, name, tmp_path):
    kafka.create(name)
    kafka.produce(name, ["{oops"])
    worker.create("snk", connector__class="FileStreamSink", file=tmp_path / "out.txt",
                  topics__regex=f"{name}[-a-z]*", value__converter=JSON, value__converter__schemas__enable="false",
                  errors__deadletterqueue__topic__name="${topic}-dead", **LETTERS)
    worker.wait_for_states("snk", "RUNNING", "FAILED")
    assert f"The DLQ topic '{name}-dead' may not be matched by the regex for the topics" in worker.trace("snk")
    assert kafka.partitions(name + "-dead") == 0
    assert kafka.committed("connect-snk", name) <= 0


def test_a_name_that_cannot_be_is_refused(worker, name, tmp_path):
    for config, key, text in (
            ({"connector.class": "FileStreamSource", "file": "f", "topic": name}, "errors.deadletterqueue.topic.name",
             "there is no variable ${tpoic}; there are ${topic}, ${connector} and ${stage}"),
            ({"connector.class": "FileStreamSink", "file": "f", "topics": f"{name},{name}-x"}, "topics",
             f"The DLQ topic '{name}-x' may not be included in the list of topics")):
        dead = "${tpoic}" if key != "topics" else "${topic}-x"
        answer = worker.put(f"/connectors/{name}/config", config | {"errors.deadletterqueue.topic.name": dead})
        assert answer.code == 400 and text in answer.json["message"], answer.text
