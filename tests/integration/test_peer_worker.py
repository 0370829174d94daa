"""The peer's ConnectWorkerIntegrationTest, as far as one worker can show it (tests/README.md)."""

import json

import pytest
from support.doubles import SOURCE, Double, plugin_path
from support.worker import JSON, STRING, Worker, wait_for

SHARED_WORKER = {"config__providers": "file",
                 "config__providers__file__class": "org.apache.kafka.common.config.provider.FileConfigProvider"}
TOO_MANY = ("The connector {} has generated {} tasks, which is greater than {}, the maximum number of tasks it is "
            "configured to create.")


@pytest.fixture
def source(double, name, kafka):
    """Of four tasks, to a topic that exists; not created yet."""
    kafka.create(name)
    return double.source(name, tasks__max=4)


def test_restart_failed_task(source):
    """testRestartFailedTask"""
    source.set(tasks__max=1, producer__override__bootstrap__servers="nobrokerrunningatthisaddress.invalid:9092")
    source.create().wait_for("RUNNING", "FAILED")
    assert "bootstrap" in source.worker.trace(source.connector)
    # The peer's task stays FAILED until it is restarted; a changed configuration restarts it here, too.
    source.set(producer__override__bootstrap__servers=None).create()
    assert source.call("POST", "tasks/0/restart").code == 204
    source.wait_for_tasks(1)


def test_task_statuses(source):
    """testTaskStatuses"""
    for count in (1, 5, 3):
        source.set(tasks__max=count).create().wait_for_tasks(count)
        status = source.worker.status(source.connector)
        assert [task["id"] for task in status["tasks"]] == list(range(count))


def test_pause_stop_resume(source):
    """testPauseStopResume"""
    source.create().wait_for_tasks(4)
    assert source.call("PUT", "pause").code == 202
    source.wait_for("PAUSED", *["PAUSED"] * 4)
    assert source.call("PUT", "resume").code == 202
    source.wait_for_tasks(4)
    assert source.call("PUT", "stop").code == 204
    source.wait_for("STOPPED")
    assert source.worker.get(f"/connectors/{source.connector}/tasks").json == []
    assert source.call("PUT", "resume").code == 202
    source.wait_for_tasks(4)
    assert source.call("PUT", "pause").code == 202
    source.wait_for("PAUSED", *["PAUSED"] * 4)
    assert source.call("PUT", "stop").code == 204
    source.wait_for("STOPPED")
    # From stopped to paused: the connector is paused, and has no tasks.
    assert source.call("PUT", "pause").code == 202
    source.wait_for("PAUSED")
    assert source.call("PUT", "resume").code == 202
    source.wait_for_tasks(4)
    assert source.delete().code == 204
    assert source.worker.get(f"/connectors/{source.connector}").code == 404


def test_stopped_state(source):
    """testStoppedState"""
    source.fail("start")
    source.create().wait_for("FAILED")
    assert "This test double was told to fail in start" in source.trace()
    assert source.call("PUT", "stop").code == 204
    source.wait_for("STOPPED")
    assert source.call("GET", "tasks").json == []
    # A failed connector that is stopped runs again once its configuration is right.
    source.fail()
    source.create().wait_for("STOPPED")
    assert source.call("PUT", "resume").code == 202
    source.wait_for_tasks(4)
    # What goes wrong in stop does not matter.
    source.fail("stop")
    assert source.call("PUT", "stop").code == 204
    source.wait_for("STOPPED")
    assert source.call("GET", "tasks").json == []
    source.fail()
    assert source.call("PUT", "resume").code == 202
    source.wait_for_tasks(4)
    assert source.call("PUT", "stop").code == 204
    source.wait_for("STOPPED")
    assert source.delete().code == 204
    wait_for(lambda: source.worker.status(source.connector) is None, "its status is gone")


