"""Tables of a real PostgreSQL to topics: every mode and type, tables that come and go, kill -9 and a database that restarts."""

import json

import pytest
from support import kills
from support.network import DOWN, Network
from support.worker import JSON, wait_for

SOURCE = "io.confluent.connect.jdbc.JdbcSourceConnector"


def create(worker, db, name, **config):
    worker.create(name, **{"connector__class": SOURCE, "connection__url": db.url, "connection__user": "postgres",
                           "topic__prefix": f"{name}-", "poll__interval__ms": 100, "connection__backoff__ms": 100,
                           "table__poll__interval__ms": 200, "key__converter": JSON, "value__converter": JSON,
                           "value__converter__schemas__enable": "false", **config})


def rows(kafka, topic, timeout=20):
    return [json.loads(record.value()) for record in kafka.read(topic, timeout)]


def wait_for_rows(kafka, topic, count, timeout=60):
    wait_for(lambda: kafka.size(topic) >= count, lambda: f"{topic} has {count} rows, but {kafka.size(topic)}", timeout)
    return rows(kafka, topic)


def offsets(worker, name):
    found = worker.get(f"/connectors/{name}/offsets").json["offsets"]
    return {json.dumps(one["partition"], sort_keys=True): one["offset"] for one in found}


def test_every_type(shared_worker, kafka, db, name):
    db.run("CREATE TYPE mood AS ENUM ('sad', 'happy')")
    db.run("CREATE TABLE t (i2 smallint, i4 int NOT NULL, i8 bigint, f4 real, f8 double precision, b boolean, "
           "n numeric(10,2), v varchar(9), c char(3), y bytea, d date, t time, ts timestamp, tz timestamptz, u uuid, "
           "j jsonb, m mood, a int[], x inet, missing text)")
    db.run("INSERT INTO t VALUES (-2, 4, 1 << 30, 1.5, 0.1, true, -12.50, 'v', 'c', '\\x00ff', '2024-02-29', '01:02:03.004', "
           "'2024-02-29 12:30:00.25', '2024-02-29 14:30:00.25+02', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{\"a\": 1}', "
           "'happy', '{1,2}', '10.0.0.1', NULL)")
    create(shared_worker, db, name, mode="bulk", poll__interval__ms=600_000, value__converter__schemas__enable="true")
    record = wait_for_rows(kafka, f"{name}-t", 1)[0]
    schema = record["schema"]
    assert (schema["name"], schema["optional"]) == ("t", False)
    types = {field["field"]: field.get("name", field["type"]).rpartition(".")[2] for field in schema["fields"]}
    assert types == {"i2": "int16", "i4": "int32", "i8": "int64", "f4": "float", "f8": "double", "b": "boolean",
                     "n": "Decimal", "v": "string", "c": "string", "y": "bytes", "d": "Date", "t": "Time",
                     "ts": "Timestamp", "tz": "Timestamp", "u": "string", "j": "string", "m": "string", "a": "string",
                     "x": "string", "missing": "string"}
    assert [field["field"] for field in schema["fields"] if not field["optional"]] == ["i4"]
    decimal = next(field for field in schema["fields"] if field["field"] == "n")
    assert decimal["parameters"] == {"scale": "2", "connect.decimal.precision": "10"}
    assert record["payload"] == {
        "i2": -2, "i4": 4, "i8": 1 << 30, "f4": 1.5, "f8": 0.1, "b": True, "n": "+x4=", "v": "v", "c": "c  ", "y": "AP8=",
        "d": 19782, "t": 3723004, "ts": 1709209800250, "tz": 1709209800250, "u": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "j": '{"a": 1}', "m": "happy", "a": "{1,2}", "x": "10.0.0.1", "missing": None}
    assert offsets(shared_worker, name) == {}


def test_incrementing_goes_on_where_it_was(worker, kafka, db, name):
    db.run("CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY, text text); "
           "INSERT INTO t (text) SELECT 'row ' || n FROM generate_series(1, 2500) n")
    create(worker, db, name, mode="incrementing", batch__max__rows=100)
    assert [row["id"] for row in wait_for_rows(kafka, f"{name}-t", 2500)] == list(range(1, 2501))
    partition = '{"protocol": "1", "table": "public.t"}'
    wait_for(lambda: offsets(worker, name).get(partition) == {"incrementing": 2500}, "the offset is stored")
    worker.stop()
    db.run("INSERT INTO t (text) VALUES ('new'), ('ones')")
    worker.start()
    assert [row["id"] for row in wait_for_rows(kafka, f"{name}-t", 2502)[2500:]] == [2501, 2502]


