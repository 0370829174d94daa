"""The same connectors on Apache Kafka Connect and on Sluice over the same topics of good, bad and mixed records: files
are equal, and so are dead letters (key, value, timestamp, headers but for the frames of stack traces) and log lines."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from pair import Pair  # noqa: E402
from support.worker import JSON, STRING, wait_for  # noqa: E402

pytestmark = pytest.mark.skipif("SLUICE_KAFKA_HOME" not in os.environ, reason="the peer is not installed")

SOURCE = "org.apache.kafka.connect.file.FileStreamSourceConnector"
T = "org.apache.kafka.connect.transforms."
BYTES = "org.apache.kafka.connect.converters."
PLAIN = {"value__converter": JSON, "value__converter__schemas__enable": "false"}


def envelope(schema, payload):
    return '{"schema":' + schema + ',"payload":' + payload + "}"


STRUCT = '{"type":"struct","name":"N","fields":[{"type":"int32","field":"a"},{"type":"string","optional":true,"field":"b"}]}'
WITH_SCHEMA = [
    envelope(STRUCT, '{"a":1,"b":"x"}'), envelope(STRUCT, '{"a":2}'), envelope('{"type":"string"}', '"text"'),
    envelope('{"type":"array","items":{"type":"int8"}}', "[1,2]"), envelope('{"type":"int64","optional":true}', "null"),
    envelope(STRUCT.replace('"int32"', '"int64","default":7'), '{"b":"y"}'), None]
WITHOUT_SENSE = [
    envelope(STRUCT, '{"b":"no a"}'), envelope(STRUCT, "[]"), envelope(STRUCT, '"text"'), envelope('{"type":"int33"}', "1"),
    envelope('{"fields":[]}', "1"), envelope('{"type":"array"}', "[]"), envelope('{"type":"bytes"}', '"%"'),
    '{"payload":1}', '{"schema":null,"payload":1,"more":2}', "[]", "", '"text"', "{oops"]

# name -> (settings, good values, bad values, keys, headers): a record has one of each, by chance.
CASES = {
    "json": (PLAIN, ['{"a":1}', '{"a":1,"b":[1,2.5,null]}', '"text"', "7", "null", "true", None, '{"a":{"b":{}}}'],
             ["{oops", '{"a":', "1,2", "truex", "nul", "{'a':1}", "[1", "\ufeff{}"], ["k", None], [None]),
    "schemas": ({"value__converter": JSON}, WITH_SCHEMA, WITHOUT_SENSE, ["k"], [None]),
    "keys": ({"key__converter": BYTES + "LongConverter", "value__converter": STRING}, ["v", None, ""], [],
             [b"\0" * 7 + b"\5", None, b"", b"\1", b"\0" * 9], [None]),
    "headers": ({"header__converter": JSON, "header__converter__schemas__enable": "false", "value__converter": STRING},
                ["v"], [], ["k"],
                [None, [("h", b'{"a":1}')], [("h", b"{oops")], [("h", None), ("i", b"nul"), ("h", b"2")],
                 [("__connect.errors.topic", b'"before"')]]),
    "numbers": ({"value__converter": BYTES + "IntegerConverter"}, [b"\0\0\0\1", None], [b"", b"\1", b"12345"], ["k"], [None]),
    "transforms": (PLAIN | {"transforms": "mask,take", "transforms__mask__type": T + "MaskField$Value",
                            "transforms__mask__fields": "a", "transforms__take__type": T + "ExtractField$Value",
                            "transforms__take__field": "a"},
                   ['{"a":1}', '{"a":"x","b":2}', '{"a":[1]}', '{"a":null}'],
                   ['"text"', "[1]", "7", "{oops", '{"a":{}}x,'], ["k"], [None]),
    "schema transforms": ({"value__converter": JSON, "transforms": "take", "transforms__take__type": T + "ExtractField$Value",
                           "transforms__take__field": "b"},
                          [envelope(STRUCT, '{"a":1,"b":"x"}'), envelope(STRUCT, '{"a":2}')],
                          [envelope('{"type":"string"}', '"text"'),
                           envelope('{"type":"struct","fields":[{"type":"int8","field":"a"}]}', '{"a":1}')], ["k"], [None]),
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    pair = Pair(tmp_path_factory.mktemp("dead-letters"), "dead-letters")
    with pair.java, pair.sluice:
        yield pair


@pytest.mark.parametrize("label", CASES)
def test_files_letters_and_log_lines_are_equal(pair, label):
    connector = label.replace(" ", "-")
    topic = f"{pair.name}-{connector}"
    settings, *records = CASES[label]
    count = pair.fill(topic, *records)
    pair.sink(connector, topic, errors__tolerance="all", **settings)
    pair.wait_for_all(connector, topic, count)
    java, sluice = (pair.letters(worker, connector) for worker in pair.both)
    assert java and len(java) < count, "some are good, some are bad"
    assert sluice == java
    files = [pair.file(worker, connector).read_text() for worker in pair.both]
    assert files[1] == files[0] and files[0].count("\n") + len(java) == count
    lines = [pair.log_lines(worker, connector) for worker in pair.both]
    assert lines[1] == lines[0] and len(lines[0]) == len(java)


def test_without_tolerance_one_letter_is_written_and_the_task_fails(pair):
    topic = f"{pair.name}-strict"
    pair.kafka.create(topic)
    pair.kafka.produce(topic, ['{"a":1}', "{oops", "{again"])
    pair.sink("strict", topic, messages="false", **PLAIN)
    for worker in pair.both:
        worker.wait_for_states("strict", "RUNNING", "FAILED", timeout=60)
    java, sluice = (pair.letters(worker, "strict") for worker in pair.both)
    assert len(java) == 1 and sluice == java
    lines = [pair.log_lines(worker, "strict") for worker in pair.both]
    assert lines[1] == lines[0] and len(lines[0]) == 1 and "consumed record" not in lines[0][0]
    for worker in pair.both:
        assert worker.trace("strict").startswith(
            "org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler")
        assert pair.kafka.committed(f"{worker.name}-strict", topic) <= 1


@pytest.mark.parametrize("messages", ["true", "false"])
@pytest.mark.parametrize("label, config, lines, reported", [
    ("converter", {"value__converter": BYTES + "IntegerConverter"}, ["one", "two"], 2),
    ("transform", {"value__converter": STRING, "transforms": "t", "transforms__t__type": T + "InsertField$Value",
                   "transforms__t__static__field": "f", "transforms__t__static__value": "v"}, ["one", "two"], 2),
    # By the producer's own limit: the peer's splits a request that the broker refuses, and where max.message.bytes is
    # less than batch.size it does so for ever.
    ("produce", {"value__converter": STRING, "producer__override__max__request__size": 200_000},
     ["small", "y" * 300_000, "the last"], 1)])
def test_a_source_logs_the_same(pair, label, config, lines, reported, messages):
    label = f"{label}-{messages}"
    source = pair.folder / f"{label}.in"
    source.write_text("".join(line + "\n" for line in lines))
    connector = f"source-{label}"
    for worker in pair.both:
        topic = f"{worker.name}-{label}"
        pair.kafka.create(topic)
        worker.create(connector, connector__class=SOURCE, file=source, topic=topic, errors__tolerance="all",
                      errors__log__enable="true", errors__log__include__messages=messages, **config)
    said = []
    for worker in pair.both:
        wait_for(lambda of=worker: len(pair.log_lines(of, connector)) == reported, f"{worker.name} has logged it", timeout=60)
        said.append([line[:3000] for line in pair.log_lines(worker, connector)])
        wait_for(lambda of=worker: pair.kafka.size(f"{of.name}-{label}") == len(lines) - reported, "the good ones")
        assert worker.states(connector) == ["RUNNING", "RUNNING"]
    assert said[1] == said[0] and all(("where source record is" in line) == (messages == "true") for line in said[0])