def test_patch_connector_config(source):
    """testPatchConnectorConfig"""
    source.set(unaffected="kept", to__be__deleted="value", to__be__configured="value").create().wait_for_tasks(4)
    answer = source.call("PATCH", "config", {"to.be.deleted": None, "to.be.configured": "another", "tasks.max": "3"})
    assert answer.code == 200, answer.text
    config = answer.json["config"]
    assert config["unaffected"] == "kept" and config["to.be.configured"] == "another"
    assert "to.be.deleted" not in config
    source.wait_for_tasks(3)
    assert source.call("GET", "config").json == config


def test_tasks_max_enforcement(new_worker, new_double, name, kafka):
    """testTasksMaxEnforcement"""
    kafka.create(name)
    worker = new_worker(plugin__path=plugin_path()).start()
    source = new_double(worker).source(name, tasks__max=1, task__count=2)
    source.create().wait_for("FAILED")
    assert TOO_MANY.format(source.connector, 2, 1) in source.trace()
    assert worker.get(f"/connectors/{source.connector}/tasks").json == []

    # A set of tasks that is too large already, from a worker of another time.
    assert worker.stop() == 0
    for task in range(2):
        config = {"properties": {**source.config, "task.class": SOURCE, "task.id": str(task)}}
        kafka.produce(f"{name}-configs", [json.dumps(config)], key=f"task-{source.connector}-{task}")
    kafka.produce(f"{name}-configs", ['{"tasks":2}'], key=f"commit-{source.connector}")
    worker.start()
    source.wait_for("FAILED", "FAILED", "FAILED")
    for task in range(2):
        assert TOO_MANY.format(source.connector, 2, 1) in worker.trace(source.connector, task)

    source.set(tasks__max__enforce="false").create().wait_for_tasks(2)
    source.set(task__count=3).create().wait_for_tasks(3)
    source.set(tasks__max__enforce="true", tasks__max=3).create().wait_for_tasks(3)

    # Too many later: the connector has failed, its tasks go on and can be restarted.
    source.set(task__count=4).create().wait_for("FAILED", *["RUNNING"] * 3)
    assert TOO_MANY.format(source.connector, 4, 3) in source.trace()
    before = source.count("task.start")
    assert worker.post(f"/connectors/{source.connector}/restart?includeTasks=true").code == 202
    source.wait_for_event("task.start", before + 3)
    source.wait_for("FAILED", *["RUNNING"] * 3)


def test_compacted_deleted_older_connector_config(new_worker, new_double, name, kafka):
    """testCompactedDeletedOlderConnectorConfig"""
    kafka.create(name)
    kafka.create(name + "-new")
    worker = new_worker(plugin__path=plugin_path()).start()
    old = new_double(worker, connector=name).source(name).create().wait_for_tasks(1)
    assert old.delete().code == 204
    assert worker.stop() == 0

    # What is left of it once the broker has compacted the topic: its tasks, without their connector.
    left = {key: value for key, value in kafka.compacted(f"{name}-configs").items()
            if value and not key.startswith(("connector-", "target-state-"))}
    assert f"task-{name}-0" in left and f"commit-{name}" in left
    kafka.create(f"{name}-again-configs", cleanup_policy="compact")
    for key, value in left.items():
        kafka.produce(f"{name}-again-configs", [value], key=key)

    again = new_worker("-again", plugin__path=plugin_path()).start()
    assert again.get("/connectors").json == []
    old.worker = again
    old.source(name + "-new").create().wait_for_tasks(1)
    tasks = again.get(f"/connectors/{name}/tasks").json
    assert [task["config"]["topic"] for task in tasks] == [name + "-new"]
    wait_for(lambda: kafka.size(name + "-new") > 0, "records in the new topic")


def test_reconfigure_connector_with_failing_task_configs(source, name, tmp_path):
    """testReconfigureConnectorWithFailingTaskConfigs"""
    secrets = tmp_path / "secrets.properties"
    secrets.write_text("password=hush")
    source.set(tasks__max=1, secret="${file:%s:password}" % secrets).create().wait_for_tasks(1)
    # Gone: whoever resolves the configuration that the tasks were made from now fails.
    secrets.unlink()
    assert source.call("POST", "tasks/0/restart").code == 204
    source.wait_for("RUNNING", "FAILED")
    assert str(secrets) in source.worker.trace(source.connector)
    source.set(secret="none").create().wait_for_tasks(1)
    tasks = source.call("GET", "tasks").json
    assert [task["config"]["secret"] for task in tasks] == ["none"]


