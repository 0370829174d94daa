"""The offsets of connectors by REST: the peer's OffsetsApiIntegrationTest, scenario by scenario, but for those of
exactly-once sources (testAlterSourceConnectorOffsetsExactlyOnceSupportEnabled and its reset), which are not here yet."""

import pytest
from confluent_kafka import Consumer
from support.offsets import ALTERED, RESET, alter, create, offsets, path, resume, stop
from support.worker import wait_for

LINES = 10  # of two bytes each: "0\n" to "9\n"
CUSTOM = "custom-offsets"


def to(kafka, *clients):
    """Overrides that send these clients of a connector to another cluster."""
    return {f"{client}__override__bootstrap__servers": kafka.address for client in clients}


# ---- Any connector


def test_get_non_existent_connector_offsets(worker):
    """testGetNonExistentConnectorOffsets"""
    answer = worker.get(path("nobody"))
    assert answer.code == 404 and answer.json["message"] == "Connector nobody not found"


def test_alter_offsets_non_existent_connector(worker):
    """testAlterOffsetsNonExistentConnector; and a reset"""
    answer = alter(worker, "nobody", ({"kafka_topic": "t", "kafka_partition": 0}, {"kafka_offset": 0}))
    assert answer.code == 404 and answer.json["message"] == "Connector nobody not found"
    answer = worker.delete(path("nobody"))
    assert answer.code == 404 and answer.json["message"] == "Connector nobody not found"


def test_alter_offsets_non_stopped_connector(worker, kafka, name, tmp_path):
    """testAlterOffsetsNonStoppedConnector; and a reset"""
    kafka.create(name)
    worker.create(name, connector__class="FileStreamSink", file=tmp_path / "out", topics=name)
    for state, verb in (("RUNNING", "resume"), ("PAUSED", "pause")):
        worker.put(f"/connectors/{name}/{verb}")
        worker.wait_for_states(name, state, state)
        for answer in (alter(worker, name, ({"kafka_topic": name, "kafka_partition": 0}, {"kafka_offset": 0})),
                       worker.delete(path(name))):
            assert answer.code == 400 and answer.json["message"] == (
                "Connectors must be in the STOPPED state before their offsets can be modified. This can be done for "
                f"the specified connector by issuing a 'PUT' request to the '/connectors/{name}/stop' endpoint")


# ---- Sinks


def start_sink(worker, kafka, name, target, partitions=1, **overrides):
    """A sink that has read LINES records of each partition and committed them."""
    kafka.create(name, partitions)
    for partition in range(partitions):
        kafka.produce(name, [f"{partition}.{n}" for n in range(LINES)], partition=partition)
    worker.create(name, connector__class="FileStreamSink", file=target, topics=name, **overrides)
    everything = {(name, partition): LINES for partition in range(partitions)}
    wait_for(lambda: offsets(worker, name) == everything, "all records are committed")


def lines(target):
    return sorted(target.read_text().split()) if target.exists() else []


def sink_lines(partition, first=0):
    return [f"{partition}.{n}" for n in range(first, LINES)]


@pytest.fixture
def overridden_group(name):
    return {"consumer__override__group__id": f"group-of-{name}"}


@pytest.fixture
def sink_elsewhere(other_kafka):
    return to(other_kafka, "consumer", "admin")


def test_get_sink_connector_offsets(worker, kafka, name, tmp_path):
    """testGetSinkConnectorOffsets"""
    start_sink(worker, kafka, name, tmp_path / "out", 2)
    assert kafka.committed(f"connect-{name}", name) == LINES


def test_get_sink_connector_offsets_overridden_consumer_group_id(worker, kafka, name, tmp_path, overridden_group):
    """testGetSinkConnectorOffsetsOverriddenConsumerGroupId"""
    start_sink(worker, kafka, name, tmp_path / "out", **overridden_group)
    assert kafka.committed(f"group-of-{name}", name) == LINES
    assert kafka.committed(f"connect-{name}", name) < 0


