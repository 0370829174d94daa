"""Lists of hosts in connection.url, on two real servers: one that can be written, and a hot standby, with rows of their own."""

import pytest
from records import INT64, envelope, produce, struct
from support import kills
from support.worker import free_port, wait_for
from test_postgres_sink_security import create as create_sink
from test_postgres_source import create as create_source
from test_postgres_source import wait_for_rows

ROW = struct(id=INT64)


class Pair:
    """Both have a database of this name, and a table in it that tells which of them it is of."""

    def __init__(self, primary, standby, name):
        self.primary, self.standby = primary.new_database(name), standby.new_database(name)
        for database, said in ((self.primary, "primary"), (self.standby, "standby")):
            database.run(f"CREATE TABLE t (id int, said text); INSERT INTO t VALUES (1, '{said}')")
        standby.become_standby()

    def url(self, *hosts, **parameters):
        known = {"primary": self.primary.host, "standby": self.standby.host, "dead": f"127.0.0.1:{free_port()}"}
        more = "&".join(f"{key}={value}" for key, value in parameters.items())
        return f"jdbc:postgresql://{','.join(known[host] for host in hosts)}/{self.primary.name}?{more}"


@pytest.fixture(scope="module")
def pair(postgres, tmp_path_factory):
    standby = type(postgres)(tmp_path_factory.mktemp("standby"))
    try:
        pair = Pair(postgres, standby, "hosts")
        yield pair
        pair.primary.drop()
    finally:
        standby.down()


@pytest.mark.parametrize("hosts, target, taken", [
    (["dead", "primary"], {}, "primary"),
    (["dead", "standby"], {}, "standby"),
    (["standby", "primary"], {}, "standby"),  # who reads takes the first that answers
    (["standby", "primary"], {"targetServerType": "primary"}, "primary"),
    (["dead", "primary", "standby"], {"targetServerType": "secondary"}, "standby"),
], ids=lambda value: "-".join(value) or "any" if isinstance(value, (list, dict)) else None)
def test_the_source_takes_the_first_that_will_do(shared_worker, kafka, pair, name, hosts, target, taken):
    create_source(shared_worker, pair.primary, name, mode="bulk", poll__interval__ms=600_000, table__whitelist="t",
                  connection__url=pair.url(*hosts, **target))
    assert wait_for_rows(kafka, f"{name}-t", 1) == [{"id": 1, "said": taken}]


def test_no_host_will_do(shared_worker, pair, name):
    create_source(shared_worker, pair.primary, name, mode="bulk", query="SELECT 1", topic__prefix=name, query__retry__attempts=1,
                  connection__backoff__ms=10, connection__url=pair.url("dead", "primary", targetServerType="secondary"))
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert "Connection refused" in shared_worker.trace(name) and "server is not in hot standby mode" in shared_worker.trace(name)


@pytest.mark.parametrize("hosts", [["dead", "primary"], ["standby", "primary"]], ids="-".join)
def test_the_sink_takes_the_first_that_can_be_written(shared_worker, kafka, pair, name, hosts):
    kafka.create(name)
    produce(kafka, name, [(None, envelope(ROW, {"id": 1}))])
    create_sink(shared_worker, pair.primary, name, connection__url=pair.url(*hosts))
    pair.primary.wait_for_count(name, 1)


def test_the_sink_goes_over_to_another_host(shared_worker, kafka, pair, own_postgres, name):
    """While the first is away, in the middle of the rows; and it stays there. Each row is at one of them at least."""
    total, first = kills.records(3000), own_postgres.new_database(pair.primary.name)
    late = total * 3 // 4

    def rows(begin, end):
        return ((None, envelope(ROW, {"id": n})) for n in range(begin, end))

    def ids(database):
        return {int(line) for line in database.run(f'SELECT id FROM "{name}"')}

    kafka.create(name)
    url = f"jdbc:postgresql://{first.host},{pair.primary.host}/{first.name}"
    create_sink(shared_worker, first, name, connection__url=url, retry__backoff__ms=100,
                consumer__override__max__poll__records=max(50, total // 200))
    with kills.meanwhile(produce, kafka, name, rows(0, total // 2)):
        wait_for(lambda: (first.count(name) or 0) > total // 10, "rows arrive", kills.seconds(total), interval=0.01)
        own_postgres.stop()
    produce(kafka, name, rows(total // 2, late))  # something is left to write, however fast it was
    wait_for(lambda: pair.primary.count(name), "they go to the other", kills.seconds(total))
    own_postgres.start()
    wait_for(lambda: first.run("SELECT 1", check=False), "the first is back")
    before = ids(first)
    produce(kafka, name, rows(late, total))
    wait_for(lambda: pair.primary.one(f'SELECT max(id) FROM "{name}"') == str(total - 1), "the last has come", kills.seconds(total))
    assert ids(first) == before and before | ids(pair.primary) == set(range(total))