def test_runtime_property_reconfiguration(source, kafka, name):
    """testRuntimePropertyReconfiguration"""
    source.set(tasks__max=1, value__converter=STRING).create().wait_for_tasks(1)
    wait_for(lambda: kafka.size(name) > 0, "records")
    starts = source.count("task.start")
    source.set(value__converter=JSON, value__converter__schemas__enable="false").create()
    source.wait_for_event("task.start", starts + 1)
    source.wait_for_tasks(1)
    wait_for(lambda: kafka.last(name).value().startswith(b'"value-'), "values of the new converter")


def test_plugin_aliases(source, kafka, name):
    """testPluginAliases"""
    transforms = {"transforms": "rename,drop", "transforms.rename.regex": "nothing", "transforms.rename.replacement": "x",
                  "transforms.drop.predicate": "tombstone", "predicates": "tombstone"}
    package = "org.apache.kafka.connect.transforms."
    spellings = [
        (SOURCE, STRING, package + "RegexRouter", package + "Filter", package + "predicates.RecordIsTombstone"),
        ("MonitorableSourceConnector", "StringConverter", "RegexRouter", "Filter", "RecordIsTombstone"),
        ("MonitorableSource", "String", "RegexRouter", "Filter", "RecordIsTombstone")]
    source.config.update(transforms)
    for connector, converter, rename, drop, predicate in spellings:
        source.set(connector__class=connector, tasks__max=1, key__converter=converter, value__converter=converter,
                   header__converter="SimpleHeaderConverter", transforms__rename__type=rename,
                   transforms__drop__type=drop, predicates__tombstone__type=predicate)
        before = kafka.size(name)
        source.create().wait_for_tasks(1)
        wait_for(lambda start=before: kafka.size(name) > start, f"records with {connector}")
        assert source.worker.get(f"/connectors/{source.connector}").json["type"] == "source"
        found = source.worker.get(f"/connector-plugins/{connector}/config").json
        assert "messages.per.poll" in [key["name"] for key in found]
        answer = source.worker.put(f"/connector-plugins/{connector}/config/validate", source.config)
        assert answer.code == 200 and answer.json["error_count"] == 0, answer.text


def test_reconfiguration_asked_for_by_a_connector(source):
    """requestTaskReconfiguration of the peer's ConnectorContext: new tasks without a new configuration."""
    source.set(tasks__max=5, task__count=2).create().wait_for_tasks(2)
    source.count_file.write_text("3")
    source.command("reconfigure")
    source.wait_for_tasks(3)
    assert source.count("start") == 1


def test_raised_error(source):
    """raiseError of the peer's ConnectorContext: FAILED with its text; tasks go on; a restart helps."""
    source.create().wait_for_tasks(4)
    source.command("raise the origin is gone")
    source.wait_for("FAILED", *["RUNNING"] * 4)
    assert "ConnectException: the origin is gone" in source.trace()
    assert source.call("PUT", "pause").code == 202  # has no effect on the connector
    source.wait_for("FAILED", *["PAUSED"] * 4)
    assert source.call("PUT", "resume").code == 202
    source.wait_for("FAILED", *["RUNNING"] * 4)
    assert source.call("POST", "restart").code == 204
    source.wait_for_tasks(4)


def test_failing_task_configs(source):
    """Asked for again until they are made; FAILED with the trace meanwhile."""
    source.fail("task_configs")
    source.create().wait_for("FAILED")
    assert "This test double was told to fail in task_configs" in source.trace()
    source.wait_for_event("task_configs", 2)
    source.fail()
    source.wait_for_tasks(4)


