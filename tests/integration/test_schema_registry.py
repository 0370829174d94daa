"""AvroConverter against a real registry (Apicurio's ccompat API): what a source writes a sink reads, schemas evolve, what
does not fit is told or dead-lettered, and a registry may be away for a while."""

import pytest
from support.certificates import Certificates
from support.registry import AVRO, Gate, converter, dead_letters, file_sink, frame, json_lines, text, zigzag
from support.worker import STRING, wait_for


def avro(url, **more):
    """An Avro value converter."""
    return converter(AVRO, url, **more)


def user(*fields):
    return {"type": "record", "name": "User", "namespace": "com.example", "fields": list(fields)}


NAME = {"name": "name", "type": "string"}
AGE = {"name": "age", "type": ["null", "int"], "default": None}
CITY = {"name": "city", "type": "string", "default": "none"}


def test_from_a_source_to_a_sink(shared_worker, kafka, registry, name, tmp_path):
    kafka.create(name)
    out = tmp_path / "out.jsonl"
    shared_worker.create(name + "-in", **{
        "connector.class": "DatagenSource", "topic": name, "shape": "orders", "rate": "0", "max.records": "300",
        **converter(AVRO, registry.url, "key"), **avro(registry.url)})
    file_sink(shared_worker, name + "-out", out, name, {**converter(AVRO, registry.url, "key"), **avro(registry.url)})
    wait_for(lambda: len(json_lines(out)) == 300, lambda: f"300 lines; {shared_worker.status(name + '-out')}")
    assert registry.schema(f"{name}-key") == "long"
    written = registry.schema(f"{name}-value")
    assert written["type"] == "record" and written["connect.name"]
    price = next(field for field in written["fields"] if field["name"] == "price")
    assert price["type"]["logicalType"] == "decimal" and price["type"]["scale"] == 2
    assert all(set(line) == {field["name"] for field in written["fields"]} for line in json_lines(out))
    assert {record.value()[:1] for record in kafka.read(name)} == {b"\0"}


@pytest.mark.parametrize("level, first, second", [
    ("BACKWARD", user(NAME, AGE), user(NAME, CITY)),  # the new one reads what the old one wrote
    ("FORWARD", user(NAME, AGE), user(NAME, {"name": "id", "type": "int"}, AGE)),  # the old one what the new one wrote
    ("FULL", user(NAME, AGE), user(NAME, AGE, CITY)),
])
@pytest.mark.parametrize("transitive", ["", "_TRANSITIVE"])
def test_evolution(shared_worker, kafka, registry, name, tmp_path, level, first, second, transitive):
    kafka.create(name)
    subject = f"{name}-value"
    registry.register(subject, first)
    registry.compatibility(subject, level + transitive)
    ids = registry.register(subject, first), registry.register(subject, second)
    values = {"name": "ann", "age": 7, "city": "Ulm", "id": 3}
    encoded = {"name": text("ann"), "age": zigzag(1) + zigzag(7), "city": text("Ulm"), "id": zigzag(3)}
    for schema, number in zip((first, second), ids):
        kafka.produce(name, [frame(number, b"".join(encoded[field["name"]] for field in schema["fields"]))] * 5)
    out, latest = tmp_path / "out.jsonl", tmp_path / "latest.jsonl"
    file_sink(shared_worker, name + "-out", out, name, avro(registry.url))
    wait_for(lambda: len(json_lines(out)) == 10, lambda: f"10 lines; {shared_worker.status(name + '-out')}")
    for schema, got in (first, json_lines(out)[0]), (second, json_lines(out)[9]):
        assert got == {field["name"]: values[field["name"]] for field in schema["fields"]}
    if level == "FORWARD":
        return  # the latest cannot read the first
    file_sink(shared_worker, name + "-latest", latest, name, avro(registry.url, use__latest__version="true"))
    wait_for(lambda: len(json_lines(latest)) == 10, lambda: f"10 lines; {shared_worker.status(name + '-latest')}")
    assert json_lines(latest)[0]["city"] == "none" and json_lines(latest)[9]["city"] == "Ulm"


def test_an_incompatible_schema_is_told_with_its_subject(shared_worker, kafka, registry, name):
    kafka.create(name)
    registry.register(f"{name}-value", user(NAME))
    registry.compatibility(f"{name}-value", "BACKWARD")
    shared_worker.create(name, **{"connector.class": "DatagenSource", "topic": name, "shape": "users", "rate": "0",
                                  "max.records": "5", "key.converter": STRING, **avro(registry.url)})
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    trace = shared_worker.trace(name)
    assert f"subject {name}-value" in trace and "409" in trace and "Failed to serialize Avro data from topic" in trace
    assert registry.versions(f"{name}-value") == [1]


