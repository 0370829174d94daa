"""Sinks of a schema registry's formats, and a sink that refuses records in put, on Apache Kafka Connect and on Sluice: files
are equal, and so are dead letters and log lines.

Confluent's converters are not in a public Maven repository; on the peer's side stand Apicurio's, told to read Confluent's
frames. So of each letter key, value, timestamp and headers are compared, in their order, but not what the exception is called
and says: those are Apicurio's own, or of the libraries below. The converter's class is each side's.
- Avro: Apicurio's AvroConverter, whose AvroData was Confluent's once.
- JSON Schema: SerdeBasedConverter over Apicurio's deserializer, which validates each record and hands it on as the JSON that
  it is; Sluice's sink writes its records as JSON for that.
- Protobuf: none. Apicurio's converters of this version have none for it, and by its source Apicurio's deserializer wants a Ref,
  the message's name, between the id and the record, where Confluent's has indexes: neither can read the other's frames.
"""

import json
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from pair import Pair  # noqa: E402
from support.doubles import SINK as DOUBLE  # noqa: E402
from support.doubles import plugin_path  # noqa: E402
from support.peer_plugins import apicurio_converters, kafka_test_classes  # noqa: E402
from support.registry import AVRO, JSON_SCHEMA, converter, frame, text, zigzag  # noqa: E402
from support.worker import JSON, STRING  # noqa: E402

pytestmark = pytest.mark.skipif("SLUICE_KAFKA_HOME" not in os.environ, reason="the peer is not installed")

APICURIO = "io.apicurio.registry."
ERRORS = "__connect.errors."
OF_THE_LIBRARY = {ERRORS + "exception.class.name", ERRORS + "exception.message", ERRORS + "exception.stacktrace"}
# No magic byte, one of another frame, too short, and ids that nobody gave.
UNFRAMED = [b"", b"{}", b"plain text", b"\1" * 17, b"\0", b"\0" * 4, b"\0" * 5, frame(1_000_000, b"{}"),
            frame((1 << 32) - 1, b"{}")]


def record(name, *fields):
    return json.dumps({"type": "record", "name": name, "namespace": "com.example", "fields": [
        {"name": field, "type": kind, **more} for field, kind, more in fields]})


class Avro:
    java, sluice = APICURIO + "utils.converter.AvroConverter", AVRO
    java_settings, sluice_settings, sink = {}, {}, {}
    fields = [("name", "string", {}), ("age", ["null", "int"], {"default": None}),
              ("kind", {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}, {}),
              ("tags", {"type": "array", "items": "string"}, {})]
    more = [("place", {"type": "record", "name": "Place", "fields": [
        {"name": "zip", "type": "long"}, {"name": "in", "type": {"type": "map", "values": "boolean"}}]}, {}),
            ("price", {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}, {})]

    @classmethod
    def records(cls, registry, subject):
        """Good and bad ones, of two versions and of a type that is no record."""
        registry.register(subject, record("Thing", *cls.fields))
        registry.compatibility(subject, "NONE")
        first, second, plain = (registry.register(subject, schema) for schema in (
            record("Thing", *cls.fields), record("Thing", *cls.fields, *cls.more), '"string"'))
        nobody = text("eve") + zigzag(0) + zigzag(0) + zigzag(0)
        ann = text("ann") + zigzag(1) + zigzag(-7) + zigzag(1) + zigzag(2) + text("a") + text("\u00fc") + zigzag(0)
        more = zigzag(89073) + zigzag(1) + text("ulm") + b"\1" + zigzag(0) + zigzag(2) + b"\4\xd2"
        good = [frame(first, ann), frame(first, nobody), frame(second, ann + more), frame(plain, text("words")),
                frame(first, ann + b"more than the record"), frame(first, b"\2\xff" + nobody[-3:]), None]
        bad = [frame(first, ann[:3]), frame(first, ann[:-1]), frame(first, b""), frame(second, ann), frame(plain, b""),
               frame(first, text("no such branch") + zigzag(2)), frame(first, text("no such symbol") + zigzag(0) + zigzag(9)),
               frame(first, zigzag(-5)), frame(first, zigzag(1 << 40)), frame(first, b"\xff" * 12)]
        return good, UNFRAMED + bad

    @staticmethod
    def lines(file):
        return file.read_text().splitlines()