def test_timestamps_and_both(shared_worker, kafka, db, name):
    db.run("CREATE TABLE t (id int NOT NULL, at timestamp NOT NULL); "
           "INSERT INTO t SELECT n, '2024-02-29 12:30:00.000001'::timestamp + (n / 3) * interval '1 us' "
           "FROM generate_series(0, 299) n")
    create(shared_worker, db, name, mode="timestamp", timestamp__column__name="at", batch__max__rows=7)
    both = f"{name}-both"
    create(shared_worker, db, both, mode="timestamp+incrementing", timestamp__column__name="at",
           incrementing__column__name="id", batch__max__rows=7)
    late = f"{name}-late"
    create(shared_worker, db, late, mode="timestamp", timestamp__column__name="at", timestamp__delay__interval__ms=3_600_000)
    for topic in (f"{name}-t", f"{both}-t", f"{late}-t"):
        assert sorted(row["id"] for row in wait_for_rows(kafka, topic, 300)) == list(range(300))
    partition = '{"protocol": "1", "table": "public.t"}'
    last = {"timestamp": 1709209800000, "timestamp_nanos": 100_000}
    wait_for(lambda: offsets(shared_worker, name).get(partition) == last, lambda: str(offsets(shared_worker, name)))
    wait_for(lambda: offsets(shared_worker, both).get(partition) == {"incrementing": 299, **last}, "both are stored")
    db.run("UPDATE t SET at = '2024-02-29 12:30:01' WHERE id = 5")
    assert wait_for_rows(kafka, f"{name}-t", 301)[-1]["id"] == 5
    assert wait_for_rows(kafka, f"{both}-t", 301)[-1]["id"] == 5
    wait_for_rows(kafka, f"{late}-t", 301)
    db.run("INSERT INTO t VALUES (1000, now() AT TIME ZONE 'UTC')")
    assert wait_for_rows(kafka, f"{name}-t", 302)[-1]["id"] == 1000
    assert kafka.size(f"{late}-t") == 301  # it is too young


def test_a_query_with_a_suffix(shared_worker, kafka, db, name):
    db.run("CREATE TABLE a (id int, name text); CREATE TABLE b (id int, size int); "
           "INSERT INTO a VALUES (1, 'one'), (2, 'two'), (3, 'three'); INSERT INTO b VALUES (1, 10), (2, 20), (3, 30)")
    create(shared_worker, db, name, mode="incrementing", incrementing__column__name="id", query__suffix="LIMIT 2",
           query="SELECT * FROM (SELECT a.id, name, size FROM a JOIN b USING (id)) AS joined", topic__prefix=name)
    assert wait_for_rows(kafka, name, 3) == [{"id": n, "name": text, "size": n * 10}
                                             for n, text in enumerate(("one", "two", "three"), 1)]
    wait_for(lambda: offsets(shared_worker, name) == {'{"query": "query"}': {"incrementing": 3}}, "the offset is stored")


def test_tables_that_come_are_spread_over_tasks(shared_worker, kafka, db, name):
    db.run("CREATE SCHEMA other; CREATE TABLE other.hidden (id int); CREATE TABLE not_this (id int)")
    for table in "abc":
        db.run(f"CREATE TABLE {table} (id serial, note text); INSERT INTO {table} (note) VALUES ('{table}')")
    create(shared_worker, db, name, mode="incrementing", tasks__max=2, schema__pattern="public", table__blacklist="not_this")
    for table in "abc":
        assert wait_for_rows(kafka, f"{name}-{table}", 1) == [{"id": 1, "note": table}]
    assert shared_worker.states(name) == ["RUNNING"] * 3
    db.run("CREATE TABLE d (id serial, note text); INSERT INTO d (note) VALUES ('new')")
    assert wait_for_rows(kafka, f"{name}-d", 1) == [{"id": 1, "note": "new"}]
    assert kafka.size(f"{name}-a") == 1  # read on, not again
    db.run("ALTER TABLE a ADD more int DEFAULT 7; INSERT INTO a (note) VALUES ('wider')")
    assert wait_for_rows(kafka, f"{name}-a", 2)[-1] == {"id": 2, "note": "wider", "more": 7}
    db.run("DROP TABLE b; INSERT INTO c (note) VALUES ('goes on')")
    assert wait_for_rows(kafka, f"{name}-c", 2)[-1] == {"id": 2, "note": "goes on"}
    wait_for(lambda: "other tables now: 3 instead of 4" in shared_worker.log(), "the table is missed")
    shared_worker.wait_for_states(name, "RUNNING", "RUNNING", "RUNNING")


def test_tables_that_are_not_found_are_named_once(shared_worker, kafka, db, name):
    create(shared_worker, db, name, mode="bulk", poll__interval__ms=600_000, table__whitelist=f"t,u,{name}-never")
    absent = "(there is none of that name)"
    said = f"{name}-never {absent}"
    wait_for(lambda: f"t {absent}, u {absent}, {said}. Found: nothing" in shared_worker.log(), "all are named")
    for number, (table, found) in enumerate([("t", "public.t"), ("u", "public.t, public.u")], 2):
        db.run(f"CREATE TABLE {table} (id int); INSERT INTO {table} VALUES (1)")
        wait_for_rows(kafka, f"{name}-{table}", 1)
        wait_for(lambda text=f"{said}. Found: {found}": text in shared_worker.log(), f"{found} is there")
        assert shared_worker.log().count(said) == number  # several looks, an answer for each change