def test_get_sink_connector_offsets_different_kafka_cluster_targeted(worker, kafka, other_kafka, name, tmp_path,
                                                                     sink_elsewhere):
    """testGetSinkConnectorOffsetsDifferentKafkaClusterTargeted"""
    start_sink(worker, other_kafka, name, tmp_path / "out", **sink_elsewhere)
    assert other_kafka.committed(f"connect-{name}", name) == LINES
    assert kafka.committed(f"connect-{name}", name) < 0


def alter_and_verify_sink(worker, kafka, name, tmp_path, **overrides):
    start_sink(worker, kafka, name, tmp_path / "first", 3, **overrides)
    stop(worker, name)
    worker.create(name, connector__class="FileStreamSink", file=tmp_path / "second", topics=name, **overrides)
    worker.wait_for_states(name, "STOPPED")
    answer = alter(worker, name, ({"kafka_topic": name, "kafka_partition": 0}, {"kafka_offset": 4}),
                   ({"kafka_topic": name, "kafka_partition": "1"}, None))
    assert answer.code == 200 and answer.json == {"message": ALTERED}, answer.text
    assert offsets(worker, name) == {(name, 0): 4, (name, 2): LINES}
    # Numbers may come as text.
    answer = alter(worker, name, ({"kafka_topic": name, "kafka_partition": "0"}, {"kafka_offset": "5"}))
    assert answer.json == {"message": ALTERED}
    assert offsets(worker, name) == {(name, 0): 5, (name, 2): LINES}
    resume(worker, name)
    wait_for(lambda: lines(tmp_path / "second") == sink_lines(0, 5) + sink_lines(1),
             "what lies behind the altered offsets comes again")
    wait_for(lambda: offsets(worker, name) == {(name, n): LINES for n in range(3)}, "all is committed again")


def test_alter_sink_connector_offsets(worker, kafka, name, tmp_path):
    """testAlterSinkConnectorOffsets"""
    alter_and_verify_sink(worker, kafka, name, tmp_path)


def test_alter_sink_connector_offsets_overridden_consumer_group_id(worker, kafka, name, tmp_path, overridden_group):
    """testAlterSinkConnectorOffsetsOverriddenConsumerGroupId"""
    alter_and_verify_sink(worker, kafka, name, tmp_path, **overridden_group)


def test_alter_sink_connector_offsets_different_kafka_cluster_targeted(worker, other_kafka, name, tmp_path,
                                                                       sink_elsewhere):
    """testAlterSinkConnectorOffsetsDifferentKafkaClusterTargeted"""
    alter_and_verify_sink(worker, other_kafka, name, tmp_path, **sink_elsewhere)


def reset_and_verify_sink(worker, kafka, name, tmp_path, **overrides):
    start_sink(worker, kafka, name, tmp_path / "first", 2, **overrides)
    stop(worker, name)
    worker.create(name, connector__class="FileStreamSink", file=tmp_path / "second", topics=name, **overrides)
    worker.wait_for_states(name, "STOPPED")
    for _ in range(2):  # it may be asked for again
        answer = worker.delete(path(name))
        assert answer.code == 200 and answer.json == {"message": RESET}, answer.text
        assert offsets(worker, name) == {}
    resume(worker, name)
    wait_for(lambda: lines(tmp_path / "second") == sink_lines(0) + sink_lines(1), "everything comes again")


def test_reset_sink_connector_offsets(worker, kafka, name, tmp_path):
    """testResetSinkConnectorOffsets"""
    reset_and_verify_sink(worker, kafka, name, tmp_path)


def test_reset_sink_connector_offsets_overridden_consumer_group_id(worker, kafka, name, tmp_path, overridden_group):
    """testResetSinkConnectorOffsetsOverriddenConsumerGroupId"""
    reset_and_verify_sink(worker, kafka, name, tmp_path, **overridden_group)


def test_reset_sink_connector_offsets_different_kafka_cluster_targeted(worker, other_kafka, name, tmp_path,
                                                                       sink_elsewhere):
    """testResetSinkConnectorOffsetsDifferentKafkaClusterTargeted"""
    reset_and_verify_sink(worker, other_kafka, name, tmp_path, **sink_elsewhere)


