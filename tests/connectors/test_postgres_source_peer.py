"""The same tables by the same configurations, as the Java connectors read them: schemas, values, keys, order and offsets are those
that Confluent's and Aiven's made, which postgres_source_peer.json has. No registry has their jars: where SLUICE_JDBC_PLUGINS names a
plugin location with both (README.md of tests/bench says how they are built), they are asked again, and the file is written anew."""

import json
import os
import pathlib

import pytest
from support.offsets import path as offsets_path
from support.peer import JavaWorker
from support.worker import JSON, wait_for

FILE = pathlib.Path(__file__).with_suffix(".json").with_stem("postgres_source_peer")
CLASSES = {"confluent": "io.confluent.connect.jdbc.JdbcSourceConnector", "aiven": "io.aiven.connect.jdbc.JdbcSourceConnector"}

TABLES = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE numbers (id int PRIMARY KEY, i2 smallint, i8 bigint, f4 real, f8 double precision, b boolean, o oid, m money,
                      bit1 bit(1));
INSERT INTO numbers VALUES
  (1, 7, 1 << 30, 1.5, 0.1, true, 42, 12.50, B'1'),
  (2, -32768, -9223372036854775808, -0.25, 1e100, false, 4294967295, -5, B'0'),
  (3, 32767, 9223372036854775807, 3.4e38, -1e-100, true, 0, 0, B'1'),
  (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE bits (id int PRIMARY KEY, b5 bit(5), b20 bit(20));
INSERT INTO bits VALUES (1, B'00001', B'00000000000000000001'), (2, B'00000', B'00000000000000000000'), (3, NULL, NULL);
CREATE TABLE decimals (id int PRIMARY KEY, n2 numeric(2) NOT NULL, n4 numeric(4), n9 numeric(9), n18 numeric(18),
                       n30 numeric(30), n10_2 numeric(10, 2), n20_5 numeric(20, 5));
INSERT INTO decimals VALUES (1, 12, 1234, 123456789, 123456789012345678, 123456789012345678901234567890, -12.50, 0.00001),
                            (2, -1, -1, -1, -1, -1, 99999999.99, -1), (3, 0, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE texts (id int PRIMARY KEY, v varchar(9), c char(3), t text, n name, u uuid, j json, jb jsonb, m mood, y bytea, x xml);
INSERT INTO texts VALUES
  (1, 'v', 'c', 'Grüße', 'n', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b": 1,  "a": []}', '{"b": 1,  "a": []}', 'happy',
   '\\x00ff', '<a/>'),
  (2, '', '', '', '', NULL, 'null', '[1.50]', 'sad', '', '<b>c</b>'),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE times (id int PRIMARY KEY, d date, t time, tt timetz, ts timestamp, tz timestamptz);
INSERT INTO times VALUES
  (1, '2024-02-29', '01:02:03.004', '03:02:03.004+02', '2024-02-29 12:30:00.25', '2024-02-29 14:30:00.25+02'),
  (2, '1969-12-31', '23:59:59.999', '23:59:59.999Z', '1969-12-31 23:59:59', '1901-01-01 00:00:00Z'),
  (3, '1970-01-01', '00:00:00', '00:00:00Z', '2026-07-01 00:00:00.123456', '2026-07-01 00:00:00.123456Z'),
  (4, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE others (id int PRIMARY KEY, a int[], s text[], i inet, v interval, r int4range, p point, vb varbit(8));
INSERT INTO others VALUES (1, '{1,2}', '{x}', '10.0.0.1', '1 day', '[1,3)', '(1,2)', B'101'),
                          (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE changes (id int GENERATED ALWAYS AS IDENTITY, at timestamp NOT NULL, seen timestamptz, "Text" text);
INSERT INTO changes (at, seen, "Text") VALUES
  ('2024-02-29 12:30:00.000003', NULL, 'a'), ('2024-02-29 12:30:00.000001', '2024-03-01 00:00Z', 'b'),
  ('2024-02-29 12:30:00.000003', '2024-01-01 00:00Z', 'c'), ('2024-07-01 00:00:00.999999', NULL, 'd');
CREATE VIEW seen AS SELECT id, "Text" FROM changes WHERE seen IS NOT NULL;
CREATE TABLE "MixedCase" ("Id" int PRIMARY KEY, "a.b" int DEFAULT 7);
INSERT INTO "MixedCase" VALUES (1, 2), (3, NULL);
"""

ID = {"mode": "incrementing", "incrementing.column.name": "id"}
AT = {"mode": "timestamp", "timestamp.column.name": "at", "table.whitelist": "changes"}
BOTH = {**AT, "mode": "timestamp+incrementing", "incrementing.column.name": "id"}
QUERY = {"query": 'SELECT * FROM (SELECT c.id, c.at, n.i2 AS two FROM changes c LEFT JOIN numbers n ON n.id = c.id) q'}
NEW_YORK = {"db.timezone": "America/New_York"}
BULK_OF = {"mode": "bulk", "poll.interval.ms": "600000"}


def bulk(table, **config):
    return {**BULK_OF, "table.whitelist": table, **{key.replace("__", "."): value for key, value in config.items()}}


# name -> (how many records, configuration)
CASES = {
    **{table: (count, bulk(table)) for table, count in
       {"numbers": 4, "bits": 3, "decimals": 3, "texts": 3, "times": 4, "others": 2, "MixedCase": 2}.items()},
    **{f"decimals, {mapping}": (3, bulk("decimals", numeric__mapping=mapping)) for mapping in
       ("none", "precision_only", "best_fit", "best_fit_eager_double")},
    "decimals, of old": (3, bulk("decimals", numeric__precision__mapping="true")),
    **{f"times, {granularity}": (4, bulk("times", timestamp__granularity=granularity)) for granularity in
       ("micros_long", "nanos_long", "micros_string", "nanos_string", "micros_iso_datetime_string", "nanos_iso_datetime_string")},
    "a view": (2, bulk("seen", table__types="VIEW")),
    "incrementing": (4, {**ID, "table.whitelist": "changes"}),
    "incrementing, of two tables": (7, {**ID, "table.whitelist": "changes,texts"}),
    "incrementing, found by itself": (4, {"mode": "incrementing", "table.whitelist": "changes"}),
    "incrementing, beyond the first": (2, {**ID, "table.whitelist": "changes", "incrementing.initial": "2"}),
    "incrementing, a numeric": (2, {"mode": "incrementing", "incrementing.column.name": "n2", "table.whitelist": "decimals"}),
    "timestamp": (4, AT),
    "timestamp, few at a time": (4, {**AT, "batch.max.rows": "1"}),
    "timestamp, New York": (4, {**AT, **NEW_YORK}),
    "timestamp, the first of two": (4, {**AT, "timestamp.column.name": "seen,at"}),
    "timestamp, from a time on": (1, {**AT, "timestamp.initial": "1709300000000", "timestamp.initial.ms": "1709300000000"}),
    "both": (4, BOTH),
    "both, New York": (4, {**BOTH, **NEW_YORK}),
    "a query, bulk": (4, {**BULK_OF, **QUERY}),
    "a query, incrementing": (4, {**ID, **QUERY}),
    "a query, both": (4, {**BOTH, **QUERY, "table.whitelist": ""}),
}
# What only one of them has a key for.
ONLY = {"incrementing, beyond the first": "aiven", "decimals, best_fit_eager_double": "confluent",
        **{case: "confluent" for case in CASES if case.startswith("times, ") and "_" in case}}
# Columns that differ: what becomes of the first row (README.md of the connector). None: the originals leave them out.
DIFFERENT = {
    "others": {"a": (None, "{1,2}"), "s": (None, "{x}"), "i": (None, "10.0.0.1"), "v": (None, "P1D"), "r": (None, "[1,3)"),
               "p": (None, "(1,2)"), "vb": (None, "BQ==")},
    "bits": {"b20": ("MDAwMDAwMDAwMDAwMDAwMDAwMDE=", "AAAB")},
}
PRECISION = "connect.decimal.precision"  # Aiven's Decimals do not tell it


@pytest.fixture(scope="module")
def tables(postgres):
    database = postgres.new_database()
    database.run(TABLES)
    yield database
    database.drop()


@pytest.fixture(scope="module")
def java(tmp_path_factory, kafka):
    folder = tmp_path_factory.mktemp("peer")
    with JavaWorker(folder, f"peer-{abs(hash(str(folder))) % 10**8}", kafka.address,
                    plugin__path=os.environ["SLUICE_JDBC_PLUGINS"]) as worker:
        yield worker


def ask(worker, kafka, db, name, peer, case):
    """What the connector makes of a case: of each topic the schema and, one after the other, key and value; and its offsets."""
    count, config = CASES[case]
    prefix = f"{name}-{'java' if isinstance(worker, JavaWorker) else 'sluice'}-"
    worker.create(prefix, **{"connector.class": CLASSES[peer], "connection.url": db.url, "connection.user": "postgres",
                             "connection.password": "none", "topic.prefix": prefix, "poll.interval.ms": "100",
                             "key.converter": JSON, "value.converter": JSON, **config})
    tables = [""] if "query" in config else config["table.whitelist"].split(",")
    topics = {table: prefix + table for table in tables}
    wait_for(lambda: sum(map(kafka.size, topics.values())) >= count,
             lambda: f"{count} records, but {worker.status(prefix)}", 60)
    # What is stored at the end is what it goes on from.
    worker.put(f"/connectors/{prefix}/stop")
    worker.wait_for_states(prefix, "STOPPED", timeout=60)
    stored = worker.get(offsets_path(prefix)).json["offsets"]
    found = {table: [(record.key(), json.loads(record.value())) for record in kafka.read(topic)]
             for table, topic in topics.items()}
    worker.delete(f"/connectors/{prefix}")
    assert all(value["schema"] == values[0][1]["schema"] for values in found.values() for _, value in values)
    return {"topics": {table: {"schema": values[0][1]["schema"], "records": [[key, value["payload"]] for key, value in values]}
                       for table, values in found.items()},
            "offsets": sorted(stored, key=str)}


def remember(peer, case, answer):
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    known.setdefault(peer, {})[case] = answer
    lines = (f"{json.dumps(of)}: {{\n" + ",\n".join(f"{json.dumps(one)}: {json.dumps(what)}" for one, what in cases.items()) + "}"
             for of, cases in known.items())
    FILE.write_text("{" + ",\n".join(lines) + "}\n")


def take_out(answer, table, column):
    """A column out of schema and rows; what the first row had there."""
    topic = answer["topics"][table]
    topic["schema"]["fields"] = [field for field in topic["schema"]["fields"] if field["field"] != column]
    return [value.pop(column, None) for _, value in topic["records"]][0]


@pytest.mark.parametrize("peer, case", [(peer, case) for peer in CLASSES for case in CASES if ONLY.get(case, peer) == peer])
def test_topics_and_offsets_are_equal(request, shared_worker, kafka, tables, name, peer, case):
    if "SLUICE_JDBC_PLUGINS" in os.environ:
        remember(peer, case, ask(request.getfixturevalue("java"), kafka, tables, name, peer, case))
    theirs, ours = json.loads(FILE.read_text())[peer][case], ask(shared_worker, kafka, tables, name, peer, case)
    for which, made in enumerate((theirs, ours)):
        for column, values in DIFFERENT.get(case, {}).items():
            assert take_out(made, case, column) == values[which]
    if peer == "aiven":
        for field in (field for topic in ours["topics"].values() for field in topic["schema"]["fields"]):
            assert field.get("name") != "org.apache.kafka.connect.data.Decimal" or field["parameters"].pop(PRECISION)
    assert ours == theirs


@pytest.mark.parametrize("of", ["now", "a newer driver", "old"])
def test_it_goes_on_from_what_the_originals_stored(shared_worker, kafka, tables, name, of):
    partition = {"now": {"protocol": "1", "table": "public.changes"}, "old": {"table": "changes"},
                 "a newer driver": {"protocol": "1", "table": f"{tables.name}.public.changes"}}[of]
    config = {"connector.class": CLASSES["aiven"], "connection.url": tables.url, "connection.user": "postgres",
              "topic.prefix": f"{name}-", "key.converter": JSON, "value.converter": JSON, "table.whitelist": "changes", **ID}
    answer = shared_worker.post("/connectors", {"name": name, "config": config, "initial_state": "STOPPED"})
    assert answer.code == 201, answer.text
    offsets = [{"partition": partition, "offset": {"incrementing": 2}}]
    answer = shared_worker.request("PATCH", offsets_path(name), {"offsets": offsets})
    assert answer.code == 200, answer.text
    shared_worker.put(f"/connectors/{name}/resume")
    wait_for(lambda: kafka.size(f"{name}-changes") >= 2, "what is new is read")
    assert [json.loads(record.value())["payload"]["id"] for record in kafka.read(f"{name}-changes")] == [3, 4]
