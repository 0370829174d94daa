"""The peer's integration tests of the data path, as far as one worker and one broker can show them (tests/README.md)."""

import re

import pytest
from support.doubles import Double, plugin_path
from support.worker import Worker, wait_for

TRANSFORMS = "org.apache.kafka.connect.transforms."
PREDICATES = TRANSFORMS + "predicates."


class TestErrorHandling:
    """ErrorHandlingIntegrationTest"""

    def test_skip_retry_and_dlq_with_headers(self, double, kafka, name):
        """testSkipRetryAndDLQWithHeaders"""
        dead = name + "-dead"
        kafka.create(name)
        double.sink(name, errors__tolerance="all", errors__deadletterqueue__topic__name=dead,
                    errors__deadletterqueue__topic__replication__factor=1,
                    errors__deadletterqueue__context__headers__enable="true",
                    errors__retry__timeout=1000, errors__retry__delay__max__ms=100,
                    value__converter="org.apache.kafka.connect.converters.LongConverter",
                    transforms="cast", transforms__cast__type=TRANSFORMS + "HoistField$Value",
                    transforms__cast__field="number").create().wait_for_tasks(1)
        good, bad = (7).to_bytes(8, "big"), b"bad"
        kafka.produce(name, [good, bad, good, bad, good], key="key", headers=[("mine", b"header")])
        wait_for(lambda: len(double.values()) == 3, "what can be read arrives")
        wait_for(lambda: kafka.size(dead) == 2, "the others are dead letters")
        letters = kafka.read(dead)
        for letter, offset in zip(letters, (1, 3)):
            headers = {key: value.decode() for key, value in letter.headers()}
            assert letter.value() == bad and letter.key() == b"key"
            assert headers["mine"] == "header"
            assert headers["__connect.errors.topic"] == name
            assert headers["__connect.errors.partition"] == "0"
            assert headers["__connect.errors.offset"] == str(offset)
            assert headers["__connect.errors.connector.name"] == double.connector
            assert headers["__connect.errors.task.id"] == "0"
            assert headers["__connect.errors.stage"] == "VALUE_CONVERTER"
            assert headers["__connect.errors.class.name"] == "org.apache.kafka.connect.converters.LongConverter"
            assert headers["__connect.errors.exception.class.name"] == "org.apache.kafka.connect.errors.DataException"
            assert headers["__connect.errors.exception.message"]
            assert "DataException" in headers["__connect.errors.exception.stacktrace"]
        wait_for(lambda: kafka.committed(f"connect-{double.connector}", name) == 5, "all of them are done with")

    def test_errant_record_reporter(self, double, kafka, name):
        """testErrantRecordReporter"""
        dead = name + "-dead"
        kafka.create(name)
        double.sink(name, reject__values="value-1,value-3", errors__tolerance="all",
                    errors__deadletterqueue__topic__name=dead, errors__deadletterqueue__topic__replication__factor=1,
                    errors__deadletterqueue__context__headers__enable="true").create().wait_for_tasks(1)
        kafka.produce(name, [f"value-{n}" for n in range(5)])
        wait_for(lambda: kafka.size(dead) == 2, "two dead letters")
        letters = kafka.read(dead)
        assert [letter.value() for letter in letters] == [b"value-1", b"value-3"]
        headers = {key: value.decode() for key, value in letters[0].headers()}
        assert headers["__connect.errors.stage"] == "TASK_PUT"
        assert "rejects value-1" in headers["__connect.errors.exception.message"]
        assert double.worker.states(double.connector) == ["RUNNING", "RUNNING"]


