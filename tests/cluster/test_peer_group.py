"""The peer's scenarios that need workers, or a broker, of their own (tests/README.md)."""

import pytest
from support.doubles import Double
from support.worker import wait_for

UNHEALTHY = "Worker was unable to handle this request and may be unable to handle other requests."


def test_broker_coordinator(new_group, own_kafka, name, tmp_path):
    """testBrokerCoordinator (ConnectWorkerIntegrationTest)"""
    own_kafka.create(name)
    group = new_group(broker=own_kafka, rest__request__timeout__ms=2000)
    group.add(2)
    source = Double(group[1], name, tmp_path).source(name, tasks__max=4).create()
    tasks = {source.connector: 4}
    placed = group.wait_until_balanced(tasks)
    own_kafka.stop()
    try:
        for worker in group.workers:
            answer = wait_for(lambda at=worker: (got := at.get("/health")).code != 200 and got, "it is not healthy")
            assert answer.code == 500 and answer.json["status"] == "unhealthy"
            assert answer.json["message"].startswith(UNHEALTHY)
        # Before the group could have given them to others, connector and tasks have stopped, on both.
        wait_for(lambda: all(not group.account(worker) for worker in group.workers), "nothing runs any more")
        assert source.count("stop") == 1 and source.count("task.stop") == 4
    finally:
        own_kafka.start()
    for worker in group.workers:
        group.wait_for_ready(worker)
    before = own_kafka.size(name)
    again = group.wait_until_balanced(tasks)
    assert set(again.values()) == set(placed.values())
    wait_for(lambda: own_kafka.size(name) > before, "records are sent again")


@pytest.mark.parametrize("where", ["start", "stop"])
def test_worker_restart_with_block_in_connector(new_group, new_double, kafka, name, where):
    """testWorkerRestartWithBlockInConnectorStart, ...Stop (BlockingConnectorTest): workers join and leave"""
    kafka.create(name)
    group = new_group(task__shutdown__graceful__timeout__ms=1000)
    first, = group.add()
    blocked = new_double(first).source(name, block__in=where).create().wait_for_event("start")
    if where == "stop":
        blocked.wait_for_tasks(1)
    joining, = group.add()
    other = new_double(joining, "-other").source(name, tasks__max=2).create().wait_for_tasks(2)
    assert first.stop(timeout=20) == 0  # and takes with it what hangs
    other.wait_for_tasks(2)
    blocked.wait_for_event("start", 2)
    if where == "stop":
        group.wait_until_running({blocked.connector: 1, other.connector: 2})
    first.start()
    wait_for(lambda: group.account(first), "the worker that is back has its share")
    other.wait_for_tasks(2)