@pytest.mark.parametrize("setup, config, said", [
    ("CREATE TABLE t (id int)", {"incrementing__column__name": "id"}, "validate.non.null=false"),
    ("CREATE TABLE t (id int NOT NULL)", {}, "incrementing.column.name"),
    ("CREATE TABLE t (id int NOT NULL)", {"incrementing__column__name": "number"}, 'no column "number"'),
])
def test_what_a_user_has_to_mend_fails_at_once(shared_worker, db, name, setup, config, said):
    db.run(setup)
    create(shared_worker, db, name, mode="incrementing", **config)
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert said in shared_worker.trace(name)


@pytest.mark.parametrize("config, row", [
    ({"mode": "incrementing", "incrementing__column__name": "id"}, "the row with id=3 in public.t"),
    ({"mode": "bulk"}, "row 3 of this reading in public.t"),
])
def test_a_row_that_cannot_be_read_is_named_and_those_before_it_are_sent(shared_worker, kafka, db, name, config, row):
    db.run("CREATE TABLE t (id int NOT NULL, n numeric(8,2)); INSERT INTO t VALUES (1, 1), (2, 2), (3, 'NaN'), (4, 4)")
    create(shared_worker, db, name, errors__tolerance="all", **config)
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert [one["id"] for one in wait_for_rows(kafka, f"{name}-t", 2)] == [1, 2]
    said = f"Column \"n\" of {row} cannot be read: 'NaN'"
    assert said in shared_worker.trace(name) and "numeric.mapping=best_fit_eager_double" in shared_worker.trace(name)


def test_two_tables_of_a_name_are_refused(shared_worker, db, name):
    db.run("CREATE SCHEMA other; CREATE TABLE t (id serial); CREATE TABLE other.t (id serial)")
    create(shared_worker, db, name, mode="bulk")
    wait_for(lambda: "would go to one topic" in (shared_worker.status(name) or {"connector": {}})["connector"].get("trace", ""),
             lambda: f"the connector says why: {shared_worker.status(name)}")


@pytest.mark.parametrize("mode", ["incrementing", "timestamp", "timestamp+incrementing"])
def test_nothing_is_lost_when_the_worker_is_killed_and_the_database_goes(new_worker, kafka, db, name, mode):
    total, topic = kills.records(40_000), f"{name}-t"
    db.run("CREATE TABLE t (id bigint PRIMARY KEY, at timestamp NOT NULL); CREATE INDEX ON t (at, id)",
           "INSERT INTO t SELECT n, '2024-02-29'::timestamp + (n / 3) * interval '1 us' "  # three rows of a time
           f"FROM generate_series(1, {total}) n")
    columns = {"incrementing": {"incrementing__column__name": "id"}, "timestamp": {"timestamp__column__name": "at"}}
    worker = new_worker(session__timeout__ms=6000, heartbeat__interval__ms=2000).start()
    with Network() as network:
        link = network.link(int(db.host.rpartition(":")[2]))
        link.delay(0.02, DOWN)  # not all is read at once
        create(worker, db, name, mode=mode, batch__max__rows=500,
               **{key: column for part in mode.split("+") for key, column in columns[part].items()},
               connection__url=f"jdbc:postgresql://{link.address}/{db.name}?socketTimeout=1&connectTimeout=1")
        for moment in kills.moments(total, 1000):
            wait_for(lambda least=moment: kafka.size(topic) > least, "rows arrive", kills.seconds(total), interval=0.01)
            told = worker.log().count("will be tried again")
            link.cut()
            wait_for(lambda times=told: worker.log().count("will be tried again") > times, "the cut is noticed")
            worker.kill()
            assert kafka.size(topic) < total  # in the middle
            link.delay(0, DOWN)
            worker.start()
        wait_for(lambda: kafka.size(topic) >= total and {row["id"] for row in rows(kafka, topic, kills.seconds(total))}
                 == set(range(1, total + 1)), "all are there", kills.seconds(total), interval=1)


@pytest.mark.parametrize("mode", ["bulk", "timestamp"])
def test_a_large_table_is_not_loaded(worker, kafka, db, name, mode):
    """Of 120 MB; a small table has made the worker's memory what it is."""
    column = {} if mode == "bulk" else {"timestamp__column__name": "at"}
    fill = "SELECT n, '2024-02-29'::timestamp + n * interval '1 us', repeat('x', 400) FROM generate_series(1, {}) n"
    for table, count in (("small", 20_000), ("large", 300_000)):
        db.run(f"CREATE TABLE {table} (id bigint PRIMARY KEY, at timestamp NOT NULL UNIQUE, text text)",
               f"INSERT INTO {table} {fill.format(count)}")
    peak = {}
    for table, count in (("small", 20_000), ("large", 300_000)):
        create(worker, db, f"{name}-{table}", mode=mode, table__whitelist=table, poll__interval__ms=600_000, **column)
        topic = f"{name}-{table}-{table}"
        wait_for(lambda: kafka.size(topic) == count, lambda: f"{count} rows, but {kafka.size(topic)}", 90)
        peak[table] = worker.peak_mb()
    assert peak["large"] - peak["small"] < 60, peak  # with what waits for the broker