class TestExample:
    """ExampleConnectIntegrationTest"""

    def test_source_connector(self, double, kafka, name):
        """testSourceConnector"""
        kafka.create(name, partitions=3)
        double.source(name, tasks__max=3, throughput=500, max__messages=100).create().wait_for_tasks(3)
        wait_for(lambda: kafka.size(name) == 300, "all records of three tasks")
        for task in range(3):
            mine = [r for r in kafka.read(name) if r.key().startswith(f"key-{double.connector}-{task}-".encode())]
            numbers = sorted(int(record.value().rsplit(b"-", 1)[1]) for record in mine)
            assert numbers == list(range(1, 101))
        # Committed: a task that starts again sends nothing twice.
        wait_for(lambda: len(kafka.compacted(f"{double.worker.name}-offsets")) >= 3, "the offsets are stored")
        assert double.call("PUT", "stop").code == 204
        double.wait_for("STOPPED")
        assert double.call("PUT", "resume").code == 202
        double.wait_for_tasks(3).wait_for_event("task.start", 6)
        assert [event["saved"] for event in double.events("task.start")[3:]] == [100] * 3
        assert kafka.size(name) == 300

    def test_sink_connector(self, double, kafka, name):
        """testSinkConnector"""
        kafka.create(name, partitions=3)
        double.sink(name, tasks__max=3).create().wait_for_tasks(3)
        wait_for(lambda: all(double.owned(task) for task in range(3)), "each task has a partition")
        kafka.produce(name, [f"value-{n}" for n in range(1000)])
        wait_for(lambda: len(double.values()) == 1000, "all records")
        assert double.values() == [f"value-{n}" for n in range(1000)]
        wait_for(lambda: kafka.committed(f"connect-{double.connector}", name) == 1000, "all offsets")


class TestSinkConnectors:
    """SinkConnectorsIntegrationTest: which partitions are opened and closed as topics and tasks come and go."""

    def changes(self, double, after):
        """Opens and closes since `after` events, each with its partitions."""
        return [(event["point"], sorted(partition.rsplit("@", 1)[0] for partition in event["partitions"]))
                for event in double.events()[after:] if event["point"] in ("assigned", "revoked", "lost")]

    def start(self, double, kafka, name, assignor):
        for number in (1, 2, 3):
            kafka.create(f"{name}-{number}")
        double.sink(f"{name}-1", tasks__max=1, consumer__override__metadata__max__age__ms=500,
                    consumer__override__partition__assignment__strategy=assignor)
        double.set(topics=None, topics__regex=re.escape(name) + "-[1-6]")
        double.create().wait_for_tasks(1)
        wait_for(lambda: double.owned() == {f"{name}-{n}-0" for n in (1, 2, 3)}, "three partitions are open")
        return double

    def test_eager_consumer_partition_assignment(self, double, kafka, name):
        """testEagerConsumerPartitionAssignment"""
        self.start(double, kafka, name, "org.apache.kafka.clients.consumer.RoundRobinAssignor")
        before, old = len(double.events()), [f"{name}-{n}-0" for n in (1, 2, 3)]
        kafka.create(f"{name}-4")
        wait_for(lambda: f"{name}-4-0" in double.owned(), "the new topic's partition is open")
        assert self.changes(double, before) == [("revoked", old), ("assigned", old + [f"{name}-4-0"])]

    def test_cooperative_consumer_partition_assignment(self, double, kafka, name):
        """testCooperativeConsumerPartitionAssignment"""
        self.start(double, kafka, name, "org.apache.kafka.clients.consumer.CooperativeStickyAssignor")
        before = len(double.events())
        kafka.create(f"{name}-4")
        wait_for(lambda: f"{name}-4-0" in double.owned(), "the new topic's partition is open")
        assert self.changes(double, before) == [("assigned", [f"{name}-4-0"])]

    def test_two_tasks_share_and_take_over(self, double, kafka, name):
        """The joins and leaves of both tests above, with tasks: what one closes, the other opens, and nothing is lost."""
        kafka.create(name, partitions=4)
        double.sink(name, tasks__max=2).create().wait_for_tasks(2)
        wait_for(lambda: len(double.owned(0)) == 2 and len(double.owned(1)) == 2, "two partitions each")
        assert double.owned(0) | double.owned(1) == {f"{name}-{p}" for p in range(4)}
        double.set(tasks__max=1).create().wait_for_tasks(1)
        wait_for(lambda: len(double.owned(0)) == 4, "the one that is left has all")
        kafka.produce(name, ["a", "b"])
        wait_for(lambda: double.values() == ["a", "b"], "both records, once")


