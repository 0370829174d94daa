"""A table to a topic to a table, while the broker restarts or the database is killed: every row arrives, and the sink, whose
offsets are in the database, writes each record of the topic once."""

import pytest
from support import kills
from support.postgres import SINK
from support.worker import JSON, Worker, wait_for

SOURCE = "io.confluent.connect.jdbc.JdbcSourceConnector"
ROWS = kills.records(40_000)
BATCH = ROWS // 200
LATE = 1_000


def create_both(worker, db, name):
    both = {"connection__url": db.url, "connection__user": "postgres", "connection__backoff__ms": 100,
            "key__converter": JSON, "value__converter": JSON}
    worker.create(f"{name}-source", connector__class=SOURCE, topic__prefix=f"{name}-", table__whitelist="t",
                  mode="incrementing", incrementing__column__name="id", poll__interval__ms=100, batch__max__rows=BATCH, **both)
    worker.create(f"{name}-sink", connector__class=SINK, topics=f"{name}-t", table__name__format="copy", auto__create="true",
                  delivery__guarantee="exactly_once", retry__backoff__ms=100, max__retries=1000,
                  consumer__override__max__poll__records=BATCH, **both)


@pytest.mark.parametrize("what", ["broker", "database"])
def test_every_row_arrives_and_each_record_is_written_once(what, own_kafka, own_postgres, tmp_path, name):
    db = own_postgres.new_database()
    db.run(f"CREATE TABLE t (id bigint PRIMARY KEY, text text NOT NULL); "
           f"INSERT INTO t SELECT n, 'row ' || n FROM generate_series(1, {ROWS}) n")
    own_kafka.create(f"{name}-t", partitions=2)
    with Worker(tmp_path, name, own_kafka.address) as worker:
        create_both(worker, db, name)
        for moment in kills.moments(ROWS, 1_000):
            wait_for(lambda least=moment: (db.count("copy") or 0) > least, "rows arrive", kills.seconds(ROWS))
            if what == "broker":
                own_kafka.stop()
                own_kafka.start()
            else:
                own_postgres.stop(kill=True)
                own_postgres.start()
                wait_for(lambda: db.run("SELECT 1", check=False), "the database has recovered")
        db.run(f"INSERT INTO t SELECT n, 'late' FROM generate_series({ROWS + 1}, {ROWS + LATE}) n")
        distinct = "SELECT count(DISTINCT id), sum(DISTINCT id) FROM copy"
        expected = f"{ROWS + LATE}|{sum(range(1, ROWS + LATE + 1))}"
        wait_for(lambda: db.one(distinct) == expected, lambda: f"{expected}, but {db.one(distinct)}", kills.seconds(ROWS),
                 interval=0.5)
        # What the source sent twice, if anything, is there twice; nothing else is.
        wait_for(lambda: db.count("copy") == own_kafka.size(f"{name}-t"), "each record is a row")
        for connector in (f"{name}-source", f"{name}-sink"):
            worker.wait_for_states(connector, "RUNNING", "RUNNING")