def test_target_states_outlive_a_worker(new_worker, new_double, kafka, name):
    """Paused comes back paused, stopped comes back stopped; neither is started."""
    kafka.create(name)
    worker = new_worker(plugin__path=plugin_path()).start()
    paused = new_double(worker, "-paused").source(name).create().wait_for_tasks(1)
    stopped = new_double(worker, "-stopped").source(name).create().wait_for_tasks(1)
    assert paused.call("PUT", "pause").code == 202
    assert stopped.call("PUT", "stop").code == 204
    paused.wait_for("PAUSED", "PAUSED")
    stopped.wait_for("STOPPED")
    assert worker.stop() == 0
    worker.start()
    paused.wait_for("PAUSED", "PAUSED")
    stopped.wait_for("STOPPED")
    assert paused.count("start") == 1 and stopped.count("start") == 1
    assert paused.count("task.start") == 1
    assert paused.call("PUT", "resume").code == 202
    paused.wait_for_tasks(1)
    paused.wait_for_event("task.start", 2)


class TestBrokersDown:
    """Those that stop the broker or take its topics away: they have one of their own."""

    @pytest.fixture
    def worker(self, own_kafka, tmp_path, name):
        settings = {"plugin__path": plugin_path(), "rest__request__timeout__ms": 2000}
        with Worker(tmp_path, name, own_kafka.address, **settings) as worker:
            yield worker

    @pytest.fixture
    def source(self, worker, own_kafka, name, tmp_path):
        own_kafka.create(name)
        return Double(worker, name, tmp_path).source(name, tasks__max=1)

    def test_source_task_not_blocked_on_shutdown_with_non_existent_topic(self, worker, source):
        """testSourceTaskNotBlockedOnShutdownWithNonExistentTopic"""
        source.source("nonexistenttopic").create().wait_for_tasks(1)
        source.wait_for_event("poll")
        assert source.delete().code == 204
        wait_for(lambda: worker.status(source.connector) is None, "it is gone", timeout=15)
        assert source.count("task.stop") == 1

    def test_request_timeouts(self, worker, source, own_kafka, name):
        """testRequestTimeouts"""
        source.create().wait_for_tasks(1)
        stage = (f"Request timed out. The worker is currently writing a config for connector {name} to the config "
                 "topic, which began at 2")
        own_kafka.stop()
        try:
            answer = source.set(tasks__max=2).put()
            assert answer.code == 500 and answer.json["message"].startswith(stage), answer.text
        finally:
            own_kafka.start()
        wait_for(lambda: source.set(tasks__max=3).put().code == 200, "the configuration is accepted")
        source.wait_for_tasks(3)

        # Without its topic the write is refused; whether before or after the time-out depends on the client's news of it.
        own_kafka.delete(f"{name}-configs")
        for tasks in (4, 5):
            answer = source.set(tasks__max=tasks).put()
            assert answer.code == 500, answer.text
            assert answer.json["message"].startswith((stage, "Error writing connector configuration to Kafka"))
        assert source.call("GET", "config").json["tasks.max"] == "3"


class TestStandalone:
    """The peer's StandaloneWorkerIntegrationTest."""

    def test_health_check(self, new_double, kafka, name, tmp_path):
        """testHealthCheck"""
        kafka.create(name)
        worker = Worker(tmp_path, name, kafka.address, plugin__path=plugin_path(),
                        offset__storage__file__filename=tmp_path / "offsets")
        double = new_double(worker).source(name, block__in="start")
        file = tmp_path / "connector.json"
        file.write_text(json.dumps(double.config))
        binary, config = worker.command()
        worker.command = lambda: [binary, "--standalone", config, str(file)]
        worker.start(wait=False)
        try:
            wait_for(lambda: double.count("start"), "the connector hangs in start")
            answer = worker.get("/health")
            assert answer.code == 503 and answer.json["status"] == "starting"
            assert answer.json["message"].startswith("Worker is still starting up.")
            double.release()
            answer = wait_for(lambda: (got := worker.get("/health")).code == 200 and got, "the worker is healthy")
            assert answer.json == {"status": "healthy", "message": "Worker has completed startup and is ready to "
                                                                   "handle requests."}
        finally:
            worker.__exit__()
