"""The peer's ConnectorRestartApiIntegrationTest, as far as one worker can show it (tests/README.md)."""

import pytest
from support.worker import wait_for

TASKS = 4


def restart(double, only_failed, include_tasks):
    return double.call("POST", f"restart?onlyFailed={str(only_failed).lower()}&includeTasks={str(include_tasks).lower()}")


def planned(answer):
    """The states that a 202 shows: the connector's, then its tasks'."""
    assert answer.code == 202, answer.text
    return [answer.json["connector"]["state"]] + [task["state"] for task in answer.json["tasks"]]


def started(double):
    """How often the connector, and each of its tasks, was started."""
    return [double.count("start")] + [double.count("task.start", task) for task in range(TASKS)]


@pytest.fixture
def running(double, name, kafka):
    kafka.create(name)
    double.source(name, tasks__max=TASKS).create().wait_for_tasks(TASKS)
    assert started(double) == [1] * (TASKS + 1)
    return double


@pytest.fixture
def failed_connector(double, name, kafka):
    """Its tasks run: it has failed since."""
    kafka.create(name)
    double.source(name, tasks__max=TASKS).create().wait_for_tasks(TASKS)
    double.command("raise told to fail")
    return double.wait_for("FAILED", *["RUNNING"] * TASKS)


@pytest.fixture
def failed_tasks(double, name, kafka):
    kafka.create(name)
    double.source(name, tasks__max=TASKS, fail__in="task.start").create().wait_for_tasks(TASKS, "FAILED")
    return double


def wait_for_starts(double, connector, tasks):
    """Each of the parts was started once more, and all of them run."""
    want = [1 + connector] + [1 + task for task in tasks]
    wait_for(lambda: started(double) == want, lambda: f"{want}, but {started(double)}")


def test_restart_unknown_connector_no_params(shared_worker):
    """testRestartUnknownConnectorNoParams"""
    answer = shared_worker.post("/connectors/Unknown/restart")
    assert answer.code == 404 and answer.json == {"error_code": 404, "message": "Unknown connector: Unknown"}


@pytest.mark.parametrize("only_failed", [False, True])
@pytest.mark.parametrize("include_tasks", [False, True])
def test_restart_unknown_connector(shared_worker, only_failed, include_tasks):
    """testRestartUnknownConnector"""
    path = f"/connectors/Unknown/restart?onlyFailed={only_failed}&includeTasks={include_tasks}"
    answer = shared_worker.post(path)
    assert answer.code == 404 and answer.json == {"error_code": 404, "message": "Unknown connector: Unknown"}


def test_running_connector_and_tasks_restart_only_connector(running):
    """testRunningConnectorAndTasksRestartOnlyConnector"""
    assert restart(running, False, False).code == 204
    wait_for_starts(running, 1, [0] * TASKS)
    running.wait_for_tasks(TASKS)
    assert started(running) == [2] + [1] * TASKS


def test_running_connector_and_tasks_restart_both_connector_and_tasks(running):
    """testRunningConnectorAndTasksRestartBothConnectorAndTasks"""
    assert planned(restart(running, False, True)) == ["RESTARTING"] * (TASKS + 1)
    wait_for_starts(running, 1, [1] * TASKS)
    running.wait_for_tasks(TASKS)


@pytest.mark.parametrize("include_tasks", [
    pytest.param(False, id="testRunningConnectorAndTasksRestartOnlyFailedConnectorNoop"),
    pytest.param(True, id="testRunningConnectorAndTasksRestartBothConnectorAndTasksNoop")])
def test_running_connector_and_tasks_restart_noop(running, include_tasks):
    """testRunningConnectorAndTasksRestartOnlyFailedConnectorNoop, ...RestartBothConnectorAndTasksNoop"""
    assert planned(restart(running, True, include_tasks)) == ["RUNNING"] * (TASKS + 1)
    # A second request goes the same way behind the first: once it is done, the first is, too.
    assert planned(restart(running, False, True)) == ["RESTARTING"] * (TASKS + 1)
    wait_for_starts(running, 1, [1] * TASKS)
    running.wait_for_tasks(TASKS)
    assert started(running) == [2] * (TASKS + 1)