def test_what_is_not_avro_is_a_dead_letter(shared_worker, kafka, registry, name, tmp_path):
    kafka.create(name)
    good = registry.register(f"{name}-value", user(NAME))
    bad = [b"", b"{}", b"\0\0\0\0", frame(1_000_000, text("ann")), frame(good, b"\x08ann")]
    kafka.produce(name, [frame(good, text("ann")), *bad, frame(good, text("bob"))])
    out = tmp_path / "out.jsonl"
    file_sink(shared_worker, name, out, name, avro(registry.url), **dead_letters(f"{name}-dlq"))
    wait_for(lambda: len(json_lines(out)) == 2, lambda: f"2 lines; {shared_worker.status(name)}")
    assert [line["name"] for line in json_lines(out)] == ["ann", "bob"]
    wait_for(lambda: kafka.size(f"{name}-dlq") == len(bad), "the dead letters")
    letters = kafka.read(f"{name}-dlq")
    assert [letter.value() for letter in letters] == bad
    headers = [dict(letter.headers()) for letter in letters]
    assert {one["__connect.errors.class.name"] for one in headers} == {AVRO.encode()}
    assert b"Unknown magic byte!" in headers[1]["__connect.errors.exception.message"]
    assert b"1000000" in headers[3]["__connect.errors.exception.message"]


def test_versions_in_one_batch_keep_their_order(shared_worker, kafka, registry, name, tmp_path):
    kafka.create(name)
    registry.register(f"{name}-value", user(NAME))
    registry.compatibility(f"{name}-value", "NONE")
    known = [(registry.register(f"{name}-value", schema), schema) for schema in (user(NAME), user(NAME, AGE), user(NAME, CITY))]
    frames, expected = [], []
    for number in range(300):
        schema_id, schema = known[number % 3 if number < 200 else number % 2]
        values = {"name": f"user-{number}", "age": number, "city": f"city-{number}"}
        encoded = {"name": text(values["name"]), "age": zigzag(1) + zigzag(number), "city": text(values["city"])}
        fields = [field["name"] for field in schema["fields"]]
        frames.append(frame(schema_id, b"".join(encoded[field] for field in fields)))
        expected.append({field: values[field] for field in fields})
    kafka.produce(name, frames)  # before there is a consumer, whose polls take 500
    out = tmp_path / "out.jsonl"
    file_sink(shared_worker, name, out, name, avro(registry.url))
    wait_for(lambda: len(json_lines(out)) == len(expected), lambda: f"{len(expected)} lines; {shared_worker.status(name)}")
    assert json_lines(out) == expected


def test_what_a_source_may_not_write_is_a_dead_letter(shared_worker, kafka, registry, name):
    kafka.create(name)
    registry.register(f"{name}-value", user(NAME))
    registry.compatibility(f"{name}-value", "BACKWARD")
    shared_worker.create(name, **{
        "connector.class": "DatagenSource", "topic": name, "shape": "users", "rate": "0", "max.records": "5",
        "key.converter": STRING, **avro(registry.url), **dead_letters(f"{name}-dlq")})
    wait_for(lambda: kafka.size(f"{name}-dlq") == 5, lambda: f"5 dead letters; {shared_worker.status(name)}")
    headers = dict(kafka.read(f"{name}-dlq")[0].headers())
    assert headers["__connect.errors.stage"] == b"VALUE_CONVERTER"
    assert f"subject {name}-value".encode() in headers["__connect.errors.exception.message"]
    shared_worker.wait_for_states(name, "RUNNING", "RUNNING")
    assert kafka.size(name) == 0