class JsonSchema:
    java, sluice = APICURIO + "utils.converter.SerdeBasedConverter", JSON_SCHEMA
    java_settings = {"converter.serializer": APICURIO + "serde.jsonschema.JsonSchemaKafkaSerializer",
                     "converter.deserializer": APICURIO + "serde.jsonschema.JsonSchemaKafkaDeserializer"}
    sluice_settings, sink = {"json__fail__invalid__schema": "true"}, {"format": "json"}

    @staticmethod
    def records(registry, subject):
        known = registry.register(subject, json.dumps({
            "type": "object", "title": "com.example.User", "additionalProperties": False, "required": ["name"], "properties": {
                "name": {"type": "string", "maxLength": 5}, "age": {"type": "integer", "minimum": 0},
                "tags": {"type": "array", "items": {"type": "string"}}, "kind": {"enum": ["A", "B"]}}}), "JSON")
        good = [frame(known, one) for one in (
            b'{"name":"ann","age":7,"tags":["a","\xc3\xbc"],"kind":"B"}', b'{"name":"bob"}', b' {"tags": [], "name": ""} ',
            b'{"name":"bob"} and more')] + [None]
        bad = [frame(known, one) for one in (
            b'{"name":"ann', b'{"name":"ann"', b'{"name":"\xff"}', b"{oops", b"", b"[]", b'"ann"', b"7", b"{}", b'{"name":7}',
            b'{"name":"ann","more":1}',
            b'{"name":"ann","age":"old"}', b'{"name":"ann","age":1.5}', b'{"name":"ann","age":-1}', b'{"name":"annette"}',
            b'{"name":"ann","tags":["a",1]}', b'{"name":"ann","kind":"C"}')]
        return good, UNFRAMED + bad

    @staticmethod
    def lines(file):
        """What is not there has no name in the document, and is null in a Struct."""
        documents = map(json.loads, file.read_text().splitlines())
        return [{key: value for key, value in one.items() if value is not None} if isinstance(one, dict) else one
                for one in documents]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("registry-letters")
    pair = Pair(folder, "registry-letters", {"classes": kafka_test_classes()}, {"plugin__path": plugin_path()})
    pair.java.settings["plugin.path"] = f'{pair.java.settings["plugin.path"]},{apicurio_converters(folder, pair.java.home)}'
    with pair.java, pair.sluice:
        yield pair


def on_java(kit, registry, role):
    settings = {"registry.url": registry.url.replace("/ccompat/v7", "/registry/v2"), "registry.as-confluent": "true",
                "registry.use-id": "contentId", **{f"registry.{key}": value for key, value in kit.java_settings.items()}}
    return {f"{role}.converter": kit.java} | {f"{role}.converter.apicurio.{key}": value for key, value in settings.items()}


def on_sluice(kit, registry, role):
    return converter(kit.sluice, registry.url, role, **kit.sluice_settings)


def comparable(letters, *own_classes):
    """Without what the library says; `own_classes`: what may stand for a side's own converter."""
    def header(name, value):
        return name, None if name in OF_THE_LIBRARY else "own" if value and value.decode() in own_classes else value

    return [(key, value, timestamp, [header(*one) for one in headers]) for key, value, timestamp, headers in letters]


@pytest.mark.parametrize("roles", ["value", "key", "key and value"])
@pytest.mark.parametrize("kit", [Avro, JsonSchema])
def test_files_letters_and_log_lines_are_equal(pair, registry, kit, roles):
    connector = f"{kit.__name__}-{roles}".replace(" ", "-").lower()
    topic = f"{pair.name}-{connector}"
    good, bad = kit.records(registry, f"{topic}-value")
    java, sluice = {}, dict(kit.sink if "value" in roles else {})
    for role in roles.split(" and "):
        java |= on_java(kit, registry, role)
        sluice |= on_sluice(kit, registry, role)
    # A key that is bad is reported before its value is looked at.
    keys = good * 4 + bad if "key" in roles else ["k", None]
    count = pair.fill(topic, *((good, bad) if "value" in roles else (["v", None], [])), keys, [None, [("h", b"1")]])
    pair.sink(connector, topic, errors__tolerance="all", java=java, sluice=sluice)
    pair.wait_for_all(connector, topic, count)
    letters = [comparable(pair.letters(worker, connector), own) for worker, own in zip(pair.both, (kit.java, kit.sluice))]
    assert letters[1] == letters[0] and 0 < len(letters[0]) < count
    stages = {value for letter in letters[0] for name, value in letter[3] if name == ERRORS + "stage"}
    assert stages == {f"{role.upper()}_CONVERTER".encode() for role in roles.split(" and ")}
    assert all((ERRORS + "class.name", "own") in letter[3] for letter in letters[0])
    files = [(kit if "value" in roles else Avro).lines(pair.file(worker, connector)) for worker in pair.both]
    assert files[1] == files[0] and len(files[0]) + len(letters[0]) == count
    lines = [[line.replace(own, "own") for line in pair.log_lines(worker, connector)]
             for worker, own in zip(pair.both, (kit.java, kit.sluice))]
    assert lines[1] == lines[0] and len(lines[0]) == len(letters[0])


