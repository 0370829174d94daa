"""Public clients of Kafka Connect's REST API, as they are, through a connector's whole life."""

import json
import logging

import pytest
import requests
from kafka_connect import KafkaConnect
from kafka_connect_api.kafka_connect_api import Api, Cluster, Connector
from kafkaconnect.connect import Connect

from support.worker import wait_for

SINK = "org.apache.kafka.connect.file.FileStreamSinkConnector"
SOURCE = "org.apache.kafka.connect.file.FileStreamSourceConnector"


@pytest.fixture
def sink(kafka, name, tmp_path):
    """A sink's configuration, all text, on a topic with one record."""
    topic = f"{name}-in"
    kafka.create(topic)
    kafka.produce(topic, ["a line"])
    return {"connector.class": SINK, "tasks.max": "1", "topics": topic, "file": str(tmp_path / "out.txt")}


def test_kafka_connect_py(worker, sink, name):
    client = KafkaConnect(worker.url, logger=logging.getLogger("client"))
    assert client.get_cluster_info()["version"].startswith("4.")
    assert {"class", "type", "version"} <= set(client.list_connector_plugins()[0])
    assert client.validate_connector_config("FileStreamSink", {**sink, "name": name})["error_count"] == 0
    bad = {**sink, "name": name, "errors.tolerance": "some"}
    assert client.validate_connector_config("FileStreamSink", bad)["error_count"] == 1

    made = client.create_connector({"name": name, "config": sink})
    assert (made["name"], made["type"]) == (name, "sink")
    with pytest.raises(requests.HTTPError, match="409"):
        client.create_connector({"name": name, "config": sink})
    worker.wait_for_states(name, "RUNNING", "RUNNING")
    assert client.list_connectors() == [name]
    assert client.list_connectors(state="running") == [name]
    assert client.list_connectors(expand="info")[name]["info"]["config"]["topics"] == sink["topics"]
    assert client.list_connectors(pattern="nothing") == []

    updated = client.update_connector(name, {**sink, "errors.log.enable": "true"})
    assert updated["config"]["errors.log.enable"] == "true"
    assert client.get_connector_config(name) == {**sink, "errors.log.enable": "true", "name": name}
    worker.wait_for_states(name, "RUNNING", "RUNNING")
    assert client.get_connector(name)["tasks"] == [{"connector": name, "task": 0}]
    task, = client.list_connector_tasks(name)
    assert task["id"] == {"connector": name, "task": 0}
    wait_for(lambda: client.get_connector_task_status(name, 0)["state"] == "RUNNING", "the new task runs")
    wait_for(lambda: client.list_connector_topics(name)[name]["topics"] == [sink["topics"]], "the topic is noted")

    client.pause_connector(name)
    worker.wait_for_states(name, "PAUSED", "PAUSED")
    client.resume_connector(name)
    worker.wait_for_states(name, "RUNNING", "RUNNING")
    client.restart_connector(name)
    restarted = client.restart_connector(name, include_tasks=True)
    assert restarted["connector"]["state"] == "RESTARTING"
    worker.wait_for_states(name, "RUNNING", "RUNNING")
    client.restart_connector_task(name, 0)
    worker.wait_for_states(name, "RUNNING", "RUNNING")
    client.stop_connector(name)
    worker.wait_for_states(name, "STOPPED")
    client.reset_connector_topics(name)
    client.delete_connector(name)
    wait_for(lambda: client.list_connectors() == [], "the connector is gone")
    with pytest.raises(requests.HTTPError, match="404"):
        client.get_connector(name)


def test_kafka_connect_api(worker, sink, name):
    cluster = Cluster(Api(url=worker.url))
    assert cluster.version.startswith("4.") and cluster.kafka_cluster
    connector = Connector(cluster, name)
    assert not _exists(connector)
    connector.config = sink
    assert _exists(connector) and list(cluster.connectors) == [name]
    worker.wait_for_states(name, "RUNNING", "RUNNING")
    assert connector.state == "RUNNING" and connector.connector_class == SINK
    task, = connector.tasks
    assert task.is_running() and task.config["file"] == sink["file"]
    connector.pause()
    worker.wait_for_states(name, "PAUSED", "PAUSED")
    connector.resume()
    worker.wait_for_states(name, "RUNNING", "RUNNING")
    connector.restart()
    connector.cycle_connector()
    worker.wait_for_states(name, "RUNNING", "RUNNING")
    connector.delete()
    wait_for(lambda: not cluster.connectors, "the connector is gone")


def _exists(connector):
    """The client turns a 404 into an exception of its own."""
    try:
        return connector.exists()
    except Exception as error:  # pylint: disable=broad-except
        assert error.code == 404
        return False


def test_kafkaconnect(worker, kafka, name, tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("one\ntwo\n")
    topic = f"{name}-out"
    source = {"connector.class": SOURCE, "tasks.max": 1, "topic": topic, "file": str(lines)}
    client = Connect(worker.url)
    assert SOURCE in client.plugins()
    invalid = json.loads(client.validate_and_create(name, json.dumps({"connector.class": SOURCE, "name": name})))
    assert invalid["error_count"] > 0 and json.loads(client.list()) == []
    made = json.loads(client.validate_and_create(name, json.dumps({**source, "name": name})))
    assert made["type"] == "source"
    worker.wait_for_states(name, "RUNNING", "RUNNING")
    wait_for(lambda: kafka.size(topic) == 2, "both lines arrive")
    assert json.loads(client.info(name))["config"] == json.loads(client.config(name))
    assert json.loads(client.status(name))["tasks"][0]["state"] == "RUNNING"
    assert json.loads(client.tasks(name))[0]["config"]["topic"] == topic
    wait_for(lambda: json.loads(client.topics(name))[name]["topics"] == [topic], "the topic is noted")
    assert client.pause(name) == client.resume(name) == client.restart(name) == ""
    worker.wait_for_states(name, "RUNNING", "RUNNING")
    assert client.remove(name) == ""
    wait_for(lambda: json.loads(client.list()) == [], "the connector is gone")
    assert "not found" in client.info(name)
