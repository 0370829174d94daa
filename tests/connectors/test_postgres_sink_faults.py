"""The PostgreSQL sink while the database restarts, and while its worker is killed: nothing lost; and nothing twice where
that is promised."""

import pytest
from records import INT64, STRING, envelope, produce, struct
from support import kills
from support.network import DOWN, Network
from support.postgres import SINK
from support.worker import JSON, wait_for

ROW = struct(id=INT64, text=STRING)


def rows(first, count):
    return ((envelope(INT64, n), envelope(ROW, {"id": n, "text": f"row {n}"})) for n in range(first, first + count))


def create(worker, db, name, **config):
    worker.create(name, **{"connector__class": SINK, "topics": name, "connection__url": db.url,
                           "connection__user": "postgres", "key__converter": JSON, "value__converter": JSON,
                           "retry__backoff__ms": 100, "connection__backoff__ms": 100, "max__retries": 1000,
                           "auto__create": "true", **config})


@pytest.mark.parametrize("kill", [False, True], ids=["stop", "kill"])
def test_the_database_restarts_in_the_middle(worker, kafka, own_postgres, name, kill):
    db, total, late = own_postgres.new_database(), kills.records(20_000), 0
    kafka.create(name)
    # Inserts, whose repetition would be refused: rows are written once, or the connector would not go on.
    create(worker, db, name, pk__mode="record_key", pk__fields="id", delivery__guarantee="exactly_once")
    with kills.meanwhile(produce, kafka, name, rows(0, total)):
        for moment in kills.moments(total, 500):
            wait_for(lambda least=moment: (db.count(name) or 0) > least, "rows arrive", kills.seconds(total))
            own_postgres.stop(kill=kill)
            produce(kafka, name, rows(total + late, 5_000))
            own_postgres.start()
            late += 5_000
    db.wait_for_count(name, total + late, timeout=kills.seconds(total))
    assert db.one(f'SELECT sum(id) FROM "{name}"') == str(sum(range(total + late)))
    assert worker.states(name) == ["RUNNING", "RUNNING"]


def test_the_network_to_the_database_fails(worker, kafka, db, name):
    """The answer to a commit may be lost on the way: the offsets in the database say whether it was one."""
    kafka.create(name)
    part = kills.records(20_000) // 4
    with Network() as network:
        link = network.link(int(db.host.rpartition(":")[2]))
        create(worker, db, name, delivery__guarantee="exactly_once",
               connection__url=f"jdbc:postgresql://{link.address}/{db.name}?socketTimeout=1&connectTimeout=1")
        for n in range(4):
            with kills.meanwhile(produce, kafka, name, rows(n * part, part)):
                wait_for(lambda least=n * part + part // 5: (db.count(name) or 0) > least, "rows arrive", kills.seconds(part))
                link.cut()
        db.wait_for_count(name, 4 * part, timeout=kills.seconds(part))
        link.black_hole(DOWN)
        produce(kafka, name, rows(4 * part, 5_000))
        wait_for(lambda: "gave no sign of life in time" in worker.log(), "the silence is noticed")
        link.heal()
        total = 4 * part + 5_000
        db.wait_for_count(name, total)
    assert db.one(f'SELECT count(*), sum(id) FROM "{name}"') == f"{total}|{sum(range(total))}"
    assert worker.states(name) == ["RUNNING", "RUNNING"]


@pytest.mark.parametrize("mode", ["upsert", "exactly_once"])
def test_a_killed_worker_loses_nothing(new_worker, kafka, db, name, mode):
    config = {"upsert": {"insert__mode": "upsert", "pk__mode": "record_key", "pk__fields": "id"},
              "exactly_once": {"delivery__guarantee": "exactly_once"}}[mode]  # without a key: a repetition would show
    total = kills.records(60_000)
    each, late = total // 2, 20_000  # of a partition
    kafka.create(name, partitions=2)
    for partition in range(2):
        produce(kafka, name, rows(partition * each, each - late), partition)
    # Offsets in Kafka are far behind; and what a dead consumer had is soon another's.
    worker = new_worker(offset__flush__interval__ms=60_000, consumer__session__timeout__ms=6000).start()
    create(worker, db, name, tasks__max=2, **config)
    *more, last = kills.moments(total - 2 * late, 5_000)
    for moment in more:
        wait_for(lambda least=moment: (db.count(name) or 0) > least, "rows arrive", kills.seconds(total))
        worker.kill()
        assert db.count(name) < total - 2 * late, "it was killed too late to be in the middle"
        worker.start()
    wait_for(lambda: (db.count(name) or 0) > last, "rows arrive", kills.seconds(total))
    with db.session() as session:
        session.run(f'BEGIN; LOCK TABLE "{name}" IN SHARE ROW EXCLUSIVE MODE')  # it can be read, and not be written
        for partition in range(2):
            produce(kafka, name, rows((partition + 1) * each - late, late), partition)
        wait_for(lambda: db.one("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0", "a put is in the middle")
        worker.kill()
    assert db.count(name) < total
    worker.start()
    db.wait_for_count(name, total, timeout=kills.seconds(total))
    produce(kafka, name, rows(total, 10))
    db.wait_for_count(name, total + 10)
    assert db.one(f'SELECT count(DISTINCT id), sum(id) FROM "{name}"') == f"{total + 10}|{sum(range(total + 10))}"


def test_another_owner_fences_the_task(worker, kafka, db, name):
    kafka.create(name)
    create(worker, db, name, delivery__guarantee="exactly_once", offsets__table__name="kept_offsets")
    produce(kafka, name, rows(0, 10))
    db.wait_for_count(name, 10)
    assert db.run("SELECT connector, topic, kafka_partition, next_offset FROM kept_offsets") == [f"{name}|{name}|0|10"]
    db.run("UPDATE kept_offsets SET epoch = epoch + 1")
    produce(kafka, name, rows(10, 10))
    worker.wait_for_states(name, "RUNNING", "FAILED")
    assert "fenced" in worker.trace(name)
    assert db.count(name) == 10
    worker.post(f"/connectors/{name}/tasks/0/restart")
    db.wait_for_count(name, 20)


def test_offsets_altered_by_rest_count_in_the_database(worker, kafka, db, name):
    kafka.create(name)
    create(worker, db, name, delivery__guarantee="exactly_once")
    produce(kafka, name, rows(0, 10))
    db.wait_for_count(name, 10)
    worker.put(f"/connectors/{name}/stop")
    worker.wait_for_states(name, "STOPPED")
    offsets = [{"partition": {"kafka_topic": name, "kafka_partition": 0}, "offset": {"kafka_offset": 6}}]
    answer = worker.request("PATCH", f"/connectors/{name}/offsets", {"offsets": offsets})
    assert answer.code == 200, answer.text
    worker.put(f"/connectors/{name}/resume")
    db.wait_for_count(name, 14)
    worker.put(f"/connectors/{name}/stop")
    worker.wait_for_states(name, "STOPPED")
    answer = worker.delete(f"/connectors/{name}/offsets")
    assert answer.code == 200, answer.text
    worker.put(f"/connectors/{name}/resume")
    db.wait_for_count(name, 24)
