"""header.converter: what each class makes of headers on their way through a real worker, both ways. What Java's classes make
of every kind of text and value is compared in runtime/convert/peer_test."""

import json

import pytest
from support.registry import dead_letters, json_lines
from support.worker import JSON, STRING, wait_for

SIMPLE = "org.apache.kafka.connect.storage.SimpleHeaderConverter"
BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter"
INTEGER = "org.apache.kafka.connect.converters.IntegerConverter"
MAP = "dev.sluice.transforms.Map$Value"
BARE = {"value.converter": JSON, "value.converter.schemas.enable": "false"}
ENVELOPE = b'{"schema":{"type":"int32","optional":false},"payload":7}'


def sink(worker, name, path, settings):
    worker.create(name, **{
        "connector.class": "FileStreamSink", "file": str(path), "format": "json", "topics": name, "key.converter": STRING,
        **BARE, "transforms": "show", "transforms.show.type": MAP, "transforms.show.field.header": "headers.h",
        "transforms.show.exclude": "number", **settings})


@pytest.mark.parametrize("settings, cases", [
    ({}, {b"text": "text", b"5": 5, b"true": True, b"1.5": 1.5, b"[1,2]": [1, 2], b'{"a":"b"}': {"a": "b"}, b'"5"': '"5"',
          b"1970-01-03": 2, b"1970-01-01T00:00:01.000Z": 1000, b"null": None}),
    ({"header.converter": SIMPLE}, {b"[1,": "[1,", b"300": 300, b"": ""}),
    ({"header.converter": JSON, "header.converter.schemas.enable": "false"},
     {b'{"a":[1,null]}': {"a": [1, None]}, b'"5"': "5", b"5": 5}),
    ({"header.converter": JSON}, {ENVELOPE: 7}),
    ({"header.converter": STRING}, {b"5": "5", b"[1,2]": "[1,2]"}),
    ({"header.converter": INTEGER}, {b"\0\0\1\0": 256}),
    ({"header.converter": BYTES}, {b"\xff\0": "/wA="}),
], ids=["none-named", "simple", "json", "json-with-schemas", "string", "integer", "bytes"])
def test_a_sink_sees(shared_worker, kafka, name, tmp_path, settings, cases):
    kafka.create(name)
    for header in cases:
        kafka.produce(name, ['{"number":1}'], headers=[("h", header)])
    out = tmp_path / "out.jsonl"
    sink(shared_worker, name, out, settings)
    wait_for(lambda: len(json_lines(out)) == len(cases), lambda: f"{len(cases)} lines; {shared_worker.status(name)}")
    assert json_lines(out) == [{"header": value} for value in cases.values()]


def test_headers_that_cannot_be_read_are_dead_letters(shared_worker, kafka, name, tmp_path):
    kafka.create(name)
    bad = [(JSON, b"{oops", b"Converting byte[] to Kafka Connect data failed"),
           (INTEGER, b"abc", b"Failed to deserialize integer")]
    for number, (converter, header, told) in enumerate(bad):
        out, connector = tmp_path / f"{number}.jsonl", f"{name}-{number}"
        kafka.create(connector)
        kafka.produce(connector, ['{"number":1}'], headers=[("h", header)])
        kafka.produce(connector, ['{"number":2}'])
        sink(shared_worker, connector, out, {"header.converter": converter, "transforms": "", **dead_letters(f"{connector}-dlq")})
        wait_for(lambda: json_lines(out) == [{"number": 2}], lambda: str(shared_worker.status(connector)))
        wait_for(lambda: kafka.size(f"{connector}-dlq") == 1, "the dead letter")
        headers = dict(kafka.read(f"{connector}-dlq")[0].headers())
        assert headers["h"] == header and headers["__connect.errors.stage"] == b"HEADER_CONVERTER"
        assert told in headers["__connect.errors.exception.message"], headers


@pytest.mark.parametrize("settings, literal, stored", [
    ({}, "1970-01-03", b"1970-01-03"),
    ({"header.converter": JSON}, "7", {"schema": {"type": "int8", "optional": False}, "payload": 7}),
    ({"header.converter": JSON, "header.converter.schemas.enable": "false"}, '{"a":[1,2]}', {"a": [1, 2]}),
    ({"header.converter": STRING}, "[1,2]", b"[1, 2]"),
    ({"header.converter": STRING}, "true", b"true"),
], ids=["none-named", "json-with-schemas", "json", "string", "boolean-as-string"])
def test_a_source_writes(shared_worker, kafka, name, settings, literal, stored):
    kafka.create(name)
    shared_worker.create(name, **{
        "connector.class": "DatagenSource", "topic": name, "shape": "pageviews", "rate": "0", "max.records": "3",
        "key.converter": STRING, **BARE, "transforms": "add", **settings, "transforms.add.header": "h",
        "transforms.add.type": "org.apache.kafka.connect.transforms.InsertHeader", "transforms.add.value.literal": literal})
    wait_for(lambda: kafka.size(name) == 3, lambda: f"3 records; {shared_worker.status(name)}")
    for record in kafka.read(name):
        header = dict(record.headers())["h"]
        assert (header if isinstance(stored, bytes) else json.loads(header)) == stored


def test_a_source_whose_headers_cannot_be_written_says_so(shared_worker, kafka, name):
    kafka.create(name)
    shared_worker.create(name, **{
        "connector.class": "DatagenSource", "topic": name, "shape": "pageviews", "rate": "0", "max.records": "3",
        "key.converter": STRING, **BARE, "header.converter": BYTES, "transforms": "add", "transforms.add.header": "h",
        "transforms.add.type": "org.apache.kafka.connect.transforms.InsertHeader", "transforms.add.value.literal": "text"})
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert "Invalid schema type for ByteArrayConverter: STRING" in shared_worker.trace(name)
    assert kafka.size(name) == 0