def test_a_registry_that_is_away_for_a_while(shared_worker, kafka, registry, gate, name, tmp_path):
    kafka.create(name)
    known = registry.register(f"{name}-value", user(NAME))
    out = tmp_path / "out.jsonl"
    kafka.produce(name, [frame(known, text("ann"))])
    file_sink(shared_worker, name, out, name, avro(gate.url, max__retries="0"), **{
        "errors.retry.timeout": "-1", "errors.retry.delay.max.ms": "300"})
    wait_for(lambda: len(json_lines(out)) == 1, lambda: f"a line; {shared_worker.status(name)}")
    gate.shut()
    kafka.produce(name, [frame(known, text("bob"))])  # of a schema that it has seen
    wait_for(lambda: len(json_lines(out)) == 2, lambda: f"a known schema; {shared_worker.status(name)}")
    fresh = registry.register(f"{name}-value", user(NAME, CITY))
    kafka.produce(name, [frame(fresh, text("eve") + text("Ulm"))])
    wait_for(lambda: f"{gate.url}: Connection refused" in shared_worker.log(), "a try that fails")
    shared_worker.wait_for_states(name, "RUNNING", "RUNNING")
    assert len(json_lines(out)) == 2
    gate.open()
    wait_for(lambda: len(json_lines(out)) == 3, lambda: f"the third; {shared_worker.status(name)}")
    assert json_lines(out)[2] == {"name": "eve", "city": "Ulm"}


def test_a_task_that_waits_for_a_registry_can_be_stopped(shared_worker, kafka, registry, gate, name, tmp_path):
    kafka.create(name)
    kafka.produce(name, [frame(registry.register(f"{name}-value", user(NAME)), text("ann"))])
    gate.shut()
    file_sink(shared_worker, name, tmp_path / "out.jsonl", name, avro(gate.url), **{"errors.retry.timeout": "-1"})
    shared_worker.wait_for_states(name, "RUNNING", "RUNNING")
    shared_worker.put(f"/connectors/{name}/stop")
    wait_for(lambda: shared_worker.status(name)["connector"]["state"] == "STOPPED", "the stop", timeout=10)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def guarded(registry, certificates):
    """Only for ann, and for clients with a certificate."""
    made = Gate(registry, user="ann:open-sesame", certificates=certificates)
    yield made
    made.shut()


def test_tls_and_a_password(shared_worker, kafka, registry, guarded, certificates, name, tmp_path):
    kafka.create(name)
    kafka.produce(name, [frame(registry.register(f"{name}-value", user(NAME)), text("ann"))])
    stores = {f"schema.registry.{key}": value for key, value in certificates.keys("PKCS12").items()
              if key.startswith("ssl.")}
    password = {"basic.auth.credentials.source": "USER_INFO", "basic.auth.user.info": "ann:open-sesame"}
    unknown = {**stores, "schema.registry.ssl.truststore.type": "PEM",
               "schema.registry.ssl.truststore.location": certificates["stranger.pem"]}
    del unknown["schema.registry.ssl.truststore.password"]
    for label, settings, told in (
            ("good", {**stores, **password}, None),
            ("in-the-url", stores, None),
            ("wrong", {**stores, **password, "basic.auth.user.info": "ann:open-barley"}, "Unauthorized"),
            ("nobody", stores, "Unauthorized"),
            ("stranger", {**unknown, **password}, "self-signed certificate"),
            ("no-certificate", {"schema.registry.ssl.truststore.type": "PEM", **password,
                                "schema.registry.ssl.truststore.location": certificates["root.pem"]},
             "no schema registry can be reached")):  # its refusal may be overtaken by the connection's end
        out, url = tmp_path / f"{label}.jsonl", guarded.url
        if label == "in-the-url":
            url = url.replace("//", "//ann:open-sesame@")
        file_sink(shared_worker, f"{name}-{label}", out, name,
                  avro(url, max__retries="0", **{key.replace(".", "__"): value for key, value in settings.items()}))
        if told is None:
            wait_for(lambda: len(json_lines(out)) == 1, lambda: f"a line; {shared_worker.status(f'{name}-{label}')}")
        else:
            shared_worker.wait_for_states(f"{name}-{label}", "RUNNING", "FAILED")
            assert told in shared_worker.trace(f"{name}-{label}")
    assert "open-sesame" not in shared_worker.log() and "open-barley" not in shared_worker.log()


def test_validation_knows_the_keys(shared_worker):
    answer = shared_worker.put("/connector-plugins/FileStreamSink/config/validate", {
        "connector.class": "FileStreamSink", "name": "v", "topics": "t", "value.converter": AVRO,
        "value.converter.value.subject.name.strategy": "NoStrategy"})
    errors = {one["value"]["name"]: one["value"]["errors"] for one in answer.json["configs"]}
    assert "Missing required configuration" in errors["value.converter.schema.registry.url"][0]
    assert "RecordNameStrategy" in errors["value.converter.value.subject.name.strategy"][0]