def test_failed_connector_restart_only_connector(failed_connector):
    """testFailedConnectorRestartOnlyConnector"""
    assert restart(failed_connector, False, False).code == 204
    wait_for_starts(failed_connector, 1, [0] * TASKS)
    failed_connector.wait_for_tasks(TASKS)


def test_failed_connector_restart_both_connector_and_tasks(failed_connector):
    """testFailedConnectorRestartBothConnectorAndTasks"""
    assert planned(restart(failed_connector, False, True)) == ["RESTARTING"] * (TASKS + 1)
    wait_for_starts(failed_connector, 1, [1] * TASKS)
    failed_connector.wait_for_tasks(TASKS)


def test_failed_connector_restart_only_failed_connector_and_tasks(failed_connector):
    """testFailedConnectorRestartOnlyFailedConnectorAndTasks"""
    answer = restart(failed_connector, True, True)
    assert planned(answer) == ["RESTARTING"] + ["RUNNING"] * TASKS
    assert "told to fail" in answer.json["connector"]["trace"]
    wait_for_starts(failed_connector, 1, [0] * TASKS)
    failed_connector.wait_for_tasks(TASKS)


def test_failed_tasks_restart_only_connector(failed_tasks):
    """testFailedTasksRestartOnlyConnector"""
    assert restart(failed_tasks, False, False).code == 204
    wait_for_starts(failed_tasks, 1, [0] * TASKS)
    failed_tasks.wait_for_tasks(TASKS, "FAILED")


def test_failed_tasks_restart_without_include_tasks_noop(failed_tasks):
    """testFailedTasksRestartWithoutIncludeTasksNoop"""
    assert planned(restart(failed_tasks, True, False)) == ["RUNNING"] + ["FAILED"] * TASKS
    failed_tasks.wait_for_tasks(TASKS, "FAILED")
    assert started(failed_tasks) == [1] * (TASKS + 1)


@pytest.fixture
def tasks_failed_once(double, name, kafka):
    """They fail no longer, if they are started again."""
    kafka.create(name)
    double.fail("task.start")
    double.source(name, tasks__max=TASKS).create().wait_for_tasks(TASKS, "FAILED")
    double.fail()
    return double


def test_failed_tasks_restart_only_tasks(tasks_failed_once):
    """testFailedTasksRestartOnlyTasks"""
    answer = restart(tasks_failed_once, True, True)
    assert planned(answer) == ["RUNNING"] + ["RESTARTING"] * TASKS
    assert all("told to fail in task.start" in task["trace"] for task in answer.json["tasks"])
    wait_for_starts(tasks_failed_once, 0, [1] * TASKS)
    tasks_failed_once.wait_for_tasks(TASKS)


def test_failed_tasks_restart_both_connector_and_tasks(tasks_failed_once):
    """testFailedTasksRestartBothConnectorAndTasks"""
    assert planned(restart(tasks_failed_once, False, True)) == ["RESTARTING"] * (TASKS + 1)
    wait_for_starts(tasks_failed_once, 1, [1] * TASKS)
    tasks_failed_once.wait_for_tasks(TASKS)


def test_one_failed_tasks_restart_only_one_tasks(double, name, kafka):
    """testOneFailedTasksRestartOnlyOneTasks"""
    kafka.create(name)
    double.fail("task.start:2")
    double.source(name, tasks__max=TASKS).create().wait_for("RUNNING", "RUNNING", "RUNNING", "FAILED", "RUNNING")
    double.fail()
    assert planned(restart(double, True, True)) == ["RUNNING", "RUNNING", "RUNNING", "RESTARTING", "RUNNING"]
    wait_for_starts(double, 0, [0, 0, 1, 0])
    double.wait_for_tasks(TASKS)
