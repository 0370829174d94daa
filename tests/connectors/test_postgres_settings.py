"""Keys of the PostgreSQL connectors that no other test turns, each seen by what it does to a real server's rows."""

import pytest
from records import INT64, STRING, envelope, optional, struct
from support.postgres import SINK
from support.worker import JSON, wait_for
from test_postgres_source import create as create_source
from test_postgres_source import wait_for_rows

AT = "2024-02-29 12:30:00"
AT_MS = 1709209800000


@pytest.mark.parametrize("config, ids", [
    ({"mode": "incrementing", "incrementing__column__name": "id", "incrementing__initial": 2}, [3, 4]),
    ({"mode": "timestamp", "timestamp__column__name": "at", "timestamp__initial": AT_MS + 1}, [3, 4]),
    ({"mode": "timestamp", "timestamp__column__name": "at", "timestamp__initial__ms": AT_MS + 2}, [4]),
], ids=["incrementing.initial", "timestamp.initial", "timestamp.initial.ms"])
def test_where_a_table_without_an_offset_begins(shared_worker, kafka, db, name, config, ids):
    db.run(f"CREATE TABLE t (id int PRIMARY KEY, at timestamp NOT NULL); INSERT INTO t SELECT n, '{AT}'::timestamp + "
           "(n - 1) * interval '1 ms' FROM generate_series(1, 4) n")
    create_source(shared_worker, db, name, **config)
    assert [row["id"] for row in wait_for_rows(kafka, f"{name}-t", len(ids))] == ids


def test_a_time_of_minus_one_is_now(shared_worker, kafka, db, name):
    db.run(f"CREATE TABLE t (id int, at timestamp NOT NULL); INSERT INTO t VALUES (1, '{AT}')")
    create_source(shared_worker, db, name, mode="timestamp", timestamp__column__name="at", timestamp__initial=-1)
    shared_worker.wait_for_states(name, "RUNNING", "RUNNING")
    wait_for(lambda: db.one("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 't'") != "0", "it has looked")
    db.run("INSERT INTO t VALUES (2, now() AT TIME ZONE 'UTC' + interval '1 s')")
    assert [row["id"] for row in wait_for_rows(kafka, f"{name}-t", 1)] == [2]


def test_types_by_mapping_and_granularity(shared_worker, kafka, db, name):
    db.run(f"CREATE TABLE t (whole numeric(9), price numeric(8,2), at timestamp); INSERT INTO t VALUES (12, 1.5, '{AT}')")
    expected = {"precision_only": (12, "lg=="), "best_fit": (12, 1.5)}
    for mapping, (whole, price) in expected.items():
        create_source(shared_worker, db, f"{name}-{mapping}", mode="bulk", poll__interval__ms=600_000, numeric__mapping=mapping,
                      timestamp__granularity="micros_long")
        row = wait_for_rows(kafka, f"{name}-{mapping}-t", 1)[0]
        assert (row["whole"], row["at"]) == (whole, AT_MS * 1000)
        assert row["price"] == price or mapping == "precision_only" and row["price"] == "AJY="
    create_source(shared_worker, db, f"{name}-old", mode="bulk", poll__interval__ms=600_000, numeric__precision__mapping="true",
                  timestamp__granularity="nanos_iso_datetime_string")
    row = wait_for_rows(kafka, f"{name}-old-t", 1)[0]
    assert (row["whole"], row["at"]) == (12, "2024-02-29T12:30:00.000000000")


def test_a_column_that_may_be_null_if_that_is_accepted(shared_worker, kafka, db, name):
    db.run("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (NULL), (2)")
    create_source(shared_worker, db, name, mode="incrementing", incrementing__column__name="ID", validate__non__null="false",
                  quote__sql__identifiers="never")
    assert wait_for_rows(kafka, f"{name}-t", 2) == [{"id": 1}, {"id": 2}]