class TestSourceConnectors:
    """SourceConnectorsIntegrationTest: who creates a source's topics, and how."""

    GROUPS = {"topic.creation.default.replication.factor": "1", "topic.creation.default.partitions": "5",
              "topic.creation.groups": "inorder", "topic.creation.inorder.include": ".*-foo",
              "topic.creation.inorder.exclude": ".*-not-foo", "topic.creation.inorder.partitions": "3",
              "topic.creation.inorder.cleanup.policy": "compact"}

    @pytest.fixture
    def worker_without_creation(self, new_worker):
        return new_worker(plugin__path=plugin_path(), topic__creation__enable="false").start()

    def test_topics_are_created_when_auto_create_topics_is_enabled_at_the_broker(
            self, worker_without_creation, new_double, kafka, name):
        """testTopicsAreCreatedWhenAutoCreateTopicsIsEnabledAtTheBroker"""
        double = new_double(worker_without_creation).source(f"{name}-foo")
        double.config.update(self.GROUPS)
        double.create().wait_for_tasks(1)
        wait_for(lambda: kafka.size(f"{name}-foo") > 0, "records")
        assert kafka.partitions(f"{name}-foo") == 1  # the broker's default
        assert kafka.settings(f"{name}-foo")["cleanup.policy"] == "delete"

    def test_topics_are_created_when_topic_creation_is_enabled(self, shared_worker, new_double, kafka, name):
        """testTopicsAreCreatedWhenTopicCreationIsEnabled"""
        for suffix, partitions, policy in (("-foo", 3, "compact"), ("-not-foo", 5, "delete"), ("-bar", 5, "delete")):
            double = new_double(shared_worker, suffix).source(name + suffix)
            double.config.update(self.GROUPS)
            double.create().wait_for_tasks(1)
            wait_for(lambda topic=name + suffix: kafka.size(topic) > 0, "records")
            assert kafka.partitions(name + suffix) == partitions
            assert kafka.settings(name + suffix)["cleanup.policy"] == policy

    def test_a_group_without_its_defaults(self, double, name):
        """Not known to be wrong before a task starts: only duplicate groups are found at submit time, as in Java."""
        double.source(name, topic__creation__groups="mine", topic__creation__mine__include=".*").create()
        double.wait_for("RUNNING", "FAILED")
        assert "topic.creation.default.replication.factor" in double.worker.trace(double.connector)

    def test_switching_to_topic_creation_enabled(self, tmp_path, own_kafka, name):
        """testSwitchingToTopicCreationEnabled"""
        settings = {"plugin__path": plugin_path(), "task__shutdown__graceful__timeout__ms": 1000}
        worker = Worker(tmp_path, name, own_kafka.address, topic__creation__enable="false", **settings)
        own_kafka.create(f"{name}-bar")
        with worker:
            bar = Double(worker, f"{name}-bar", tmp_path).source(f"{name}-bar")
            foo = Double(worker, f"{name}-foo", tmp_path).source(f"{name}-foo")
            for double in (bar, foo):
                double.config.update(self.GROUPS)
                double.create().wait_for_tasks(1)
            wait_for(lambda: own_kafka.size(f"{name}-bar") > 0, "records in the topic that exists")
            foo.wait_for_event("poll")
            assert own_kafka.partitions(f"{name}-foo") == 0
        worker.settings["topic.creation.enable"] = "true"
        with worker:
            wait_for(lambda: own_kafka.size(f"{name}-foo") > 0, "records in the topic that was missing")
            assert own_kafka.partitions(f"{name}-foo") == 3
            assert own_kafka.partitions(f"{name}-bar") == 1


