"""A worker that lacks a class that a connector of the group names: it says so, and does not get that connector."""

import subprocess

import pytest
from support.worker import BINARY

TICKER = "dev.sluice.ticker.TickerSourceConnector"


@pytest.fixture
def ticking(new_group, kafka, name):
    """A group of one worker and one connector."""
    group = new_group()
    worker, = group.add()
    kafka.create(name)
    worker.create(name, connector__class=TICKER, topic=name)
    group.wait_until_balanced({name: 1})
    return group


def ask(worker, *arguments):
    config = worker.command()[-1]
    return subprocess.run([BINARY, *arguments, config], capture_output=True, text=True, timeout=30, check=False)


def test_check_takeover(ticking, name, tmp_path):
    """It needs no port, so the worker that it is to replace may still run."""
    fits = ask(ticking[0], "--check-takeover")
    assert fits.returncode == 0, fits
    assert fits.stdout == f"Group {ticking.name}: 1 connectors, 1 tasks in topic {ticking.name}-configs\n" \
                          "This worker has all that they ask for.\n"
    lacks = ask(ticking.new(plugin__path=tmp_path), "--check-takeover")
    assert lacks.returncode == 2
    assert f"Connector {name}: connector.class is {TICKER}, which is not installed here" in lacks.stdout
    assert f"This worker could not take over: it lacks {TICKER}." in lacks.stdout


def test_check_takeover_makes_no_topic(ticking, kafka):
    mistyped = ticking.new(offset__storage__topic=f"{ticking.name}-ofsets")
    lacks = ask(mistyped, "--check-takeover")
    assert lacks.returncode == 2
    assert f"Topic '{ticking.name}-ofsets' supplied via the 'offset.storage.topic' property does not exist" in lacks.stderr
    assert kafka.partitions(f"{ticking.name}-ofsets") == 0


def test_it_does_not_join(ticking, tmp_path):
    refused = ask(ticking.new(plugin__path=tmp_path))
    assert refused.returncode == 2
    assert f"lacks what connectors of group {ticking.name} ask for: {TICKER}. It does not join" in refused.stderr
    assert f"plugin.path (now {tmp_path})" in refused.stderr


def test_it_joins_when_told_to_and_others_run_that_connector(ticking, name, tmp_path):
    ticking.add(plugin__path=tmp_path, join__unsupported="join")
    placed = ticking.wait_until_running({name: 1})
    assert set(placed.values()) == {ticking[0].worker_id}
    for worker in ticking.workers:
        assert worker.post(f"/connectors/{name}/restart").code == 204
    assert set(ticking.wait_until_running({name: 1}).values()) == {ticking[0].worker_id}


def test_what_it_lacks_never_starts_there(ticking, kafka, name, tmp_path):
    """Of connectors that are created, and changed, when it has joined, it tells only that it lacks their class."""
    ticking.add(plugin__path=tmp_path, join__unsupported="join")
    late = [f"late-{number}-{name}" for number in range(4)]
    for connector in late:
        kafka.create(connector)
    for interval in (100, 50):
        for connector in late:
            ticking[0].create(connector, connector__class=TICKER, topic=connector, interval__ms=interval)
        placed = ticking.wait_until_running({name: 1, **{connector: 1 for connector in late}})
        assert set(placed.values()) == {ticking[0].worker_id}
    told = [line for line in ticking[1].log().splitlines() if any(connector in line for connector in late)]
    assert [line for line in told if "which is not installed here" not in line] == []
