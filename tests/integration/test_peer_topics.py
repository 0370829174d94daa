"""The peer's ConnectorTopicsIntegrationTest (tests/README.md)."""

import pytest
from support.doubles import plugin_path
from support.worker import wait_for


def topics(worker, connector):
    answer = worker.get(f"/connectors/{connector}/topics")
    assert answer.code == 200, answer.text
    return sorted(answer.json[connector]["topics"])


def wait_for_topics(double, *names):
    wait_for(lambda: topics(double.worker, double.connector) == sorted(names),
             lambda: f"{names}, but {topics(double.worker, double.connector)}")


def test_get_active_topics(shared_worker, new_double, name, kafka):
    """testGetActiveTopics"""
    foo, bar = f"{name}-foo-topic", f"{name}-bar-topic"
    for topic in (foo, bar):
        kafka.create(topic)
    source = new_double(shared_worker, "-foo").source(foo, tasks__max=2).create().wait_for_tasks(2)
    wait_for_topics(source, foo)
    other = new_double(shared_worker, "-bar").source(bar, tasks__max=2).create().wait_for_tasks(2)
    wait_for_topics(other, bar)
    sink = new_double(shared_worker, "-sink").sink(f"{foo},{bar}", tasks__max=2).create().wait_for_tasks(2)
    wait_for_topics(sink, foo, bar)

    assert other.delete().code == 204
    wait_for(lambda: topics(shared_worker, other.connector) == [], "a deleted connector has no topics")
    wait_for(lambda: kafka.committed(f"connect-{sink.connector}", bar) == kafka.size(bar),
             "the sink has nothing left to read of it")
    assert sink.call("PUT", "topics/reset").code == 202
    wait_for_topics(sink, foo)
    kafka.produce(bar, ["one more"])
    wait_for_topics(sink, foo, bar)

    # Another topic: those of before stay until they are reset.
    source.set(topic=bar).create().wait_for_tasks(2)
    wait_for_topics(source, foo, bar)
    assert source.call("PUT", "topics/reset").code == 202
    wait_for_topics(source, bar)
    assert topics(shared_worker, "no-such-connector") == []


def test_topics_stay_over_pause_and_stop(double, name, kafka):
    """Part of testGetActiveTopics in the peer's documentation (KIP-558): only a deletion or a reset removes them."""
    kafka.create(name)
    double.source(name).create().wait_for_tasks(1)
    wait_for_topics(double, name)
    assert double.call("PUT", "stop").code == 204
    double.wait_for("STOPPED")
    assert topics(double.worker, double.connector) == [name]


def test_topic_tracking_reset_is_disabled(new_worker, new_double, name, kafka):
    """testTopicTrackingResetIsDisabled"""
    worker = new_worker(topic__tracking__allow__reset="false", plugin__path=plugin_path()).start()
    kafka.create(name)
    double = new_double(worker).source(name).create().wait_for_tasks(1)
    wait_for_topics(double, name)
    answer = double.call("PUT", "topics/reset")
    assert answer.code == 403 and answer.json == {"error_code": 403, "message": "Topic tracking reset is disabled."}
    assert topics(worker, double.connector) == [name]


@pytest.mark.parametrize("method, path", [("GET", "topics"), ("PUT", "topics/reset")])
def test_topic_tracking_is_disabled(worker_without_tracking, double_without_tracking, method, path):
    """testTopicTrackingIsDisabled"""
    answer = double_without_tracking.call(method, path)
    assert answer.code == 403 and answer.json == {"error_code": 403, "message": "Topic tracking is disabled."}


@pytest.fixture(scope="module")
def worker_without_tracking(tmp_path_factory, kafka):
    from support.worker import Worker
    folder = tmp_path_factory.mktemp("untracked")
    with Worker(folder, f"untracked-{abs(hash(str(folder))) % 10**8}", kafka.address,
                topic__tracking__enable="false", plugin__path=plugin_path()) as worker:
        yield worker


@pytest.fixture
def double_without_tracking(worker_without_tracking, new_double, name, kafka):
    kafka.create(name)
    double = new_double(worker_without_tracking).source(name).create().wait_for_tasks(1)
    wait_for(lambda: kafka.size(name) > 0, "records")
    return double
