"""Records to tables of a real PostgreSQL: every mode and type, read back with psql; bad rows among good ones."""

import json

import pytest
from records import (
    BOOLEAN, BYTES, DATE, FLOAT32, FLOAT64, INT8, INT16, INT32, INT64, STRING, TIME, TIMESTAMP, array, decimal, envelope,
    optional, produce, struct, unscaled)
from support.cookbook import recipe
from support.postgres import SINK
from support.worker import JSON, wait_for
from support.worker import STRING as STRING_CONVERTER

SHARED_WORKER = {"config__providers": "file",
                 "config__providers__file__class": "org.apache.kafka.common.config.provider.FileConfigProvider"}

ORDER = struct(id=INT64, item=STRING, price=optional(decimal(2)))
KEY = INT64


def order(number, item="pen", price=1250):
    value = {"id": number, "item": item, "price": None if price is None else unscaled(price)}
    return envelope(KEY, number), envelope(ORDER, value)


def create(worker, db, name, **config):
    worker.create(name, **{"connector__class": SINK, "topics": name, "connection__url": db.url,
                           "connection__user": "postgres", "key__converter": JSON, "value__converter": JSON,
                           "retry__backoff__ms": 200, **config})


UPSERT = {"insert__mode": "upsert", "pk__mode": "record_key", "pk__fields": "id", "auto__create": "true"}


def dead_letters(name):
    return {"errors__tolerance": "all", "errors__deadletterqueue__topic__name": f"{name}-dead",
            "errors__deadletterqueue__topic__replication__factor": 1,
            "errors__deadletterqueue__context__headers__enable": "true"}


def test_insert_makes_the_table_with_all_types(shared_worker, kafka, db, name):
    schema = struct(i8=INT8, i16=INT16, i32=INT32, i64=INT64, f32=FLOAT32, f64=FLOAT64, b=BOOLEAN, s=STRING, y=BYTES,
                    d=decimal(3), day=DATE, t=TIME, ts=TIMESTAMP, ints=array(INT32), texts=array(STRING),
                    m={"type": "map", "keys": STRING, "values": INT32}, inner=struct(a=INT32, b=optional(STRING)),
                    nothing=optional(STRING))
    payload = {"i8": -8, "i16": 16000, "i32": -32, "i64": 1 << 40, "f32": 1.5, "f64": 0.1, "b": True, "s": "ä'\"\\\t\n",
               "y": "AAH/", "d": unscaled(-1234567), "day": 19782, "t": 3723004, "ts": 1709209800250,
               "ints": [1, 2, 3], "texts": ["a b", "c,\"d\\"], "m": {"k": 1}, "inner": {"a": 1, "b": None}, "nothing": None}
    kafka.create(name)
    kafka.produce(name, [envelope(schema, payload)])
    create(shared_worker, db, name, auto__create="true")
    db.wait_for_count(name, 1)
    types = db.run(f"SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '{name}' "
                   "ORDER BY ordinal_position")
    assert types == ["i8|smallint", "i16|smallint", "i32|integer", "i64|bigint", "f32|real", "f64|double precision",
                     "b|boolean", "s|text", "y|bytea", "d|numeric", "day|date", "t|time without time zone",
                     "ts|timestamp without time zone", "ints|ARRAY", "texts|ARRAY", "m|jsonb", "inner|jsonb",
                     "nothing|text"]
    assert json.loads(db.one(f'SELECT to_json(written) FROM "{name}" written')) == {
        "i8": -8, "i16": 16000, "i32": -32, "i64": 1 << 40, "f32": 1.5, "f64": 0.1, "b": True, "s": "ä'\"\\\t\n",
        "y": "\\x0001ff", "d": -1234.567, "day": "2024-02-29", "t": "01:02:03.004", "ts": "2024-02-29T12:30:00.25",
        "ints": [1, 2, 3], "texts": ["a b", "c,\"d\\"], "m": {"k": 1}, "inner": {"a": 1, "b": None}, "nothing": None}


# The same record by COPY, by statements that insert, and by upserts, into columns of types of the server's own.
@pytest.mark.parametrize("way, asked", [
    ("copy", 'COPY "{}" (%) FROM STDIN (FORMAT binary)'), ("statement", 'INSERT INTO "{}" (%) SELECT % AS v(%)'),
    ("upsert", 'INSERT INTO "{}" (%) % ON CONFLICT ("id") DO UPDATE SET %')], ids=["copy", "statement", "upsert"])
