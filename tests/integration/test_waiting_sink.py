"""A sink whose registry is away waits as errors.retry.* says, and is a member of its group all the time: beyond
max.poll.interval.ms, and while others come and go."""

import pytest
from confluent_kafka import Consumer
from support.metrics import scrape
from support.registry import AVRO, converter, file_sink, frame, json_lines, text
from support.worker import wait_for

NAME = {"type": "record", "name": "User", "fields": [{"name": "name", "type": "string"}]}
CITY = {"type": "record", "name": "User", "fields": [{"name": "city", "type": "string"}]}
RETRY = {"errors.retry.timeout": "-1", "errors.retry.delay.max.ms": "300"}
INTERVAL = {"consumer.override.max.poll.interval.ms": "6000", "consumer.override.session.timeout.ms": "6000"}


@pytest.fixture
def sink(shared_worker, kafka, registry, gate, name, tmp_path):
    """One that has read a record, and now waits for the schema of the next."""
    kafka.create(name, partitions=2)
    known = registry.register(f"{name}-value", NAME)
    registry.compatibility(f"{name}-value", "NONE")
    later = registry.register(f"{name}-value", CITY)
    out = tmp_path / "out.jsonl"
    kafka.produce(name, [frame(known, text("ann"))])
    file_sink(shared_worker, name, out, name, converter(AVRO, gate.url, max__retries="0"), **RETRY, **INTERVAL)
    wait_for(lambda: len(json_lines(out)) == 1, lambda: f"a line; {shared_worker.status(name)}")
    gate.shut()
    kafka.produce(name, [frame(known, text("bob")), frame(later, text("Ulm")), frame(known, text("eve"))])
    wait_for(lambda: retries(shared_worker, name) >= 5, lambda: f"tries; {shared_worker.status(name)}")
    return out


def retries(worker, connector):
    return scrape(worker).get("task_error_total_retries", connector=connector) or 0


def members(kafka, name):
    described = kafka.admin.describe_consumer_groups([f"connect-{name}"])[f"connect-{name}"].result(20)
    return {member.member_id for member in described.members}


def test_it_waits_longer_than_the_poll_interval(shared_worker, kafka, gate, sink, name):
    before = members(kafka, name)
    assert len(before) == 1
    wait_for(lambda: retries(shared_worker, name) >= 80, "tries for more than twelve seconds", timeout=60)
    assert members(kafka, name) == before
    assert "maximum poll interval" not in shared_worker.log()
    assert shared_worker.states(name) == ["RUNNING", "RUNNING"] and len(json_lines(sink)) == 1
    gate.open()
    wait_for(lambda: len(json_lines(sink)) == 4, lambda: f"all lines; {shared_worker.status(name)}")
    assert json_lines(sink) == [{"name": "ann"}, {"name": "bob"}, {"city": "Ulm"}, {"name": "eve"}]
    wait_for(lambda: kafka.committed(f"connect-{name}", name) == 4, "the commit")


def test_a_rebalance_does_not_wait_for_it(shared_worker, kafka, gate, sink, name):
    """Another member gets its part at once. Whichever that is, nothing is lost and nothing comes twice."""
    other = Consumer({"bootstrap.servers": kafka.address, "group.id": f"connect-{name}", "session.timeout.ms": 6000,
                      "partition.assignment.strategy": "range", "enable.auto.commit": False})
    given = []
    other.subscribe([name], on_assign=lambda _, partitions: given.extend(partitions))
    try:
        wait_for(lambda: other.poll(0.1) and False or given, "its partition", timeout=5)
        assert len(given) == 1
        assert kafka.committed(f"connect-{name}", name) == 1  # what was put, and no more
        assert shared_worker.states(name) == ["RUNNING", "RUNNING"] and len(json_lines(sink)) == 1
    finally:
        other.close()
    gate.open()
    wait_for(lambda: len(json_lines(sink)) == 4, lambda: f"all lines; {shared_worker.status(name)}")
    wait_for(lambda: kafka.committed(f"connect-{name}", name) == 4, "the commit")
    assert json_lines(sink) == [{"name": "ann"}, {"name": "bob"}, {"city": "Ulm"}, {"name": "eve"}]


def test_a_stop_ends_it(shared_worker, kafka, sink, name):
    shared_worker.put(f"/connectors/{name}/stop")
    wait_for(lambda: shared_worker.status(name)["connector"]["state"] == "STOPPED", "the stop", timeout=10)
    wait_for(lambda: not members(kafka, name), "it has left its group", timeout=10)
    assert kafka.committed(f"connect-{name}", name) == 1 and len(json_lines(sink)) == 1