class TestTransformation:
    """TransformationIntegrationTest"""

    FILTER = {"transforms": "filter", "transforms.filter.type": TRANSFORMS + "Filter",
              "transforms.filter.predicate": "drop", "predicates": "drop"}

    def test_filter_on_topic_name_with_sink_connector(self, double, kafka, name):
        """testFilterOnTopicNameWithSinkConnector"""
        foo, bar = f"{name}-foo", f"{name}-bar"
        for topic in (foo, bar):
            kafka.create(topic)
            kafka.produce(topic, [f"{topic} {n}" for n in range(10)])
        double.sink(f"{foo},{bar}")
        double.config.update({**self.FILTER, "predicates.drop.type": PREDICATES + "TopicNameMatches",
                              "predicates.drop.pattern": ".*-foo"})
        double.create().wait_for_tasks(1)
        wait_for(lambda: sum(kafka.committed(f"connect-{double.connector}", topic) for topic in (foo, bar)) == 20,
                 "all are done with")
        assert double.values() == [f"{bar} {n}" for n in range(10)]

    def test_filter_on_tombstones_with_sink_connector(self, double, kafka, name):
        """testFilterOnTombstonesWithSinkConnector"""
        kafka.create(name)
        kafka.produce(name, ["one", None, "two", None, None, "three"], key="key")
        double.sink(name)
        double.config.update({**self.FILTER, "predicates.drop.type": PREDICATES + "RecordIsTombstone"})
        double.create().wait_for_tasks(1)
        wait_for(lambda: kafka.committed(f"connect-{double.connector}", name) == 6, "all are done with")
        assert double.values() == ["one", "two", "three"]

    def test_filter_on_has_header_key_with_source_connector_and_topic_creation(self, double, kafka, name):
        """testFilterOnHasHeaderKeyWithSourceConnectorAndTopicCreation"""
        double.source(name, headers="true", max__messages=100)
        double.config.update({**self.FILTER, "predicates.drop.type": PREDICATES + "HasHeaderKey",
                              "predicates.drop.name": "header-8", "topic.creation.default.partitions": "1",
                              "topic.creation.default.replication.factor": "1"})
        double.create().wait_for_tasks(1)
        wait_for(lambda: kafka.size(name) == 90, "all but those with the header")
        keys = {header for record in kafka.read(name) for header, _ in record.headers()}
        assert keys == {f"header-{n}" for n in range(10) if n != 8}


class TestInternalTopics:
    """InternalTopicsIntegrationTest"""

    def test_create_internal_topics_with_default_settings(self, shared_worker, kafka):
        """testCreateInternalTopicsWithDefaultSettings: with as many replicas as there are brokers, one"""
        for topic in ("configs", "offsets", "status"):
            assert kafka.settings(f"{shared_worker.name}-{topic}")["cleanup.policy"] == "compact"
        assert kafka.partitions(f"{shared_worker.name}-configs") == 1

    def test_fail_to_create_internal_topics_with_more_replicas_than_brokers(self, new_worker):
        """testFailToCreateInternalTopicsWithMoreReplicasThanBrokers"""
        worker = new_worker(config__storage__replication__factor=3, offset__storage__replication__factor=2,
                            default__api__timeout__ms=3000).start(wait=False)
        assert worker.process.wait(60) == 2
        assert re.search("replication.factor", worker.log(), re.IGNORECASE), worker.log()[-2000:]
        assert f"{worker.name}-" in worker.log()

    @pytest.mark.parametrize("topic", ["configs", "offsets", "status"])
    def test_fail_to_start_when_internal_topics_are_not_compacted(self, new_worker, kafka, name, topic):
        """testFailToStartWhenInternalTopicsAreNotCompacted"""
        kafka.create(f"{name}-{topic}", cleanup_policy="delete")
        worker = new_worker().start(wait=False)
        assert worker.process.wait(60) == 2
        assert f"{name}-{topic}" in worker.log() and "cleanup.policy=compact" in worker.log()

    def test_start_when_internal_topics_created_manually_with_compact_for_brokers_default_cleanup_policy(
            self, tmp_path, own_kafka, name):
        """testStartWhenInternalTopicsCreatedManuallyWithCompactForBrokersDefaultCleanupPolicy"""
        own_kafka.set_broker_default("log.cleanup.policy", "compact")
        try:
            for topic in ("configs", "offsets", "status"):
                own_kafka.create(f"{name}-{topic}")
                assert own_kafka.settings(f"{name}-{topic}")["cleanup.policy"] == "compact"
            with Worker(tmp_path, name, own_kafka.address) as worker:
                assert worker.get("/connectors").json == []
        finally:
            own_kafka.set_broker_default("log.cleanup.policy", "delete")