@pytest.fixture
def zombie(worker, kafka, name, tmp_path):
    """A stopped sink whose group has a member still."""
    start_sink(worker, kafka, name, tmp_path / "out")
    stop(worker, name)
    consumer = Consumer({"bootstrap.servers": kafka.address, "group.id": f"connect-{name}",
                         "enable.auto.commit": False})
    consumer.subscribe([name])

    def joined():
        consumer.poll(0.1)
        return consumer.assignment()

    try:
        wait_for(joined, "the zombie is in the group")
        yield consumer
    finally:
        consumer.close()


def zombie_text(verb, name):
    return (f"Failed to {verb} consumer group offsets for connector {name} either because its tasks haven't stopped "
            f"completely yet or the connector was resumed before the request to {verb} its offsets could be "
            "successfully completed. If the connector is in a stopped state, this operation can be safely retried. If "
            "it doesn't eventually succeed, the Connect cluster may need to be restarted to get rid of the zombie sink "
            "tasks.")


def test_alter_sink_connector_offsets_zombie_sink_tasks(worker, name, zombie):
    """testAlterSinkConnectorOffsetsZombieSinkTasks"""
    partition = {"kafka_topic": name, "kafka_partition": 0}
    for offset in ({"kafka_offset": 2}, None):
        answer = alter(worker, name, (partition, offset))
        assert answer.code == 500 and answer.json["message"] == zombie_text("alter", name)
    assert offsets(worker, name) == {(name, 0): LINES}
    zombie.close()
    assert alter(worker, name, (partition, {"kafka_offset": 2})).json == {"message": ALTERED}


def test_reset_sink_connector_offsets_zombie_sink_tasks(worker, name, zombie):
    """testResetSinkConnectorOffsetsZombieSinkTasks"""
    answer = worker.delete(path(name))
    assert answer.code == 500 and answer.json["message"] == zombie_text("reset", name)
    zombie.close()
    assert worker.delete(path(name)).json == {"message": RESET}


def test_alter_sink_connector_offsets_invalid_request_body(worker, kafka, name, tmp_path):
    """testAlterSinkConnectorOffsetsInvalidRequestBody"""
    kafka.create(name)
    create(worker, name, "STOPPED", {"connector.class": "FileStreamSink", "file": str(tmp_path / "out"),
                                     "topics": name})
    good = {"kafka_topic": name, "kafka_partition": 0}
    for partition, offset, says in (
            (None, {"kafka_offset": 1}, "The partition for a sink connector offset cannot be null or missing"),
            ({"kafka_partition": 0}, None, "must contain the keys 'kafka_topic' and 'kafka_partition'"),
            ({"kafka_topic": name}, None, "must contain the keys 'kafka_topic' and 'kafka_partition'"),
            ({**good, "kafka_topic": None}, None, "Kafka topic names must be valid strings and may not be null"),
            ({**good, "kafka_partition": None}, None, "Kafka partitions must be valid numbers and may not be null"),
            ({**good, "kafka_partition": "not a number"}, None,
             "Failed to parse the following Kafka partition value in the provided offsets: 'not a number'. Partition "
             "values for sink connectors need to be integers."),
            (good, {"kafka_offset": "not a number"},
             "Failed to parse the following Kafka offset value in the provided offsets: 'not a number'. Offset values "
             "for sink connectors need to be integers."),
            (good, {"key": 1}, "The offset for a sink connector should either be null or contain the key "
                               "'kafka_offset'")):
        answer = alter(worker, name, (partition, offset))
        assert answer.code == 400 and says in answer.json["message"], answer.text
    answer = worker.request("PATCH", path(name), {"offsets": [{"offset": {"kafka_offset": 1}}]})
    assert answer.code == 400 and "cannot be null or missing" in answer.json["message"]
    answer = alter(worker, name, ({"kafka_topic": name, "kafka_partition": 7}, {"kafka_offset": 1}))
    assert answer.code == 400 and f"{name}-7" in answer.json["message"], answer.text  # there is no such partition
    check_bodies(worker, name)