def test_into_a_table_of_other_types(shared_worker, kafka, db, name, way, asked):
    db.run("CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN percent AS int CHECK (VALUE <= 100)")
    more = "" if way == "copy" else ", address inet, flags bit(3), rounded int, d double precision"  # only by a cast
    db.run(f'CREATE TABLE "{name}" (id int PRIMARY KEY, u uuid, j json, jb jsonb, feeling mood, at timestamptz, '
           f'price numeric(8,1), code varchar(3), share percent, tags text[], padded char(4), made int GENERATED ALWAYS AS (id * 2) STORED, '
           f"extra text DEFAULT 'none'{more}); CREATE TABLE asked (query text); CREATE FUNCTION note() RETURNS trigger "
           "LANGUAGE plpgsql AS $$ BEGIN INSERT INTO asked VALUES (current_query()); RETURN NULL; END $$; "
           f'CREATE TRIGGER note BEFORE INSERT ON "{name}" FOR EACH STATEMENT EXECUTE FUNCTION note()')
    schema = struct(id=INT64, u=STRING, j=STRING, jb=STRING, feeling=STRING, at=TIMESTAMP, price=decimal(2), code=STRING,
                    share=INT32, tags=array(STRING), padded=STRING, **({"address": STRING, "flags": STRING, "rounded": FLOAT64,
                                                                       "d": decimal(1)} if more else {}))
    payload = {"id": 7, "u": "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "j": "{\"a\": 1}", "jb": "[1,  2]",
               "feeling": "happy", "at": 1709209800250, "price": unscaled(1999), "code": "abc", "share": 100,
               "tags": ["x", "y z"], "padded": "ab", "address": "10.0.0.1", "flags": "101", "rounded": 1.6, "d": unscaled(25)}
    kafka.create(name)
    kafka.produce(name, [envelope(schema, payload)])
    mode = {"insert__mode": "upsert", "pk__mode": "record_value", "pk__fields": "id"} if way == "upsert" else {}
    create(shared_worker, db, name, **mode)
    db.wait_for_count(name, 1)
    assert db.one(f"SELECT u, j, jb, feeling, at AT TIME ZONE 'UTC', price, code, share, tags, padded, made, extra "
                  f'FROM "{name}"') == 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|{"a": 1}|[1, 2]|happy|2024-02-29 12:30:00.25' \
        '|20.0|abc|100|{x,"y z"}|ab  |14|none'
    assert db.run(f"SELECT query FROM asked WHERE query NOT LIKE '{asked.format(name)}'") == [] and db.count("asked") > 0
    if more:
        assert db.one(f'SELECT address, flags, rounded, d FROM "{name}"') == "10.0.0.1|101|2|2.5"


def test_upsert_keeps_the_last_of_each_key(shared_worker, kafka, db, name):
    kafka.create(name)
    produce(kafka, name, [order(n % 10, f"item {n}") for n in range(1000)])
    create(shared_worker, db, name, **UPSERT)
    wait_for(lambda: db.run(f'SELECT count(*), min(item), max(item) FROM "{name}"', check=False) ==
             ["10|item 990|item 999"], lambda: f"the last ones are there: {db.run(f'SELECT * FROM {name}', check=False)}")
    produce(kafka, name, [order(3, "three", None), order(11)])
    db.wait_for_count(name, 11)
    assert db.one(f'SELECT id, item, price FROM "{name}" WHERE id = 3') == "3|three|(null)"
    assert db.one(f'SELECT id, item, price FROM "{name}" WHERE id = 11') == "11|pen|12.50"


def test_deletes_and_upserts_of_a_key_in_their_order(shared_worker, kafka, db, name):
    kafka.create(name)
    gone = [(envelope(KEY, n), None) for n in range(5)]
    produce(kafka, name, [order(n) for n in range(5)] + gone + [order(3, "again")] + [order(9), (envelope(KEY, 9), None)])
    produce(kafka, name, [order(99, "end")])
    create(shared_worker, db, name, **UPSERT, delete__enabled="true")
    wait_for(lambda: db.run(f'SELECT id, item FROM "{name}" ORDER BY id', check=False) == ["3|again", "99|end"],
             lambda: f"two are left: {db.run(f'SELECT * FROM {name}', check=False)}")
    produce(kafka, name, [(envelope(KEY, 3), None)])
    db.wait_for_count(name, 1)


def test_update_changes_only_rows_that_are_there(shared_worker, kafka, db, name):
    db.run(f'CREATE TABLE "{name}" (id bigint PRIMARY KEY, item text, price numeric)')
    db.run(f"INSERT INTO \"{name}\" VALUES (1, 'old', 0), (2, 'old', 0)")
    kafka.create(name)
    produce(kafka, name, [order(1, "a"), order(1, "b"), order(5, "c"), order(2, "d")])
    create(shared_worker, db, name, insert__mode="update", pk__mode="record_key", pk__fields="id")
    wait_for(lambda: db.run(f'SELECT id, item, price FROM "{name}" ORDER BY id') == ["1|b|12.50", "2|d|12.50"],
             lambda: f"both are updated: {db.run(f'SELECT * FROM {name}')}")


def test_keys_of_kafka(shared_worker, kafka, db, name):
    kafka.create(name, partitions=2)
    produce(kafka, name, [order(1), order(2)], partition=1)
    create(shared_worker, db, name, pk__mode="kafka", auto__create="true", fields__whitelist="item")
    db.wait_for_count(name, 2)
    assert db.run(f'SELECT * FROM "{name}" ORDER BY 3') == [f"{name}|1|0|pen", f"{name}|1|1|pen"]


REGION_KEY, NUMBERED = struct(region=STRING, number=INT32), struct(number=INT32, text=STRING)


@pytest.mark.parametrize("mode, fields, columns, key", [
    ("none", "", "number,text", ""),
    ("kafka", "t,p,o", "t,p,o,number,text", "t,p,o"),
    ("record_key", "", "number,text,region", "number,region"),
    ("record_key", "region", "number,text,region", "region"),
    ("record_value", "", "number,text", "number,text"),
    ("record_value", "text", "number,text", "text"),
])
def test_where_the_key_comes_from(shared_worker, kafka, db, name, mode, fields, columns, key):
    kafka.create(name)
    produce(kafka, name, [(envelope(REGION_KEY, {"region": "north", "number": 7}),
                           envelope(NUMBERED, {"number": 7, "text": "x"}))])
    create(shared_worker, db, name, pk__mode=mode, pk__fields=fields, auto__create="true")
    db.wait_for_count(name, 1)
    found = db.run("SELECT a.attname, coalesce(i.indisprimary, false) FROM pg_attribute a LEFT JOIN pg_index i "
                   "ON i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey) "
                   f"WHERE a.attrelid = '\"{name}\"'::regclass AND a.attnum > 0 ORDER BY a.attnum")
    assert [line.partition("|")[0] for line in found] == columns.split(",")
    assert [line.partition("|")[0] for line in found if line.endswith("|t")] == [part for part in key.split(",") if part]


def test_a_plain_string_goes_to_a_column_of_its_own(shared_worker, kafka, db, name):
    kafka.create(name)
    kafka.produce(name, ["one", "two"])
    create(shared_worker, db, name, pk__mode="kafka", auto__create="true", string__output__value__column__name="said",
           value__converter=STRING_CONVERTER)
    db.wait_for_count(name, 2)
    assert db.run(f'SELECT __connect_offset, said FROM "{name}" ORDER BY 1') == ["0|one", "1|two"]


def test_names_zones_and_counted_timestamps(shared_worker, kafka, db, name):
    db.run("CREATE SCHEMA shop")
    schema = struct(Id=INT32, Ts=TIMESTAMP, counted=INT64)
    kafka.create(name)
    kafka.produce(name, [envelope(schema, {"Id": 1, "Ts": 1709209800000, "counted": 1709209800000001})])
    create(shared_worker, db, name, auto__create="true", quote__sql__identifiers="never", db__timezone="Europe/Berlin",
           table__name__format="shop.Orders_2024", timestamp__fields__list="counted", batch__size=1)
    wait_for(lambda: db.run("SELECT id, ts, counted FROM shop.orders_2024", check=False) ==
             ["1|2024-02-29 13:30:00|2024-02-29 13:30:00.000001"], "the row is there, in small letters, in local time")


@pytest.mark.parametrize("mode", ["insert", "upsert"])
def test_bad_rows_become_dead_letters_and_their_neighbours_are_written(shared_worker, kafka, db, name, mode):
    db.run(f'CREATE TABLE "{name}" (id bigint PRIMARY KEY, item text CHECK (item <> \'bad\'), price numeric(6,2))')
    records = [order(n) for n in range(300)]
    records[7] = order(7, "bad")
    records[8] = order(8, "nul \0 in it")
    records[100] = order(100, price=10**9)  # 22003
    records[101] = (envelope(KEY, 101), None)  # a tombstone
    records[200] = (envelope(KEY, 200), "{no JSON")
    records[250] = order(20, "bad")  # of a key that is there: the good one stays
    kafka.create(name)
    produce(kafka, name, records)
    keys = {"pk__mode": "record_key", "pk__fields": "id"}
    create(shared_worker, db, name, insert__mode=mode, **keys, **dead_letters(name))
    db.wait_for_count(name, 294)
    wait_for(lambda: kafka.size(f"{name}-dead") == 6, lambda: f"six dead letters, but {kafka.size(f'{name}-dead')}")
    letters = {letter.key(): dict(letter.headers()) for letter in kafka.read(f"{name}-dead")}
    assert {json.loads(key)["payload"] for key in letters} == {7, 8, 100, 101, 200, 20}
    said = letters[envelope(KEY, 7).encode()]["__connect.errors.exception.message"].decode()
    assert f"{name}-0@7" in said and "23514" in said
    assert db.one(f'SELECT item FROM "{name}" WHERE id = 20') == "pen"
    assert shared_worker.states(name) == ["RUNNING", "RUNNING"]


@pytest.mark.parametrize("trim", [False, True], ids=["told", "trimmed"])
def test_without_tolerance_a_bad_row_fails_the_task_and_nothing_is_written(shared_worker, kafka, db, name, trim):
    db.run(f'CREATE TABLE "{name}" (id bigint PRIMARY KEY, item text CHECK (item <> \'baddest\'), price numeric)')
    kafka.create(name)
    produce(kafka, name, [order(1), order(2, "baddest"), order(3)])
    create(shared_worker, db, name, trim__sensitive__log=trim)
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    trace = shared_worker.trace(name)
    assert f"{name}-0@1" in trace and "23514" in trace and "errors.tolerance=all" in trace
    assert ("baddest" in trace) != trim
    assert db.count(name) == 0


def test_what_passes_is_tried_again_and_is_no_dead_letter(shared_worker, kafka, db, name):
    db.run(f'CREATE TABLE "{name}" (id bigint PRIMARY KEY, item text, price numeric)')
    db.run(f"ALTER DATABASE {db.name} SET lock_timeout = '50ms'")
    kafka.create(name)
    produce(kafka, name, [order(1)])
    with db.session() as session:
        session.run(f'BEGIN; LOCK TABLE "{name}"')
        create(shared_worker, db, name, **{**UPSERT, **dead_letters(name)})
        wait_for(lambda: f"{name}" in shared_worker.log() and "55P03" in shared_worker.log(), "the put is tried again")
    db.wait_for_count(name, 1)
    assert shared_worker.states(name) == ["RUNNING", "RUNNING"]
    assert kafka.size(f"{name}-dead") == 0


@pytest.mark.parametrize("config, said", [
    ({}, "auto.create=true"),
    ({"connection__user": "nobody"}, 'role "nobody" does not exist'),
    ({"connection__url": "no_database"}, 'database "no_database" does not exist'),
    ({"auto__create": "true", "table__name__format": "pg_views"}, "table.types"),
])
def test_what_a_user_has_to_mend_fails_at_once(shared_worker, kafka, db, name, config, said):
    kafka.create(name)
    produce(kafka, name, [order(1)])
    config = dict(config)
    if "connection__url" in config:
        config["connection__url"] = db.url.rpartition("/")[0] + "/" + config["connection__url"]
    worker = shared_worker
    base = {"connector__class": SINK, "topics": name, "connection__url": db.url, "connection__user": "postgres",
            "key__converter": JSON, "value__converter": JSON}
    worker.create(name, **{**base, **config, **dead_letters(name)})
    worker.wait_for_states(name, "RUNNING", "FAILED")
    assert said in worker.trace(name)
    assert kafka.size(f"{name}-dead") == 0


def test_validate_names_the_mistakes(shared_worker, name):
    body = {"connector.class": "JdbcSinkConnector", "topics": name, "name": name, "connection.url": "jdbc:mysql://x/y",
            "insert.mode": "upsert", "delete.enabled": "true", "pk.field": "id"}
    answer = shared_worker.put("/connector-plugins/JdbcSinkConnector/config/validate", body).json
    wrong = {one["value"]["name"] for one in answer["configs"] if one["value"]["errors"]}
    assert wrong == {"connection.url", "insert.mode", "delete.enabled", "pk.mode", "pk.field"}
    body |= {"connection.url": "postgresql://me:hunter22@h/d", "pk.mode": "some", "connection.passwrod": "x"}
    answer = shared_worker.put("/connector-plugins/JdbcSinkConnector/config/validate", body).json
    errors = {one["value"]["name"]: one["value"]["errors"] for one in answer["configs"] if one["value"]["errors"]}
    assert len(errors["pk.mode"]) == 1, errors
    assert "connection.password?" in errors["connection.passwrod"][0]
    assert "connection.password" in errors["connection.url"][0] and "hunter22" not in str(errors)


@pytest.mark.parametrize("config", [
    {"batch__size": 7}, {"batch__bytes": 65536}, {"batch__size": 100, **UPSERT},
    {"batch__bytes": 65536, **UPSERT, "delivery__guarantee": "exactly_once"}, {"delivery__guarantee": "exactly_once"},
], ids=["rows", "bytes", "upsert-rows", "upsert-bytes", "exactly-once"])
def test_a_put_in_several_statements(shared_worker, kafka, db, name, config):
    """A trigger notes what each statement brings."""
    db.run(f'CREATE TABLE "{name}" (id bigint PRIMARY KEY, item text, price numeric); '
           "CREATE TABLE statements (rows bigint, bytes bigint); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
           "$$ BEGIN INSERT INTO statements SELECT count(*), sum(length(item)) FROM written; RETURN NULL; END $$; "
           f'CREATE TRIGGER note AFTER INSERT ON "{name}" REFERENCING NEW TABLE AS written FOR EACH STATEMENT '
           "EXECUTE FUNCTION note()")
    kafka.create(name)
    produce(kafka, name, [order(n, f"{n}" + "x" * 1000) for n in range(1000)])
    create(shared_worker, db, name, **{"auto__create": "true", **config})
    db.wait_for_count(name, 1000)
    assert db.one(f'SELECT sum(id), sum(length(item)) FROM "{name}"') == f"{sum(range(1000))}|{1000 * 1000 + 2890}"
    rows, length, count = (int(number) for number in db.one("SELECT max(rows), max(bytes), count(*) FROM statements").split("|"))
    assert rows <= config.get("batch__size", 500)
    if "batch__bytes" in config:
        assert length < 2 * config["batch__bytes"] and count > 10


@pytest.mark.parametrize("kind, made", [
    ("VIEW", 'CREATE TABLE base (id bigint, item text, price numeric); CREATE VIEW "{}" AS SELECT * FROM base'),
    ("PARTITIONED TABLE", 'CREATE TABLE "{}" (id bigint, item text, price numeric) PARTITION BY RANGE (id); '
                          'CREATE TABLE part PARTITION OF "{}" DEFAULT'),
])
def test_kinds_of_tables_that_are_asked_for(shared_worker, kafka, db, name, kind, made):
    db.run(made.format(name, name))
    kafka.create(name)
    produce(kafka, name, [order(1)])
    create(shared_worker, db, name)
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert "table.types" in shared_worker.trace(name)
    create(shared_worker, db, name, table__types=f"TABLE,{kind}")
    db.wait_for_count(name, 1)


@pytest.mark.parametrize("guarantee", ["at_least_once", "exactly_once"])
def test_several_tables_and_schemas_in_a_put(shared_worker, kafka, db, name, guarantee):
    a, b, c = (f"{name}-{letter}" for letter in "abc")
    narrow = struct(id=INT64)
    for topic in (a, b, c):
        kafka.create(topic)
        both = [order(n) if n % 2 else (envelope(KEY, n), envelope(narrow, {"id": n})) for n in range(100)]
        produce(kafka, topic, both)
    db.run('CREATE TABLE "mapped" (id bigint, item text, price numeric)')
    create(shared_worker, db, name, topics=f"{a},{b},{c}", auto__create="true", auto__evolve="true",
           topics__to__tables__mapping=f"{b}:mapped,{c}:mapped", table__name__format="first",
           delivery__guarantee=guarantee, fields__whitelist="id,price")
    db.wait_for_count("mapped", 200)
    db.wait_for_count("first", 100)
    for table, rows in (("mapped", 100), ("first", 50)):
        assert db.one(f"SELECT count(price), count(DISTINCT id) FROM {table}") == f"{rows}|100"


def test_new_fields_become_columns(shared_worker, kafka, db, name):
    kafka.create(name)
    produce(kafka, name, [order(1)])
    create(shared_worker, db, name, **UPSERT, auto__evolve="true")
    db.wait_for_count(name, 1)
    wider = struct(id=INT64, item=STRING, price=optional(decimal(2)), note=optional(STRING),
                   size={**INT32, "default": 5})
    produce(kafka, name, [(envelope(KEY, 2), envelope(wider, {"id": 2, "item": "x", "price": None, "note": "n", "size": 1}))])
    produce(kafka, name, [order(3)])  # the old schema goes on
    db.wait_for_count(name, 3)
    assert db.run(f'SELECT id, note, size FROM "{name}" ORDER BY id') == ["1|(null)|5", "2|n|1", "3|(null)|5"]


def test_tasks_race_to_make_and_extend_a_table(shared_worker, kafka, db, name):
    """Four tasks, each with records whose schemas grow by another column at each step: all want to change the table."""
    kafka.create(name, partitions=4)
    steps, each = 6, 5
    for partition in range(4):
        records = []
        for step in range(steps):
            columns = {f"c{partition % 2}_{n}": optional(STRING) for n in range(step)}
            for n in range(each):
                number = (partition * steps + step) * each + n
                value = {"id": number, **{column: "x" for column in columns}}
                records.append((envelope(KEY, number), envelope(struct(id=INT64, **columns), value)))
        produce(kafka, name, records, partition)
    create(shared_worker, db, name, **UPSERT, auto__evolve="true", tasks__max=4)
    db.wait_for_count(name, 4 * steps * each)
    columns = db.run(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{name}'")
    assert sorted(columns) == sorted(["id"] + [f"c{p}_{n}" for p in range(2) for n in range(steps - 1)])
    assert shared_worker.states(name) == ["RUNNING"] * 5


def test_a_table_that_is_changed_meanwhile_is_looked_at_again(shared_worker, kafka, db, name):
    db.run(f'CREATE TABLE "{name}" (id int, item text, price numeric)')
    kafka.create(name)
    produce(kafka, name, [order(1)])
    create(shared_worker, db, name, auto__create="true")
    db.wait_for_count(name, 1)
    db.run(f'ALTER TABLE "{name}" ALTER id TYPE bigint')
    produce(kafka, name, [order(1 << 40)])
    db.wait_for_count(name, 2)
    db.run(f'DROP TABLE "{name}"')
    produce(kafka, name, [order(3)])
    db.wait_for_count(name, 1)


def test_json_orders_with_a_malformed_share(shared_worker, kafka, db, name, tmp_path):
    """The pipeline of the cookbook in README.md, by its own JSON."""
    kafka.create(name)
    records = [order(n) for n in range(2000)]
    broken = range(0, 2000, 40)
    for n in broken:
        records[n] = (envelope(KEY, n), "{" + "broken")
    records.append(order(1, "again"))
    produce(kafka, name, records)
    config = recipe("Orders into PostgreSQL")
    secrets = tmp_path / "db.properties"
    secrets.write_text("password=none is asked for\n")
    config.update({"topics": name, "connection.url": config["connection.url"].replace("db:5432/shop", f"{db.host}/{db.name}"),
                   "connection.user": "postgres", "errors.deadletterqueue.topic.name": f"{name}-dead",
                   "connection.password": config["connection.password"].replace("/run/secrets/db.properties", str(secrets)),
                   "errors.deadletterqueue.topic.replication.factor": 1})
    shared_worker.create(name, **config)
    db.wait_for_count(name, 2000 - len(broken))
    wait_for(lambda: kafka.size(f"{name}-dead") == len(broken), "each broken one is a dead letter")
    wait_for(lambda: db.one(f'SELECT item FROM "{name}" WHERE id = 1') == "again", "the last of an order stands")
    assert db.one(f'SELECT sum(id) FROM "{name}"') == str(sum(range(2000)) - sum(broken))