def test_without_tolerance_one_letter_is_written_and_the_task_fails(pair, registry):
    topic = f"{pair.name}-strict"
    good, bad = Avro.records(registry, f"{topic}-value")
    pair.kafka.create(topic)
    pair.kafka.produce(topic, [good[0], bad[0], bad[1]])
    pair.sink("strict", topic, java=on_java(Avro, registry, "value"), sluice=on_sluice(Avro, registry, "value"))
    for worker in pair.both:
        worker.wait_for_states("strict", "RUNNING", "FAILED", timeout=60)
        assert pair.kafka.committed(f"{worker.name}-strict", topic) <= 1
    letters = [comparable(pair.letters(worker, "strict"), own) for worker, own in zip(pair.both, (Avro.java, Avro.sluice))]
    assert letters[1] == letters[0] and len(letters[0]) == 1


# On the peer a sink of its own tests, which reports every record that it gets, every other one from a thread of its own, with an
# exception that says nothing; on Sluice a sink that refuses what it is told to.
REFUSE = {"java": {"connector.class": "org.apache.kafka.connect.integration.ErrantRecordSinkConnector"},
          "sluice": {"connector.class": DOUBLE, "reject.values": "one,two,?"}}  # ?: no text


def test_letters_of_what_a_sink_refuses_are_equal(pair):
    topic, refused = f"{pair.name}-put", ['{"a":"one"}', '{"a":"two","b":[1]}', '{"a":null}', '{"a":7}', None]
    count = pair.fill(topic, refused, ["{oops", '"text"', "[1]"], ["k", None], [None, [("h", b"{oops"), ("h", b"")], [("i", None)]])
    pair.sink("put", topic, errors__tolerance="all", value__converter=JSON, value__converter__schemas__enable="false",
              transforms="take", transforms__take__type="org.apache.kafka.connect.transforms.ExtractField$Value",
              transforms__take__field="a", **REFUSE)
    pair.wait_for_all("put", topic, count)
    java, sluice = (sorted(pair.letters(worker, "put"), key=lambda letter: letter[2]) for worker in pair.both)
    stages = [dict(letter[3])[ERRORS + "stage"] for letter in java]
    assert set(stages) == {b"TASK_PUT", b"VALUE_CONVERTER", b"TRANSFORMATION"} and len(stages) == count

    def of_put(letters):
        return comparable(letter for letter, stage in zip(letters, stages) if stage == b"TASK_PUT")

    def others(letters):
        return [letter for letter, stage in zip(letters, stages) if stage != b"TASK_PUT"]

    assert of_put(sluice) == of_put(java) and others(sluice) == others(java)
    lines = [sorted(pair.log_lines(worker, "put")) for worker in pair.both]
    assert lines[1] == lines[0] and len(lines[0]) == count


def test_without_tolerance_what_a_sink_refuses_is_one_letter_and_the_task_fails(pair):
    topic = f"{pair.name}-put-strict"
    pair.kafka.create(topic)
    pair.kafka.produce(topic, ["one"], "k", [("h", b"1")])
    pair.sink("put-strict", topic, value__converter=STRING, **REFUSE)
    for worker in pair.both:
        worker.wait_for_states("put-strict", "RUNNING", "FAILED", timeout=60)
        assert pair.kafka.committed(f"{worker.name}-put-strict", topic) <= 0
    letters = [comparable(pair.letters(worker, "put-strict")) for worker in pair.both]
    assert letters[1] == letters[0] and len(letters[0]) == 1