def check_bodies(worker, connector):
    """What is no list of offsets at all; the peer answers some of it with 500."""
    for body in ({}, {"offsets": []}, {"offsets": None}, None):
        answer = worker.request("PATCH", path(connector), body)
        assert answer.code == 400, answer.text
        assert answer.json["message"] == "Partitions / offsets need to be provided for an alter offsets request"
    for body, says in (({"key": []}, 'Unrecognized field "key"'),
                       ({"offsets": [{"key": {}}]}, 'Unrecognized field "key"'),
                       ({"offsets": [{"partition": "p", "offset": None}]}, "expected a JSON object or null"),
                       ({"offsets": [{"partition": {"a": "b"}, "offset": 7}]}, "expected a JSON object or null"),
                       ({"offsets": {}}, "is no list"), (b"[", "not valid JSON")):
        answer = worker.request("PATCH", path(connector), body)
        assert answer.code == 400 and says in answer.json["message"], answer.text


# ---- Sources


def start_source(worker, kafka, name, source, **overrides):
    """A source that has sent LINES records and whose offset is stored."""
    source.write_text("".join(f"{n}\n" for n in range(LINES)))
    worker.create(name, connector__class="FileStreamSource", file=source, topic=name, **overrides)
    wait_for(lambda: offsets(worker, name) == {str(source): 2 * LINES}, "the offset is stored")
    assert kafka.size(name) == LINES


def values(kafka, topic):
    return [record.value().decode() for record in kafka.read(topic)]


@pytest.fixture
def own_topic(name):
    return {"offsets__storage__topic": f"{CUSTOM}-{name}"}


@pytest.fixture
def source_elsewhere(other_kafka, own_topic):
    return {**own_topic, **to(other_kafka, "producer", "consumer", "admin")}


def stored(kafka, topic, connector):
    """The offsets in a topic, by key."""
    return {key: value for key, value in kafka.compacted(topic).items() if key.startswith(f'["{connector}"')}


def key_of(connector, source):
    return f'["{connector}",{{"filename":"{source}"}}]'


def test_get_source_connector_offsets(worker, kafka, name, tmp_path):
    """testGetSourceConnectorOffsets"""
    start_source(worker, kafka, name, tmp_path / "in")
    assert stored(kafka, f"{name}-offsets", name) == {key_of(name, tmp_path / "in"): '{"position":20}'}


def test_get_source_connector_offsets_custom_offsets_topic(worker, kafka, name, tmp_path, own_topic):
    """testGetSourceConnectorOffsetsCustomOffsetsTopic"""
    start_source(worker, kafka, name, tmp_path / "in", **own_topic)
    expected = {key_of(name, tmp_path / "in"): '{"position":20}'}
    assert stored(kafka, f"{CUSTOM}-{name}", name) == expected
    assert stored(kafka, f"{name}-offsets", name) == expected  # the copy, in case the setting goes


def test_get_source_connector_offsets_different_kafka_cluster_targeted(worker, kafka, other_kafka, name, tmp_path,
                                                                       source_elsewhere):
    """testGetSourceConnectorOffsetsDifferentKafkaClusterTargeted"""
    start_source(worker, other_kafka, name, tmp_path / "in", **source_elsewhere)
    assert stored(other_kafka, f"{CUSTOM}-{name}", name) == {key_of(name, tmp_path / "in"): '{"position":20}'}
    assert kafka.size(name) == 0 and kafka.size(f"{CUSTOM}-{name}") == 0


def alter_and_verify_source(worker, kafka, name, tmp_path, **overrides):
    source, other = tmp_path / "in", str(tmp_path / "other")
    start_source(worker, kafka, name, source, **overrides)
    stop(worker, name)
    answer = alter(worker, name, ({"filename": str(source)}, {"position": 10}), ({"filename": other}, {"position": 1}))
    assert answer.code == 200 and answer.json == {"message": ALTERED}, answer.text
    assert offsets(worker, name) == {str(source): 10, other: 1}
    answer = alter(worker, name, ({"filename": other}, None))
    assert answer.json == {"message": ALTERED}
    assert offsets(worker, name) == {str(source): 10}
    resume(worker, name)
    wait_for(lambda: kafka.size(name) == LINES + 5, "half of the lines come again")
    assert values(kafka, name)[LINES:] == ["5", "6", "7", "8", "9"]
    wait_for(lambda: offsets(worker, name) == {str(source): 20}, "the offset is stored again")


