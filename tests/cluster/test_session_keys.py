"""What signs requests between workers (KIP-507, inter.worker.*): algorithms, lives of keys, and workers that do not
agree; of our workers, and of ours and the peer's."""

import base64
import hashlib
import hmac
import json

import pytest
from support.group import settled
from support.ledger import SOURCE
from support.peer import JavaWorker
from support.worker import Worker, wait_for

PAIRS = pytest.mark.parametrize("kinds", [pytest.param((Worker, Worker), id="sluice"),
                                          pytest.param((JavaWorker, Worker), id="java-leads"),
                                          pytest.param((Worker, JavaWorker), id="sluice-leads")])
REFUSED = "This worker does not support the 'HmacSHA1' key signing algorithm used by other workers. This worker is " \
          "currently configured to use: [HmacSHA384, HmacSHA512]. Check that all workers' configuration files permit " \
          "the same set of signature algorithms, and correct any misconfigured worker and restart it."


def keys(kafka, group):
    """The records of session keys, oldest first."""
    records = kafka.read(f"{group.name}-configs")
    return [json.loads(record.value()) for record in records if record.key() == b"session-key"]


def create_at(group, worker, name, file):
    """Creates connectors until that worker has a new one; answers it."""
    for number in range(3):
        connector = f"{name}-{number}"
        settled(worker, "PUT", f"/connectors/{connector}/config", 201,
                {"connector.class": SOURCE, "file": str(file), "topic": name})
        placed = wait_for(lambda of=connector: group.placement().get(of), f"{connector} has a worker")
        if placed == worker.worker_id:
            return connector
    raise AssertionError(f"none of the connectors is at {worker.worker_id}: {group.placement()}")


@PAIRS
def test_workers_that_agree_on_others_than_the_default(new_group, kafka, name, tmp_path, kinds):
    """And before that one that does not agree: it cannot hand over its tasks, and says why, until it is mended."""
    kafka.create(name)
    (tmp_path / "in.txt").touch()
    group = new_group(plugin__path=None, inter__worker__key__generation__algorithm="HmacSHA512",
                      inter__worker__key__size=384, inter__worker__key__ttl__ms=2000,
                      inter__worker__signature__algorithm="HmacSHA384",
                      inter__worker__verification__algorithms="HmacSHA384,HmacSHA512")
    leader, = group.add(kind=kinds[0])
    follower, = group.add(kind=kinds[1], inter__worker__signature__algorithm="HmacSHA1",
                          inter__worker__verification__algorithms="HmacSHA1,HmacSHA512")
    waits = create_at(group, follower, f"{name}-mistaken", tmp_path / "in.txt")
    wait_for(lambda: REFUSED in follower.log(), lambda: f"its log says why: {follower.log()[-3000:]}")
    status = follower.status(waits)
    assert status["connector"]["state"] == "RUNNING" and status["tasks"] == []

    follower.stop()
    follower.settings.update({"inter.worker.signature.algorithm": "HmacSHA384",
                              "inter.worker.verification.algorithms": "HmacSHA384,HmacSHA512"})
    follower.start()
    follower.wait_for_states(waits, "RUNNING", "RUNNING")
    told = keys(kafka, group)
    assert {key["algorithm"] for key in told} == {"HmacSHA512"}
    assert {len(base64.b64decode(key["key"])) for key in told} == {384 // 8}
    wait_for(lambda: len(keys(kafka, group)) >= len(told) + 2, "new keys, as the old ones expire")
    connector = create_at(group, follower, f"{name}-agreed", tmp_path / "in.txt")
    follower.wait_for_states(connector, "RUNNING", "RUNNING")
    told = [key["key"] for key in keys(kafka, group)]
    assert sorted(set(told)) == sorted(told)


def sign(worker, key, connector, tasks, algorithm="HmacSHA256"):
    """Asks as another worker of the group would."""
    body = json.dumps(tasks).encode()
    digest = hmac.digest(base64.b64decode(key["key"]), body, getattr(hashlib, algorithm[4:].lower()))
    return worker.request("POST", f"/connectors/{connector}/tasks", body, {
        "Content-Type": "application/json", "X-Connect-Authorization": base64.b64encode(digest).decode(),
        "X-Connect-Request-Signature-Algorithm": algorithm})


def test_a_key_is_everybodys(new_group, kafka, name, tmp_path):
    """The one that our leader has made is good for a leader of the peer's, and for ours after that."""
    kafka.create(name)
    (tmp_path / "in.txt").touch()
    group = new_group(plugin__path=None)
    first, = group.add()
    key, = keys(kafka, group)
    java, = group.add(kind=JavaWorker)
    assert group.leader() is first
    at_java = create_at(group, java, f"{name}-at-java", tmp_path / "in.txt")
    first.wait_for_states(at_java, "RUNNING", "RUNNING")
    assert first.stop() == 0
    last, = group.add()
    assert group.leader() is java
    at_last = create_at(group, last, f"{name}-at-last", tmp_path / "in.txt")
    java.wait_for_states(at_last, "RUNNING", "RUNNING")
    tasks = [task["config"] for task in java.get(f"/connectors/{at_last}/tasks").json]
    for leader in (java, last):
        assert group.leader() is leader
        assert sign(leader, key, at_last, tasks).code == 204
        assert sign(leader, {"key": "AAAA"}, at_last, tasks).code == 403
        if leader is java:
            java.stop()
            group.wait_until_running({connector: 1 for connector in last.get("/connectors").json})
    assert keys(kafka, group) == [key]


def test_a_key_that_another_kind_of_generator_has_made(new_group, kafka, name, tmp_path):
    """The peer's can be any of the JVM's; what it makes signs nevertheless, and our leader makes its own."""
    kafka.create(name)
    (tmp_path / "in.txt").touch()
    group = new_group(plugin__path=None)
    java, = group.add(kind=JavaWorker, inter__worker__key__generation__algorithm="AES")
    sluice, = group.add()
    connector = create_at(group, sluice, name, tmp_path / "in.txt")
    sluice.wait_for_states(connector, "RUNNING", "RUNNING")
    assert [key["algorithm"] for key in keys(kafka, group)] == ["AES"]
    java.stop()
    wait_for(lambda: [key["algorithm"] for key in keys(kafka, group)] == ["AES", "HmacSHA256"], "a key of its own")