def test_columns_by_table(shared_worker, kafka, db, name):
    db.run("CREATE TABLE a (n int NOT NULL, changed timestamp NOT NULL); "
           "CREATE TABLE b (number int NOT NULL, made timestamp NOT NULL, changed timestamp); "
           f"INSERT INTO a VALUES (1, '{AT}'); INSERT INTO b VALUES (1, '{AT}', NULL), (2, '{AT}', '{AT}')")
    config = {"mode": "timestamp+incrementing", "timestamp__columns__mapping": "public.a:[changed],public.b:[changed|made]",
              "incrementing__column__mapping": ".*a:n,.*b:number", "table__poll__interval__ms": 600_000}
    create_source(shared_worker, db, name, **config)
    assert [row["n"] for row in wait_for_rows(kafka, f"{name}-a", 1)] == [1]
    assert [row["number"] for row in wait_for_rows(kafka, f"{name}-b", 2)] == [1, 2]
    db.run(f"UPDATE b SET changed = '{AT}'::timestamp + interval '1 s' WHERE number = 1")
    assert [row["number"] for row in wait_for_rows(kafka, f"{name}-b", 3)] == [1, 2, 1]
    db.run("CREATE TABLE c (id int NOT NULL)")
    create_source(shared_worker, db, f"{name}-more", **config)
    shared_worker.wait_for_states(f"{name}-more", "RUNNING", "FAILED")
    assert "No entry of timestamp.columns.mapping matches the table public.c" in shared_worker.trace(f"{name}-more")


def test_views_instead_of_tables(shared_worker, kafka, db, name):
    db.run("CREATE TABLE t (id int); INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT id + 1 AS next FROM t")
    create_source(shared_worker, db, name, mode="bulk", poll__interval__ms=600_000, table__types="VIEW")
    assert wait_for_rows(kafka, f"{name}-v", 1) == [{"next": 2}]
    only = {name: {"topics": [f"{name}-v"]}}
    wait_for(lambda: shared_worker.get(f"/connectors/{name}/topics").json == only, "the table is not read")


def test_a_table_is_read_as_often_as_is_said(shared_worker, kafka, db, name):
    db.run("CREATE TABLE t (id int); INSERT INTO t VALUES (1)")
    create_source(shared_worker, db, f"{name}-rarely", mode="bulk", poll__interval__ms=600_000)
    wait_for_rows(kafka, f"{name}-rarely-t", 1)
    create_source(shared_worker, db, name, mode="bulk", poll__interval__ms=10)
    wait_for_rows(kafka, f"{name}-t", 5)
    assert kafka.size(f"{name}-rarely-t") == 1


def test_rows_are_fetched_as_many_at_a_time_as_is_said(shared_worker, kafka, db, name):
    """The eleventh row waits for a lock; those before it are fetched, and sent, without it."""
    with db.session() as session:
        session.run("SELECT pg_advisory_lock(7)")
        create_source(shared_worker, db, name, mode="bulk", topic__prefix=name, poll__interval__ms=600_000, batch__max__rows=10,
                      query="SELECT n AS id, CASE WHEN n > 10 THEN pg_advisory_lock(7)::text END AS locked "
                            "FROM generate_series(1, 15) n")
        assert [row["id"] for row in wait_for_rows(kafka, name, 10)] == list(range(1, 11))
    assert [row["id"] for row in wait_for_rows(kafka, name, 15)] == list(range(1, 16))


def test_an_offset_of_old_is_resumed(shared_worker, kafka, db, name):
    """By the table's name without its schema, as versions before the protocol 1 stored it."""
    db.run("CREATE TABLE t (id serial); INSERT INTO t SELECT generate_series(1, 4)")
    config = {"mode": "incrementing", "table__whitelist": "none_yet"}
    create_source(shared_worker, db, name, **config)
    shared_worker.put(f"/connectors/{name}/stop")
    shared_worker.wait_for_states(name, "STOPPED")
    offsets = [{"partition": {"table": "t"}, "offset": {"incrementing": 2}}]
    answer = shared_worker.request("PATCH", f"/connectors/{name}/offsets", {"offsets": offsets})
    assert answer.code == 200, answer.text
    create_source(shared_worker, db, name, **{**config, "table__whitelist": "t"})
    shared_worker.put(f"/connectors/{name}/resume")
    assert [row["id"] for row in wait_for_rows(kafka, f"{name}-t", 2)] == [3, 4]


