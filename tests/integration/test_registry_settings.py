"""Settings of converters against a real registry (Apicurio's ccompat API): who is let in, how subjects are named, which
schema is written with, where a record names its schema, and what each level of compatibility lets through."""

import json
import uuid

import pytest
from support.certificates import Certificates
from support.registry import AVRO, Gate, Issuer, converter, dead_letters, file_sink, frame, framed, json_lines, text
from support.worker import STRING, wait_for

USER = {"type": "record", "name": "User", "namespace": "com.example", "fields": [{"name": "name", "type": "string"}]}
VIEW = [{"name": "viewed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "userid", "type": "string"}, {"name": "pageid", "type": "string"}]


def view(*fields):
    """What datagen's pageviews are, with these fields."""
    return {"type": "record", "name": "Pageview", "namespace": "datagen", "fields": list(fields)}


def source(worker, name, topic, url, settings=None, **more):
    worker.create(name, **{"connector.class": "DatagenSource", "topic": topic, "shape": "pageviews", "rate": "0",
                           "max.records": "5", "key.converter": STRING, "errors.retry.timeout": "0",
                           **converter(AVRO, url, max__retries="0", connect__meta__data="false", **(settings or {})), **more})


@pytest.fixture
def gates(registry):
    """Makes gates, and shuts them."""
    made = []

    def make(**settings):
        made.append(Gate(registry, **settings))
        return made[-1]

    yield make
    for gate in made:
        gate.shut()


@pytest.fixture
def issuer():
    made = Issuer("client-1:open-sesame")
    yield made
    made.stop()


@pytest.fixture
def sink(shared_worker, kafka, registry, name, tmp_path):
    """Reads the record of ann's through a registry at `url`; the line that was told, or None: it is in the file."""
    kafka.create(name)
    kafka.produce(name, [frame(registry.register(f"{name}-value", USER), text("ann"))])

    def read(label, url, **settings):
        out, connector = tmp_path / f"{label}.jsonl", f"{name}-{label}"
        file_sink(shared_worker, connector, out, name, converter(AVRO, url, max__retries="0", **settings))
        wait_for(lambda: json_lines(out) or "FAILED" in (shared_worker.states(connector) or []),
                 lambda: f"a line; {shared_worker.status(connector)}")
        if json_lines(out):
            assert json_lines(out) == [{"name": "ann"}]
            return None
        return shared_worker.trace(connector)

    return read


def test_a_token_and_other_headers(shared_worker, gates, sink):
    gate = gates(headers={"Authorization": "Bearer open-sesame", "X-Tenant": "blue", "target-sr-cluster": "lsrc-1",
                          "Confluent-Identity-Pool-Id": "pool-1"})
    good = {"bearer__auth__credentials__source": "STATIC_TOKEN", "bearer__auth__token": "open-sesame",
            "request__header__X-Tenant": "blue", "bearer__auth__logical__cluster": "lsrc-1",
            "bearer__auth__identity__pool__id": "pool-1"}
    assert sink("good", gate.url, **good) is None
    for label, wrong in ("token", {"bearer__auth__token": "open-barley"}), ("header", {"request__header__X-Tenant": "red"}):
        assert "Unauthorized" in sink(label, gate.url, **{**good, **wrong})
    assert "open-sesame" not in shared_worker.log() and "open-barley" not in shared_worker.log()


def test_tokens_of_an_identity_provider(shared_worker, gates, issuer, sink):
    gate = gates(headers={"Authorization": "Bearer token-1"})
    good = {"bearer__auth__credentials__source": "OAUTHBEARER", "bearer__auth__issuer__endpoint__url": issuer.url,
            "bearer__auth__client__id": "client-1", "bearer__auth__client__secret": "open-sesame",
            "bearer__auth__scope": "read write"}
    assert sink("good", gate.url, **good) is None
    jaas = ('org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId="client-1" '
            'clientSecret="open-sesame" scope="all";')
    gate.headers["Authorization"] = "Bearer token-2"
    assert sink("inherited", gate.url, bearer__auth__credentials__source="SASL_OAUTHBEARER_INHERIT", sasl__jaas__config=jaas,
                sasl__oauthbearer__token__endpoint__url=issuer.url) is None
    assert issuer.bodies == ["grant_type=client_credentials&scope=read+write", "grant_type=client_credentials&scope=all"]
    told = sink("wrong", gate.url, **{**good, "bearer__auth__client__secret": "open-barley"})
    assert "status 401 (invalid_client)" in told and "bearer.auth.issuer.endpoint.url" in told
    for secret in "open-sesame", "open-barley", "token-1", "token-2":
        assert secret not in shared_worker.log() and secret not in told


def test_a_password_of_the_login(gates, sink):
    gate = gates(user="ann:open-sesame")
    jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="ann" password="%s";'
    source_key = {"basic__auth__credentials__source": "SASL_INHERIT"}
    assert sink("good", gate.url, sasl__jaas__config=jaas % "open-sesame", **source_key) is None
    assert "Unauthorized" in sink("wrong", gate.url, sasl__jaas__config=jaas % "open-barley", **source_key)


def test_two_ways_to_be_let_in_are_refused(shared_worker, name):
    answer = shared_worker.request("PUT", f"/connectors/{name}/config", {
        "connector.class": "FileStreamSink", "name": name, "topics": name, **converter(
            AVRO, "http://localhost:1", basic__auth__credentials__source="URL", bearer__auth__credentials__source="STATIC_TOKEN",
            bearer__auth__token="open-sesame")})
    assert answer.code in (201, 400)
    if answer.code == 201:  # a converter is made by its task, as the peer's is
        shared_worker.wait_for_states(name, "RUNNING", "FAILED")
        assert "Only one of 'basic.auth.credentials.source' and" in shared_worker.trace(name)


def test_tls_protocols(gates, sink, tmp_path):
    certificates = Certificates(tmp_path)
    gate = gates(certificates=certificates)
    stores = {f"schema__registry__{key.replace('.', '__')}": value for key, value in certificates.keys("PKCS12").items()
              if key.startswith("ssl.")}
    for version in "TLSv1.2", "TLSv1.3":
        assert sink(version.replace(".", "-"), gate.url, schema__registry__ssl__enabled__protocols=version, **stores) is None
    told = sink("odd", gate.url, schema__registry__ssl__enabled__protocols="TLSv9", **stores)
    assert "Invalid value TLSv9 for configuration ssl.enabled.protocols" in told


@pytest.mark.parametrize("strategy, subject", [("RecordNameStrategy", "datagen.Pageview"),
                                               ("TopicRecordNameStrategy", "{}-datagen.Pageview")])
def test_subjects_by_record(shared_worker, kafka, registry, name, tmp_path, strategy, subject):
    kafka.create(name)
    settings = {"value__subject__name__strategy": f"io.confluent.kafka.serializers.subject.{strategy}"}
    source(shared_worker, name, name, registry.url, settings)
    out = tmp_path / "out.jsonl"
    file_sink(shared_worker, name + "-out", out, name, converter(AVRO, registry.url, **settings))
    wait_for(lambda: len(json_lines(out)) == 5, lambda: f"5 lines; {shared_worker.status(name + '-out')}")
    known = registry.latest(subject.format(name))
    assert {framed(record.value())[0] for record in kafka.read(name)} == {known["id"]}
    assert registry.versions(f"{name}-value") == []


def test_a_schema_of_a_given_id(shared_worker, kafka, registry, name, tmp_path):
    kafka.create(name)
    known = registry.register(f"{name}-elsewhere", view(VIEW[2], {"name": "note", "type": "string", "default": "none"}))
    source(shared_worker, name, name, registry.url, {
        "auto__register__schemas": "false", "use__schema__id": str(known)})
    out = tmp_path / "out.jsonl"
    file_sink(shared_worker, name + "-out", out, name, converter(AVRO, registry.url))
    wait_for(lambda: len(json_lines(out)) == 5, lambda: f"5 lines; {shared_worker.status(name + '-out')}")
    assert {framed(record.value())[0] for record in kafka.read(name)} == {known}
    assert all(line["note"] == "none" and line["pageid"] for line in json_lines(out))


def test_schemas_are_normalized_if_that_is_asked_for(shared_worker, kafka, gates, name):
    kafka.create(name)
    gate = gates()
    source(shared_worker, name, name, gate.url, {"normalize__schemas": "true"})
    wait_for(lambda: kafka.size(name) == 5, lambda: f"5 records; {shared_worker.status(name)}")
    assert [path for path in gate.paths if "/versions" in path] == [f"/subjects/{name}-value/versions?normalize=true"]


def test_a_schema_may_be_named_in_a_header(shared_worker, kafka, registry, gates, name, tmp_path):
    kafka.create(name)
    known, guid = registry.register(f"{name}-value", USER), uuid.uuid4()
    gate = gates(guids={str(guid): known})
    for identity in b"\0" + known.to_bytes(4, "big"), b"\1" + guid.bytes:
        kafka.produce(name, [text("ann")], headers=[("__value_schema_id", identity), ("other", "1")])
    kafka.produce(name, [b"\1" + guid.bytes + text("bob"), frame(known, text("eve"))])
    out, prefix, without = (tmp_path / one for one in ("out.jsonl", "prefix.jsonl", "without.jsonl"))
    file_sink(shared_worker, name, out, name, converter(AVRO, gate.url))
    wait_for(lambda: len(json_lines(out)) == 4, lambda: f"4 lines; {shared_worker.status(name)}")
    assert [line["name"] for line in json_lines(out)] == ["ann", "ann", "bob", "eve"]
    file_sink(shared_worker, name + "-prefix", prefix, name, converter(
        AVRO, gate.url, value__schema__id__deserializer="PrefixSchemaIdDeserializer"), **dead_letters(f"{name}-prefix"))
    # Apicurio's knows no GUIDs.
    file_sink(shared_worker, name + "-without", without, name, converter(AVRO, registry.url), **dead_letters(f"{name}-without"))
    for path, topic, names, told in ((prefix, "prefix", ["bob", "eve"], "Unknown magic byte!"),
                                     (without, "without", ["ann", "eve"], f"GUID {guid}")):
        wait_for(lambda: len(json_lines(path)) == 2 and kafka.size(f"{name}-{topic}") == 2, f"{topic}: 2 of each")
        assert [line["name"] for line in json_lines(path)] == names
        for letter in kafka.read(f"{name}-{topic}"):
            message = dict(letter.headers())["__connect.errors.exception.message"].decode()
            assert told in message and ("Does it know schemas by GUID?" in message) == (topic == "without")


def test_a_deleted_version_is_read(shared_worker, kafka, registry, name, tmp_path):
    kafka.create(name)
    known = registry.register(f"{name}-value", USER)
    registry.register(f"{name}-value", {**USER, "fields": [*USER["fields"], {"name": "age", "type": ["null", "int"], "default": None}]})
    kafka.produce(name, [frame(known, text("ann"))])
    registry.delete(f"{name}-value", 1)
    out = tmp_path / "out.jsonl"
    file_sink(shared_worker, name, out, name, converter(AVRO, registry.url))
    wait_for(lambda: json_lines(out) == [{"name": "ann"}], lambda: f"a line; {shared_worker.status(name)}")


LESS = view(*VIEW[:2])  # a reader of all cannot do without the third
MORE = view(*VIEW, {"name": "extra", "type": "string"})  # which a writer of all does not write
NOTE = view(*VIEW, {"name": "note", "type": ["null", "string"], "default": None})  # fits either way


@pytest.mark.parametrize("level, unfit", [("BACKWARD", LESS), ("FORWARD", MORE), ("FULL", MORE)])
def test_levels_of_compatibility(shared_worker, kafka, registry, name, level, unfit):
    """What a source writes must fit the last version, or with _TRANSITIVE each of them."""
    for label, versions, mode, fits in (("last", [NOTE, unfit], level, False), ("first", [unfit, NOTE], level, True),
                                        ("any", [unfit, NOTE], level + "_TRANSITIVE", False),
                                        ("all", [NOTE], level + "_TRANSITIVE", True)):
        topic = f"{name}-{label}"
        kafka.create(topic)
        for schema in versions:
            registry.register(f"{topic}-value", schema)
        registry.compatibility(f"{topic}-value", mode)
        source(shared_worker, topic, topic, registry.url, **dead_letters(f"{topic}-dlq"))
        wait_for(lambda: kafka.size(topic if fits else f"{topic}-dlq") == 5,
                 lambda: f"{mode}, {label}: 5 records; {shared_worker.status(topic)}")
        assert len(registry.versions(f"{topic}-value")) == len(versions) + fits
        if fits:
            assert {framed(record.value())[0] for record in kafka.read(topic)} == {registry.latest(f"{topic}-value")["id"]}
        else:
            assert kafka.size(topic) == 0
            message = dict(kafka.read(f"{topic}-dlq")[0].headers())["__connect.errors.exception.message"].decode()
            assert f"subject {topic}-value" in message and "409" in message and "not compatible" in message
        assert json.dumps(shared_worker.states(topic)).count("RUNNING") == 2
