"""The peer's BlockingConnectorTest: a plugin that hangs holds up nobody else (tests/README.md).

`rest.request.timeout.ms` is short here, but longer than the 5 s after which a connector that does not stop is left
behind: a restart then waits for the start of the new one.
"""

import shutil

import pytest
from support.doubles import BLOCKED_IN_CONFIG, BLOCKED_IN_INITIALIZE, plugin, plugin_path
from support.worker import wait_for

SHARED_WORKER = {"rest__request__timeout__ms": 6500, "task__shutdown__graceful__timeout__ms": 1000}


@pytest.fixture
def blocked(double, name, kafka):
    """Its topic exists; it is not created yet. At the end of the test it hangs no longer."""
    kafka.create(name)
    return double.source(name)


@pytest.fixture
def others_work(shared_worker, new_double, name, kafka):
    """Creates another connector, waits until it runs, and deletes it."""
    def check(suffix="-other"):
        kafka.create(name + suffix)
        other = new_double(shared_worker, suffix).source(name + suffix).create().wait_for_tasks(1)
        wait_for(lambda: kafka.size(name + suffix) > 0, "records of the other connector")
        assert other.delete().code == 204
        wait_for(lambda: shared_worker.status(other.connector) is None, "the other connector is gone")
    return check


def assert_timed_out(answer, doing):
    assert answer.code == 500, answer.text
    assert answer.json["message"].startswith(f"Request timed out. The worker is currently {doing}, which began at 2")


def test_block_in_connector_validate(blocked, others_work, shared_worker):
    """testBlockInConnectorValidate"""
    assert_timed_out(blocked.set(block__in="validate").put(),
                     "performing multi-property validation for the connector")
    others_work()
    assert shared_worker.get(f"/connectors/{blocked.connector}").code == 404


def test_many_blocked_validations(blocked, others_work, shared_worker):
    """Beyond the peer's: more requests hang than the worker has threads for connectors."""
    blocked.set(block__in="validate")
    for _ in range(12):
        with pytest.raises(TimeoutError):
            shared_worker.request("PUT", f"/connectors/{blocked.connector}/config", blocked.config, timeout=0.05)
    wait_for(lambda: blocked.count("validate") == 12, "all of them hang")
    others_work()


def test_block_in_connector_config(new_worker, new_double, others_work, kafka, name, tmp_path):
    """testBlockInConnectorConfig: here the plugin hangs when it is asked what it is, before it is loaded."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    worker = new_worker(plugin__path=f"{plugin_path()},{folder}", rest__request__timeout__ms=2000)
    worker.environment = {"SLUICE_TEST_RELEASE": str(tmp_path / "released")}
    worker.start()
    shutil.copy(plugin("describe_blocking"), folder)
    kafka.create(name)
    blocked = new_double(worker).source(name, connector__class=BLOCKED_IN_CONFIG)
    assert_timed_out(blocked.put(), "retrieving the configuration definition from the connector")
    new_double(worker, "-other").source(name).create().wait_for_tasks(1)
    assert worker.get("/connectors").json == [f"{name}-other"]
    (tmp_path / "released").touch()


def test_block_in_connector_initialize(blocked, others_work):
    """testBlockInConnectorInitialize"""
    blocked.set(connector__class=BLOCKED_IN_INITIALIZE).create()
    others_work()
    assert_timed_out(blocked.call("POST", "restart"), "starting the connector")
    assert blocked.delete().code == 204


def test_block_in_connector_start(blocked, others_work):
    """testBlockInConnectorStart"""
    blocked.set(block__in="start").create().wait_for_event("start")
    others_work()
    assert_timed_out(blocked.call("POST", "restart"), "starting the connector")
    assert blocked.count("start") == 2  # the first hangs for ever; it does not stand in the way
    # A configuration with which it does not hang is applied.
    blocked.set(block__in="").create().wait_for_tasks(1)


def test_block_in_connector_stop(blocked, others_work, shared_worker):
    """testBlockInConnectorStop"""
    blocked.set(block__in="stop").create().wait_for_tasks(1)
    assert blocked.delete().code == 204
    others_work()
    wait_for(lambda: shared_worker.status(blocked.connector) is None, "its status is gone")


@pytest.mark.parametrize("where", ["start", "stop", "poll"])
def test_block_in_source_task(blocked, others_work, shared_worker, where):
    """testBlockInSourceTaskStart, testBlockInSourceTaskStop"""
    point = where if where == "poll" else f"task.{where}"
    blocked.set(block__in=point).create()
    blocked.wait_for_event("poll" if where == "stop" else point)
    others_work("-other-1")
    assert blocked.delete().code == 204
    others_work("-other-2")
    wait_for(lambda: shared_worker.status(blocked.connector) is None, "its status is gone")


@pytest.mark.parametrize("where", ["start", "stop", "put"])
def test_block_in_sink_task(double, others_work, shared_worker, kafka, name, where):
    """testBlockInSinkTaskStart, testBlockInSinkTaskStop"""
    kafka.create(name)
    kafka.produce(name, ["a record"])
    point = where if where == "put" else f"task.{where}"
    double.sink(name, block__in=point).create()
    double.wait_for_event("put" if where == "stop" else point)
    others_work("-other-1")
    assert double.delete().code == 204
    others_work("-other-2")
    wait_for(lambda: shared_worker.status(double.connector) is None, "its status is gone")


@pytest.mark.parametrize("where", ["start", "stop"])
def test_worker_restart_with_block_in_connector(new_worker, new_double, kafka, name, where):
    """testWorkerRestartWithBlockInConnectorStart, ...Stop: the worker ends in time, and the next one works."""
    kafka.create(name)
    worker = new_worker(plugin__path=plugin_path(), task__shutdown__graceful__timeout__ms=1000).start()
    blocked = new_double(worker).source(name, block__in=where).create().wait_for_event("start")
    if where == "stop":
        blocked.wait_for_tasks(1)
    assert worker.stop(timeout=20) == 0
    worker.start()
    blocked.wait_for_event("start", 2)
    new_double(worker, "-other").source(name).create().wait_for_tasks(1)
    assert worker.stop(timeout=20) == 0
