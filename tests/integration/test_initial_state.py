"""Connectors that are created PAUSED or STOPPED, and get their offsets before they first run: what the peer's
ConnectWorkerIntegrationTest and StandaloneWorkerIntegrationTest show of initial_state (KIP-980)."""

from support.offsets import ALTERED, RESET, alter, create, offsets, path, resume
from support.worker import wait_for
from test_standalone import standalone  # noqa: F401


def values(kafka, topic):
    return [record.value().decode() for record in kafka.read(topic)]


def lines(target):
    return target.read_text().split() if target.exists() else []


def test_create_connector_with_paused_initial_state(worker, kafka, name, tmp_path):
    """testCreateConnectorWithPausedInitialState"""
    (tmp_path / "in").write_text("1\n2\n")
    config = {"connector.class": "FileStreamSource", "file": str(tmp_path / "in"), "topic": name}
    create(worker, name, "paused", config)
    worker.wait_for_states(name, "PAUSED")  # and no task
    resume(worker, name)
    wait_for(lambda: kafka.size(name) == 2, "both lines")


def test_create_source_connector_with_stopped_initial_state_and_modify_offsets(worker, kafka, name, tmp_path):
    """testCreateSourceConnectorWithStoppedInitialStateAndModifyOffsets"""
    source = tmp_path / "in"
    source.write_text("0\n1\n2\n3\n")
    create(worker, name, "STOPPED", {"connector.class": "FileStreamSource", "file": str(source), "topic": name})
    worker.wait_for_states(name, "STOPPED")
    assert alter(worker, name, ({"filename": str(source)}, {"position": 4})).json == {"message": ALTERED}
    assert offsets(worker, name) == {str(source): 4}
    resume(worker, name)
    wait_for(lambda: kafka.size(name) == 2, "what lies behind the offset")
    assert values(kafka, name) == ["2", "3"]


def test_create_sink_connector_with_stopped_initial_state_and_modify_offsets(worker, kafka, name, tmp_path):
    """testCreateSinkConnectorWithStoppedInitialStateAndModifyOffsets"""
    kafka.create(name)
    kafka.produce(name, ["0", "1", "2", "3"])
    target = tmp_path / "out"
    create(worker, name, "STOPPED", {"connector.class": "FileStreamSink", "file": str(target), "topics": name})
    worker.wait_for_states(name, "STOPPED")
    partition = {"kafka_topic": name, "kafka_partition": 0}
    assert alter(worker, name, (partition, {"kafka_offset": 2})).json == {"message": ALTERED}
    assert offsets(worker, name) == {(name, 0): 2}
    resume(worker, name)
    wait_for(lambda: lines(target) == ["2", "3"], "what lies behind the offset")


def test_delete_connector_created_with_paused_or_stopped_initial_state(worker, name, tmp_path):
    """testDeleteConnectorCreatedWithPausedOrStoppedInitialState"""
    (tmp_path / "in").write_text("1\n")
    config = {"connector.class": "FileStreamSource", "file": str(tmp_path / "in"), "topic": name}
    for state in ("STOPPED", "PAUSED"):
        create(worker, name, state, config)
        worker.wait_for_states(name, state)
        assert worker.delete(f"/connectors/{name}").code == 204
        wait_for(lambda: worker.status(name) is None, "it is gone")
        create(worker, name, None, config)
        worker.wait_for_states(name, "RUNNING", "RUNNING")
        assert worker.delete(f"/connectors/{name}").code == 204
        wait_for(lambda: worker.status(name) is None, "it is gone again")


def test_an_initial_state_that_does_not_exist(worker, name):
    """The peer answers 500."""
    for state in ("STARTED", "", 7, {}):
        answer = worker.post("/connectors", {"name": name, "config": {}, "initial_state": state})
        assert answer.code == 400 and "RUNNING, PAUSED, STOPPED" in answer.json["message"], answer.text
    assert worker.get("/connectors").json == []


def test_create_connector_with_stopped_initial_state(standalone, kafka, name, tmp_path):  # noqa: F811
    """testCreateConnectorWithStoppedInitialState, of a standalone worker"""
    source = tmp_path / "in"
    source.write_text("0\n1\n2\n3\n")
    standalone.start()
    answer = create(standalone, name, "STOPPED",
                    {"connector.class": "FileStreamSource", "file": str(source), "topic": name})
    assert answer.json["tasks"] == []
    standalone.wait_for_states(name, "STOPPED")
    assert offsets(standalone, name) == {}
    assert alter(standalone, name, ({"filename": str(source)}, {"position": 6})).json == {"message": ALTERED}
    assert offsets(standalone, name) == {str(source): 6}
    resume(standalone, name)
    wait_for(lambda: kafka.size(name) == 1, "what lies behind the offset")
    assert values(kafka, name) == ["3"]
    assert standalone.put(f"/connectors/{name}/stop").code == 204
    standalone.wait_for_states(name, "STOPPED")
    assert standalone.delete(path(name)).json == {"message": RESET}
    assert offsets(standalone, name) == {}
