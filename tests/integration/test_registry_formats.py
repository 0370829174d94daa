"""ProtobufConverter and JsonSchemaConverter against a real registry (Apicurio's ccompat API). What they write is read by code
of this file's, what they read was written by it; subjects, TLS and passwords are AvroConverter's (test_schema_registry)."""

import base64
import json

import pytest
from support.protobuf import field, fields, message, place, placed
from support.registry import JSON_SCHEMA, PROTOBUF, converter, dead_letters, file_sink, frame, framed, json_lines
from support.worker import STRING, wait_for


class Protobuf:
    converter, kind = PROTOBUF, "PROTOBUF"
    settings = {}
    users = {
        "first": 'syntax = "proto3";\npackage com.example;\n\nmessage User {\n  string name = 1;\n  int32 age = 2;\n}\n',
        "second": 'syntax = "proto3";\npackage com.example;\n\nmessage User {\n  string name = 1;\n  int32 age = 2;\n'
                  '  string city = 3;\n}\n'}
    no_city = ""
    levels = {"BACKWARD": ("first", "second"), "FORWARD": ("second", "first"), "FULL": ("first", "second")}
    # What may become a datagen.Pageview, and what may not.
    fewer = ('syntax = "proto3";\npackage datagen;\n\nimport "google/protobuf/timestamp.proto";\n\nmessage Pageview {\n'
             '  google.protobuf.Timestamp viewed_at = 1;\n  string userid = 2;\n}\n')
    compatible = {"BACKWARD": fewer, "FULL": fewer, "FORWARD": fewer.replace(
        "}", "  string pageid = 3;\n  string note = 4;\n}")}
    incompatible = 'syntax = "proto3";\npackage datagen;\n\nmessage Pageview {\n  int64 viewed_at = 1;\n}\n'
    latest = ('syntax = "proto3";\npackage datagen;\n\nimport "google/protobuf/timestamp.proto";\n\nmessage Pageview {\n'
              '  string pageid = 7;\n  google.protobuf.Timestamp viewed_at = 8;\n  string userid = 9;\n  string note = 10;\n}\n')
    # A datagen.Order whose address is another file's.
    reference = "shop/place.proto"
    imported = 'syntax = "proto3";\npackage shop;\n\nmessage Place {\n  string city = 1;\n  int32 zip = 3;\n}\n'
    importing = ('syntax = "proto3";\npackage datagen;\n\nimport "shop/place.proto";\n\nmessage Order {\n  int64 id = 1;\n'
                 '  shop.Place address = 6;\n}\n')

    @staticmethod
    def user(schema_id, name, age, city=None):
        return frame(schema_id, place(0) + message(name, age, city))

    @staticmethod
    def bad(schema_id):
        return [b"", b"{}", b"\0\0\0\0", frame(1_000_000, place(0)), frame(schema_id, place(0) + b"\x0a\x08ann"),
                frame(schema_id, place(5)), frame(schema_id, b"\x80")]

    @staticmethod
    def key(payload):
        indexes, wrapper = placed(payload)
        assert indexes == (2,)  # Int64Value in google/protobuf/wrappers.proto
        return fields(wrapper).get(1, 0)

    @staticmethod
    def order(payload):
        indexes, record = placed(payload)
        assert indexes == (0,)
        order = fields(record)
        price, address, ordered_at = fields(order[5]), fields(order[6]), fields(order[7])
        assert price[3] == 2  # the scale
        return {"id": order.get(1, 0), "customer": order[2].decode(), "item": order[3].decode(), "quantity": order[4],
                "price": int.from_bytes(price[1], "big", signed=True) / 100,
                "address": {"city": address[1].decode(), "region": address[2].decode(), "zip": address[3]},
                "ordered_at": ordered_at[1] * 1000 + ordered_at.get(2, 0) // 1_000_000}

    @staticmethod
    def pageview(payload):
        """Of `latest`."""
        indexes, record = placed(payload)
        assert indexes == (0,)
        view = fields(record)
        at = fields(view[8])
        return {"pageid": view[7].decode(), "viewed_at": at[1] * 1000 + at.get(2, 0) // 1_000_000, "userid": view[9].decode()}


def json_user(*more):
    named = {"name": {"type": "string", "connect.index": 0},
             "age": {"type": "integer", "connect.type": "int32", "connect.index": 1}}
    if more:
        named["city"] = {"oneOf": [{"type": "null"}, {"type": "string"}], "connect.index": 2}
    return json.dumps({"type": "object", "title": "com.example.User", "additionalProperties": False, "properties": named})


def json_pageview(**properties):
    return json.dumps({"type": "object", "title": "datagen.Pageview", "properties": {
        one: {"type": kind} for one, kind in properties.items()}})


class JsonSchema:
    converter, kind = JSON_SCHEMA, "JSON"
    settings = {"json__fail__invalid__schema": "true"}
    users = {"first": json_user(), "second": json_user("city"), "told": json_user().replace("{", '{"description": "A user", ', 1)}
    no_city = None
    levels = {"BACKWARD": ("first", "second"), "FORWARD": ("second", "first"), "FULL": ("first", "told")}
    compatible = {"BACKWARD": json_pageview(userid="string", viewed_at="integer", pageid="string", note="string"),
                  "FORWARD": json_pageview(userid="string", viewed_at="integer"),
                  "FULL": json_pageview(userid="string", viewed_at="integer", pageid="string")}
    incompatible = json_pageview(userid="integer")
    latest = json_pageview(userid="string", viewed_at="integer", pageid="string")
    reference = "place.json"
    imported = json.dumps({"type": "object", "title": "shop.Place", "properties": {
        "city": {"type": "string", "connect.index": 0}, "zip": {"type": "integer", "connect.type": "int32", "connect.index": 1}}})
    importing = json.dumps({"type": "object", "title": "datagen.Order", "properties": {
        "id": {"type": "integer", "connect.index": 0}, "address": {"$ref": "place.json", "connect.index": 1}}})

    @staticmethod
    def user(schema_id, name, age, city=None):
        return frame(schema_id, json.dumps({"name": name, "age": age, **({"city": city} if city else {})}).encode())

    @staticmethod
    def bad(schema_id):
        return [b"", b"{}", b"\0\0\0\0", frame(1_000_000, b"{}"), frame(schema_id, b'{"name": "ann'),
                frame(schema_id, b'{"name": "ann", "age": "old"}'), frame(schema_id, b'{"name": "ann", "height": 3}')]

    @staticmethod
    def order(payload):
        order = json.loads(payload)
        order["price"] = int.from_bytes(base64.b64decode(order["price"]), "big", signed=True) / 100
        return order

    @staticmethod
    def pageview(payload):
        return json.loads(payload)


@pytest.fixture(params=[Protobuf, JsonSchema], ids=["protobuf", "json-schema"])
def kit(request):
    return request.param


def values(kit, url, **more):
    return converter(kit.converter, url, **{**kit.settings, **more})


def source(worker, name, topic, shape, settings, **more):
    worker.create(name, **{"connector.class": "DatagenSource", "topic": topic, "shape": shape, "rate": "0",
                           "max.records": "50", "key.converter": STRING, "errors.retry.timeout": "0", **settings, **more})


def wait_for_lines(worker, connector, path, count):
    wait_for(lambda: len(json_lines(path)) == count, lambda: f"{count} lines; {worker.status(connector)}")
    return json_lines(path)


def test_from_a_source_to_a_sink(shared_worker, kafka, registry, kit, name, tmp_path):
    kafka.create(name)
    out = tmp_path / "out.jsonl"
    # Apicurio does not see that {"type":"integer"} is a JSON schema, whatever type it is told.
    with_key = kit is Protobuf
    both = {**(converter(PROTOBUF, registry.url, "key") if with_key else {}), **values(kit, registry.url)}
    source(shared_worker, name + "-in", name, "orders", both)
    file_sink(shared_worker, name + "-out", out, name, both)
    lines = wait_for_lines(shared_worker, name + "-out", out, 50)
    value = registry.latest(f"{name}-value")
    key = registry.latest(f"{name}-key") if with_key else None
    assert value["schemaType"] == kit.kind and value["version"] == 1
    assert "datagen" in value["schema"] and "Order" in value["schema"]
    for record, line in zip(kafka.read(name), lines, strict=True):
        schema_id, payload = framed(record.value())
        assert schema_id == value["id"] and kit.order(payload) == line
        if with_key:
            schema_id, payload = framed(record.key())
            assert schema_id == key["id"] and key["schemaType"] == kit.kind and Protobuf.key(payload) == line["id"]


def test_each_message_of_a_protobuf_file_is_read(shared_worker, kafka, registry, name, tmp_path):
    kafka.create(name)
    known = registry.register(f"{name}-value", '''syntax = "proto3";
package com.example;
message Other { string text = 1; }
message Outer {
  message Deep { repeated sint64 numbers = 1; }
  message Inner { int32 count = 1; optional string name = 2; map<string, bool> flags = 3; }
  Inner inner = 1;
  oneof choice { int64 number = 2; string word = 3; }
}
''', "PROTOBUF")
    inner = field(1, -3) + field(2, "b") + field(3, message("x", 1))
    kafka.produce(name, [frame(known, one) for one in (
        place(0) + message("a"), place(1, 1) + inner, place(1, 0) + field(1, b"\x01\x04"), place(1) + message(inner, None, "w"))])
    out = tmp_path / "out.jsonl"
    file_sink(shared_worker, name, out, name, values(Protobuf, registry.url))
    read = {"count": -3, "name": "b", "flags": {"x": True}}
    assert wait_for_lines(shared_worker, name, out, 4) == [
        {"text": "a"}, read, {"numbers": [-1, 2]}, {"inner": read, "choice_0": {"number": None, "word": "w"}}]


LEVELS = ["BACKWARD", "FORWARD", "FULL"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_sink_reads_each_version_or_all_as_the_latest(shared_worker, kafka, registry, kit, name, tmp_path, level):
    kafka.create(name)
    subject, versions, records, read = f"{name}-value", kit.levels[level], [], []
    registry.register(subject, kit.users[versions[0]], kit.kind)
    registry.compatibility(subject, level)
    for version in versions:
        known, city = registry.register(subject, kit.users[version], kit.kind), ["Ulm"] * (version == "second")
        records.append(kit.user(known, "ann", 7, *city))
        read.append({"name": "ann", "age": 7, **{"city": one for one in city}})
    assert registry.versions(subject) == [1, 2]
    kafka.produce(name, records * 5)
    out, latest = tmp_path / "out.jsonl", tmp_path / "latest.jsonl"
    file_sink(shared_worker, name + "-out", out, name, values(kit, registry.url))
    assert wait_for_lines(shared_worker, name + "-out", out, 10) == read * 5
    if level == "FORWARD":
        return  # the latest need not read the first
    file_sink(shared_worker, name + "-latest", latest, name, values(kit, registry.url, use__latest__version="true"))
    if "city" in read[1]:
        read[0]["city"] = kit.no_city
    assert wait_for_lines(shared_worker, name + "-latest", latest, 10) == read * 5


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("transitive", ["", "_TRANSITIVE"])
def test_a_source_adds_a_version_that_fits_the_last_one_or_all(shared_worker, kafka, registry, kit, name, level, transitive):
    kafka.create(name)
    subject = f"{name}-value"
    registry.register(subject, kit.incompatible, kit.kind)
    registry.compatibility(subject, "NONE")
    registry.register(subject, kit.compatible[level], kit.kind)
    registry.compatibility(subject, level + transitive)
    source(shared_worker, name, name, "pageviews", values(kit, registry.url))
    if transitive:
        shared_worker.wait_for_states(name, "RUNNING", "FAILED")
        assert f"subject {subject}" in shared_worker.trace(name) and "409" in shared_worker.trace(name)
        assert registry.versions(subject) == [1, 2] and kafka.size(name) == 0
        return
    wait_for(lambda: kafka.size(name) == 50, lambda: f"50 records; {shared_worker.status(name)}")
    assert registry.versions(subject) == [1, 2, 3]
    assert {framed(record.value())[0] for record in kafka.read(name)} == {registry.latest(subject)["id"]}


def test_a_source_whose_schema_does_not_fit_is_told_or_writes_dead_letters(shared_worker, kafka, registry, kit, name):
    kafka.create(name)
    registry.register(f"{name}-value", kit.incompatible, kit.kind)
    registry.compatibility(f"{name}-value", "BACKWARD")
    source(shared_worker, name, name, "pageviews", values(kit, registry.url))
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert f"subject {name}-value" in shared_worker.trace(name) and "409" in shared_worker.trace(name)
    source(shared_worker, name + "-all", name, "pageviews", values(kit, registry.url), **dead_letters(f"{name}-dlq"))
    wait_for(lambda: kafka.size(f"{name}-dlq") == 50, lambda: f"50 dead letters; {shared_worker.status(name + '-all')}")
    headers = dict(kafka.read(f"{name}-dlq")[0].headers())
    assert headers["__connect.errors.stage"] == b"VALUE_CONVERTER"
    assert headers["__connect.errors.class.name"] == kit.converter.encode()
    assert f"subject {name}-value".encode() in headers["__connect.errors.exception.message"]
    shared_worker.wait_for_states(name + "-all", "RUNNING", "RUNNING")
    assert kafka.size(name) == 0 and registry.versions(f"{name}-value") == [1]


def test_a_source_writes_with_the_latest_version(shared_worker, kafka, registry, kit, name, tmp_path):
    kafka.create(name)
    latest = {"auto__register__schemas": "false", "use__latest__version": "true"}
    registry.register(f"{name}-value", kit.incompatible, kit.kind)
    source(shared_worker, name + "-unfit", name, "pageviews", values(kit, registry.url, **latest))
    shared_worker.wait_for_states(name + "-unfit", "RUNNING", "FAILED")
    trace = shared_worker.trace(name + "-unfit")
    assert f"Incompatible schema of type '{kit.kind}'" in trace and "latest.compatibility.strict=false" in trace
    registry.compatibility(f"{name}-value", "NONE")
    known = registry.register(f"{name}-value", kit.latest, kit.kind)
    source(shared_worker, name, name, "pageviews", values(kit, registry.url, latest__cache__ttl__sec="0", **latest))
    wait_for(lambda: kafka.size(name) == 50, lambda: f"50 records; {shared_worker.status(name)}")
    out = tmp_path / "out.jsonl"
    file_sink(shared_worker, name + "-out", out, name, values(kit, registry.url))
    for record, line in zip(kafka.read(name), wait_for_lines(shared_worker, name + "-out", out, 50), strict=True):
        schema_id, payload = framed(record.value())
        line.pop("note", None)
        assert schema_id == known and kit.pageview(payload) == line
    assert registry.versions(f"{name}-value") == [1, 2]


def test_types_of_other_subjects(shared_worker, kafka, registry, kit, name, tmp_path):
    kafka.create(name)
    registry.register(f"{name}-place", kit.imported, kit.kind)
    registry.register(f"{name}-value", kit.importing, kit.kind, [(kit.reference, f"{name}-place")])
    source(shared_worker, name, name, "orders", values(
        kit, registry.url, auto__register__schemas="false", use__latest__version="true", latest__compatibility__strict="false"))
    wait_for(lambda: kafka.size(name) == 50, lambda: f"50 records; {shared_worker.status(name)}")
    out = tmp_path / "out.jsonl"
    file_sink(shared_worker, name + "-out", out, name, values(kit, registry.url))
    lines = wait_for_lines(shared_worker, name + "-out", out, 50)
    assert all(set(line) == {"id", "address"} and set(line["address"]) == {"city", "zip"} for line in lines)
    assert [line["id"] for line in lines] == list(range(lines[0]["id"], lines[0]["id"] + 50))
    assert all(10_000 <= line["address"]["zip"] <= 99_999 and line["address"]["city"].isalpha() for line in lines)


def test_what_is_not_of_the_format_is_a_dead_letter(shared_worker, kafka, registry, kit, name, tmp_path):
    kafka.create(name)
    known = registry.register(f"{name}-value", kit.users["first"], kit.kind)
    bad = kit.bad(known)
    kafka.produce(name, [kit.user(known, "ann", 7), *bad, kit.user(known, "bob", 8)])
    out = tmp_path / "out.jsonl"
    file_sink(shared_worker, name, out, name, values(kit, registry.url), **dead_letters(f"{name}-dlq"))
    assert wait_for_lines(shared_worker, name, out, 2) == [{"name": "ann", "age": 7}, {"name": "bob", "age": 8}]
    wait_for(lambda: kafka.size(f"{name}-dlq") == len(bad), "the dead letters")
    letters = kafka.read(f"{name}-dlq")
    assert [letter.value() for letter in letters] == bad
    headers = [dict(letter.headers()) for letter in letters]
    assert {one["__connect.errors.class.name"] for one in headers} == {kit.converter.encode()}
    assert b"Unknown magic byte!" in headers[1]["__connect.errors.exception.message"]
    assert b"1000000" in headers[3]["__connect.errors.exception.message"]


def test_a_registry_that_is_away_for_a_while(shared_worker, kafka, registry, gate, kit, name, tmp_path):
    kafka.create(name)
    known = registry.register(f"{name}-value", kit.users["first"], kit.kind)
    kafka.produce(name, [kit.user(known, "ann", 7)])
    out = tmp_path / "out.jsonl"
    file_sink(shared_worker, name, out, name, values(kit, gate.url, max__retries="0"), **{
        "errors.retry.timeout": "-1", "errors.retry.delay.max.ms": "300"})
    wait_for_lines(shared_worker, name, out, 1)
    gate.shut()
    kafka.produce(name, [kit.user(known, "bob", 8)])  # of a schema that it has seen
    wait_for_lines(shared_worker, name, out, 2)
    fresh = registry.register(f"{name}-value", kit.users["second"], kit.kind)
    kafka.produce(name, [kit.user(fresh, "eve", 9, "Ulm")])
    wait_for(lambda: f"{gate.url}: Connection refused" in shared_worker.log(), "a try that fails")
    shared_worker.wait_for_states(name, "RUNNING", "RUNNING")
    assert len(json_lines(out)) == 2
    gate.open()
    assert wait_for_lines(shared_worker, name, out, 3)[2] == {"name": "eve", "age": 9, "city": "Ulm"}


def test_validation_knows_the_keys(shared_worker, kit):
    answer = shared_worker.put("/connector-plugins/FileStreamSink/config/validate", {
        "connector.class": "FileStreamSink", "name": "v", "topics": "t", "value.converter": kit.converter,
        "value.converter.generalized.sum.type.support": "perhaps"})
    errors = {one["value"]["name"]: one["value"]["errors"] for one in answer.json["configs"]}
    assert "Missing required configuration" in errors["value.converter.schema.registry.url"][0]
    assert "perhaps" in errors["value.converter.generalized.sum.type.support"][0]