def test_a_masked_query_is_in_no_log(shared_worker, kafka, db, name):
    db.run("CREATE TABLE t (id int); INSERT INTO t VALUES (1)")
    create_source(shared_worker, db, name, mode="bulk", query__masked="SELECT id, 'unspeakable' AS word FROM t",
                  topic__prefix=name, poll__interval__ms=600_000, transaction__isolation__mode="SERIALIZABLE",
                  catalog__pattern="x", table__names__qualify="false", max__buffer__size=1, poll__linger__ms=1,
                  date__calendar__system="PROLEPTIC_GREGORIAN")
    assert wait_for_rows(kafka, name, 1) == [{"id": 1, "word": "unspeakable"}]
    assert "unspeakable" not in shared_worker.log()


TCP = ["tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout"]


@pytest.mark.parametrize("options, expected", [
    ("", ["30", "10", "3", "60000"]),
    ("?options=-c%20tcp_keepalives_idle%3D600%20-c%20tcp_user_timeout%3D90000", ["600", "10", "3", "90000"]),
], ids=["ours", "the URL's"])
def test_the_server_is_to_notice_when_a_worker_is_cut_off(shared_worker, kafka, db, name, options, expected):
    shown = ", ".join(f"current_setting('{one}') AS {one}" for one in TCP)
    create_source(shared_worker, db, name, mode="bulk", query=f"SELECT {shown}", topic__prefix=f"{name}-shown",
                  poll__interval__ms=600_000, connection__url=db.url + options)
    assert wait_for_rows(kafka, f"{name}-shown", 1) == [dict(zip(TCP, expected, strict=True))]
    columns = ", ".join(f"{one} text DEFAULT current_setting('{one}')" for one in TCP)
    db.run(f'CREATE TABLE "{name}" (id bigint, {columns})')
    kafka.create(name)
    kafka.produce(name, [envelope(struct(id=INT64), {"id": 1})])
    shared_worker.create(f"{name}-sink", connector__class=SINK, topics=name, connection__url=db.url + options,
                         connection__user="postgres", key__converter=JSON, value__converter=JSON)
    db.wait_for_count(name, 1)
    assert db.run(f'SELECT {", ".join(TCP)} FROM "{name}"') == ["|".join(expected)]


def test_isolation_is_the_transactions(shared_worker, kafka, db, name):
    create_source(shared_worker, db, name, mode="bulk", query="SELECT current_setting('transaction_isolation') AS level",
                  topic__prefix=name, poll__interval__ms=600_000, transaction__isolation__mode="REPEATABLE_READ")
    assert wait_for_rows(kafka, name, 1) == [{"level": "repeatable read"}]


def test_a_read_is_tried_again_as_often_as_is_said(shared_worker, db, name):
    create_source(shared_worker, db, name, mode="bulk", query="SELECT 1", topic__prefix=name, query__retry__attempts=1,
                  connection__url="jdbc:postgresql://127.0.0.1:1/nowhere", connection__backoff__ms=10)
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert "after 1 retries" in shared_worker.trace(name)


@pytest.mark.parametrize("replace, written", [("true", "none"), ("false", "(null)")])
def test_defaults_for_nulls_and_nanoseconds(shared_worker, kafka, db, name, replace, written):
    schema = struct(id=INT64, note={**optional(STRING), "default": "none"}, at=INT64, said=STRING)
    kafka.create(name)
    kafka.produce(name, [envelope(schema, {"id": 1, "note": None, "at": AT_MS * 1_000_000, "said": f"{AT}.5"})])
    shared_worker.create(name, connector__class=SINK, topics=name, connection__url=db.url, connection__user="postgres",
                         key__converter=JSON, value__converter=JSON, value__converter__replace__null__with__default="false",
                         auto__create="true", replace__null__with__default=replace, timestamp__fields__list="at,said",
                         timestamp__precision__mode="nanoseconds", date__timezone="UTC",
                         date__calendar__system="PROLEPTIC_GREGORIAN", mssql__use__merge__holdlock="false")
    db.wait_for_count(name, 1)
    assert db.run(f'SELECT id, note, at, said, pg_typeof(said) FROM "{name}"') == [
        f"1|{written}|{AT}|{AT}.5|timestamp without time zone"]