def test_alter_source_connector_offsets(worker, kafka, name, tmp_path):
    """testAlterSourceConnectorOffsets"""
    alter_and_verify_source(worker, kafka, name, tmp_path)


def test_alter_source_connector_offsets_custom_offsets_topic(worker, kafka, name, tmp_path, own_topic):
    """testAlterSourceConnectorOffsetsCustomOffsetsTopic"""
    alter_and_verify_source(worker, kafka, name, tmp_path, **own_topic)


def test_alter_source_connector_offsets_different_kafka_cluster_targeted(worker, other_kafka, name, tmp_path,
                                                                         source_elsewhere):
    """testAlterSourceConnectorOffsetsDifferentKafkaClusterTargeted"""
    alter_and_verify_source(worker, other_kafka, name, tmp_path, **source_elsewhere)


def reset_and_verify_source(worker, kafka, name, tmp_path, **overrides):
    source = tmp_path / "in"
    start_source(worker, kafka, name, source, **overrides)
    stop(worker, name)
    for _ in range(2):  # it may be asked for again
        answer = worker.delete(path(name))
        assert answer.code == 200 and answer.json == {"message": RESET}, answer.text
        assert offsets(worker, name) == {}
    resume(worker, name)
    wait_for(lambda: kafka.size(name) == 2 * LINES, "all lines come again")
    assert values(kafka, name)[LINES:] == [str(n) for n in range(LINES)]
    wait_for(lambda: offsets(worker, name) == {str(source): 20}, "the offset is stored again")


def test_reset_source_connector_offsets(worker, kafka, name, tmp_path):
    """testResetSourceConnectorOffsets"""
    reset_and_verify_source(worker, kafka, name, tmp_path)


def test_reset_source_connector_offsets_custom_offsets_topic(worker, kafka, name, tmp_path, own_topic):
    """testResetSourceConnectorOffsetsCustomOffsetsTopic"""
    reset_and_verify_source(worker, kafka, name, tmp_path, **own_topic)
    assert set(stored(kafka, f"{name}-offsets", name).values()) == {'{"position":20}'}


def test_reset_source_connector_offsets_different_kafka_cluster_targeted(worker, other_kafka, name, tmp_path,
                                                                         source_elsewhere):
    """testResetSourceConnectorOffsetsDifferentKafkaClusterTargeted"""
    reset_and_verify_source(worker, other_kafka, name, tmp_path, **source_elsewhere)


def test_alter_source_connector_offsets_invalid_request_body(worker, name, tmp_path):
    """testAlterSourceConnectorOffsetsInvalidRequestBody; and what the file connector says itself (the peer: 500)"""
    source = str(tmp_path / "in")
    config = {"connector.class": "FileStreamSource", "file": source, "topic": name}
    create(worker, name, "STOPPED", config)
    check_bodies(worker, name)
    partition = {"filename": source}
    for changes, says in (
            (({}, {"position": 1}), "Partition objects should contain the key 'filename'"),
            ((None, {"position": 1}), "Partition objects cannot be null"),
            ((partition, {"line": 1}), "Offset objects should either be null or contain the key 'position'"),
            ((partition, {"position": "1"}), "The value for the 'position' key in the offset is expected to be a Long "
                                             "value"),
            ((partition, {"position": 1.5}), "The value for the 'position' key in the offset is expected to be a Long "
                                             "value"),
            ((partition, {"position": -1}), "The value for the 'position' key in the offset should be a non-negative "
                                            "value")):
        answer = alter(worker, name, changes)
        assert answer.code == 400 and answer.json["message"] == says, answer.text
    assert offsets(worker, name) == {}
    create(worker, "stdin", "STOPPED", {"connector.class": "FileStreamSource", "topic": name})
    answer = alter(worker, "stdin", (partition, {"position": 1}))
    assert answer.code == 400 and answer.json["message"].startswith(
        "Offsets cannot be modified if the 'file' configuration is unspecified.")
