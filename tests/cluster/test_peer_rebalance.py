"""The peer's RebalanceSourceConnectorsIntegrationTest, and others with three workers (tests/README.md)."""

import pytest
from support.worker import wait_for

TASKS = 4


@pytest.fixture
def connectors(group, new_double, kafka, name):
    """Makes sources of four tasks each, one at each worker; answers them, and how many tasks they have."""
    def make(count):
        kafka.create(name, partitions=3)
        doubles = [new_double(group[i % 3], f"-{i}").source(name, tasks__max=TASKS).create() for i in range(count)]
        return doubles, {double.connector: TASKS for double in doubles}
    return make


def starts(doubles):
    """How often tasks were started, all in all."""
    return sum(double.count("task.start") for double in doubles)


def test_start_two_connectors(group, connectors):
    """testStartTwoConnectors"""
    doubles, tasks = connectors(2)
    group.wait_until_balanced(tasks)
    assert starts(doubles) == 2 * TASKS


def test_reconfig_connector(group, connectors, kafka, name):
    """testReconfigConnector"""
    doubles, tasks = connectors(2)
    group.wait_until_balanced(tasks)
    wait_for(lambda: kafka.size(name) > 0, "records in the first topic")
    kafka.create(f"{name}-new", partitions=3)
    doubles[0].set(topic=f"{name}-new").create().wait_for_event("task.start", 2 * TASKS)
    wait_for(lambda: kafka.size(f"{name}-new") > 0, "records in the new topic")
    group.wait_until_balanced(tasks)
    assert doubles[1].count("task.start") == TASKS  # the other one is left alone


def test_delete_connector(group, connectors):
    """testDeleteConnector"""
    doubles, tasks = connectors(4)
    group.wait_until_balanced(tasks)
    assert doubles[3].delete().code == 204
    del tasks[doubles[3].connector]
    group.wait_until_balanced(tasks)
    group.wait_for_same("/connectors")
    wait_for(lambda: doubles[3].count("task.stop") == TASKS, "its tasks have been stopped")


def test_adding_worker(group, connectors):
    """testAddingWorker"""
    doubles, tasks = connectors(2)
    group.wait_until_balanced(tasks)  # 3, 3 and 2 tasks
    group.add()
    group.wait_until_balanced(tasks)
    assert starts(doubles) == 2 * TASKS + 2  # what moved, and nothing else


def test_removing_worker(group, connectors):
    """testRemovingWorker"""
    doubles, tasks = connectors(4)
    placed = group.wait_until_balanced(tasks)
    gone = group.followers()[0]
    moved = sum(1 for part, at in placed.items() if "/" in part and at == gone.worker_id)
    assert gone.stop() == 0
    group.wait_until_balanced(tasks)
    assert starts(doubles) == 4 * TASKS + moved


def test_multiple_workers_rejoining(group, connectors):
    """testMultipleWorkersRejoining; the leader is one of them"""
    doubles, tasks = connectors(4)
    group.wait_until_balanced(tasks)
    leader = group.leader()
    going = [leader, next(worker for worker in group.workers if worker is not leader)]
    for worker in going:
        assert worker.stop() == 0
    group.wait_until_running(tasks)
    for worker in going:
        worker.start(wait=False)
    for worker in going:
        group.wait_for_ready(worker)
    group.wait_until_balanced(tasks)
    for double in doubles:
        assert double.count("task.start") - double.count("task.stop") == TASKS


def test_add_and_remove_worker(group, connectors):
    """testAddAndRemoveWorker (ConnectWorkerIntegrationTest)"""
    doubles, tasks = connectors(1)
    group.wait_until_balanced(tasks)  # 2, 1 and 1 tasks
    extra, = group.add()
    group.wait_until_balanced(tasks)
    assert starts(doubles) == TASKS + 1
    assert extra.stop() == 0
    group.wait_until_balanced(tasks)
    assert starts(doubles) == TASKS + 2


def test_multi_worker_restart_only_connector(group, connectors):
    """testMultiWorkerRestartOnlyConnector (ConnectorRestartApiIntegrationTest): asked of each worker in turn"""
    (double,), tasks = connectors(1)
    placed = group.wait_until_balanced(tasks)
    for times, worker in enumerate(group.workers, 1):
        assert worker.post(f"/connectors/{double.connector}/restart").code == 204
        double.wait_for_event("start", 1 + times)
        assert group.wait_until_running(tasks) == placed
    assert starts([double]) == TASKS


def test_multi_worker_restart_both_connector_and_tasks(group, connectors):
    """testMultiWorkerRestartBothConnectorAndTasks (ConnectorRestartApiIntegrationTest): asked of each worker in turn"""
    (double,), tasks = connectors(1)
    placed = group.wait_until_balanced(tasks)
    for times, worker in enumerate(group.workers, 1):
        answer = worker.post(f"/connectors/{double.connector}/restart?includeTasks=true&onlyFailed=false")
        assert answer.code == 202, answer.text
        assert {answer.json["connector"]["state"]} | {task["state"] for task in answer.json["tasks"]} == {"RESTARTING"}
        double.wait_for_event("start", 1 + times)
        for task in range(TASKS):
            double.wait_for_event("task.start", 1 + times, task)
        assert group.wait_until_running(tasks) == placed
    assert starts([double]) == TASKS * 4
