"""Three brokers, and workers that reach them and each other through links: brokers are lost, workers are cut off.

One file, so that one cluster does for all of it.
"""

import re

import pytest
from support.ledger import Feed, lines, wait_for_all, wait_for_more
from support.metrics import scrape
from support.worker import wait_for

FAULTS = ["black_hole", "refuse"]
LINES_PER_SECOND = 200


def one_at_a_time(group, old, new):
    """No part has begun at `new` workers before it has stopped at `old` ones. Who is asked last is who should have
    stopped, so it does not matter when each is asked."""
    begun = set().union(*(group.account(worker) for worker in new))
    running = set().union(*(group.account(worker) for worker in old))
    assert not begun & running, f"{begun & running} run twice"


@pytest.mark.parametrize("fault", FAULTS)
def test_cut_off_from_the_brokers(new_remote_group, pipe, brokers, fault):
    """Two workers lose the brokers. They stop their tasks before their sessions end and the third one has them; when
    they come back they take no more than is theirs, and no line is lost."""
    group = new_remote_group()
    group.add(3)
    tasks, source, target = pipe(group[0], brokers)
    with Feed(source, LINES_PER_SECOND):
        placed = group.wait_until_balanced(tasks)
        cut = {group.at(placed[part]) for part in placed if part.endswith("/0")}
        assert len(cut) == 2
        other, = set(group.workers) - cut
        wait_for_more(target, 200)
        for worker in cut:
            getattr(worker.brokers, fault)()

        def taken_over():
            one_at_a_time(group, cut, [other])
            return set(group.placement(other).values()) == {other.worker_id}

        wait_for(taken_over, lambda: f"the third has all: {group.placement(other)}")
        wait_for_more(target, 200)
        for worker in cut:
            assert group.account(worker) == set()
            assert worker.get("/connectors?expand=status").code == 200
            worker.brokers.heal()

        def back():
            one_at_a_time(group, [other], cut)
            return group.balanced(tasks, other)

        wait_for(back, lambda: f"each part runs once: {[group.account(worker) for worker in group.workers]}")
        wait_for_more(target, 200)
    wait_for_all(source, target)


@pytest.mark.parametrize("fault", FAULTS)
def test_workers_cut_off_from_each_other(new_remote_group, new_double, brokers, name, fault):
    """What must go to the other worker fails, and says where to; what need not is answered. Then all is well again,
    also what one worker had to tell the other meanwhile."""
    group = new_remote_group(rest__request__timeout__ms=3000)
    group.add(2)
    leader, (follower,) = group.leader(), group.followers()
    brokers.create(name)
    doubles = {double.connector: double for double in
               [new_double(leader, f"-{n}").source(name, tasks__max=2).create() for n in range(2)]}
    tasks = dict.fromkeys(doubles, 2)
    placed = group.wait_until_balanced(tasks)
    # The follower's connector makes task configs, which the leader writes.
    double = next(doubles[name] for name in doubles if placed[name] == follower.worker_id)
    where = f"/connectors/{double.connector}"
    for worker in group.workers:
        getattr(worker.rest, fault)()
    for asked, at, request in [
            (follower, leader, ("PUT", f"{where}/config", double.config)),
            (follower, leader, ("POST", f"{where}/restart?includeTasks=true")),
            (leader, follower, ("POST", f"{where}/restart"))]:
        answer = asked.request(*request)
        assert answer.code == 500 and at.worker_id in answer.json["message"], answer.text
    for worker in group.workers:
        assert worker.get(f"{where}/status").json["connector"]["state"] == "RUNNING"
        assert worker.get("/connectors?expand=info").code == 200
    asked = double.count("task_configs")
    assert double.set(tasks__max=3).put().code == 200
    double.wait_for_event("task_configs", asked + 1)
    for worker in group.workers:
        worker.rest.cut()  # else the requests that nobody waits for any more would still arrive
        worker.rest.heal()
    group.wait_until_balanced({**tasks, double.connector: 3})
    assert follower.post(f"{where}/restart?includeTasks=true").code == 202
    group.wait_until_balanced({**tasks, double.connector: 3})


def generations(group):
    return [scrape(worker).get("worker_rebalance_epoch") for worker in group.workers]


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_each_broker_goes_and_comes_back(new_remote_group, new_double, pipe, brokers, name, end):
    """First the one that coordinates the group: its members find the next one, which knows them. A session is longer
    than the brokers take to replace one of them, so there is nothing to give to others: no task stops."""
    group = new_remote_group(session__timeout__ms=30_000)
    group.add(2)
    tasks, source, target = pipe(group[0], brokers, partitions=3)
    brokers.create(f"{name}-idle")
    idle = new_double(group[0]).source(f"{name}-idle", tasks__max=2).create()
    with Feed(source, LINES_PER_SECOND):
        group.wait_until_balanced({**tasks, idle.connector: 2})
        before = generations(group)
        first = brokers.coordinator(group.name)
        for broker in sorted(brokers, key=lambda one: one is not first):
            getattr(broker, end)()
            wait_for(lambda gone=broker: brokers.coordinator(group.name) is not gone, "another one coordinates")
            wait_for_all(source, target)
            broker.start()
            brokers.wait_for_replicas()
    wait_for_all(source, target)
    assert sorted(lines(target)) == lines(source)  # each once
    assert group.running_once({**tasks, idle.connector: 2})
    assert generations(group) == before
    assert idle.count("task.start") == 2 and idle.count("task.stop") == 0


class TestInternalTopics:
    """InternalTopicsIntegrationTest"""

    def test_create_internal_topics_with_fewer_replicas_than_brokers(self, new_remote_group, brokers, name):
        """testCreateInternalTopicsWithFewerReplicasThanBrokers"""
        wanted = {"config": ("configs", 1), "offset": ("offsets", 2), "status": ("status", 1)}
        group = new_remote_group(**{f"{kind}__storage__replication__factor": count
                                    for kind, (_, count) in wanted.items()})
        group.add()
        for topic, count in wanted.values():
            partitions = brokers.admin.list_topics(f"{name}-{topic}", timeout=10).topics[f"{name}-{topic}"].partitions
            assert {len(partition.replicas) for partition in partitions.values()} == {count}
            assert brokers.settings(f"{name}-{topic}")["cleanup.policy"] == "compact"

    def test_fail_to_create_internal_topics_with_more_replicas_than_brokers(self, new_remote_group, name):
        """testFailToCreateInternalTopicsWithMoreReplicasThanBrokers, with three brokers"""
        worker = new_remote_group().new(offset__storage__replication__factor=4, default__api__timeout__ms=3000)
        assert worker.start(wait=False).process.wait(60) == 2
        assert re.search("replication.factor", worker.log(), re.IGNORECASE), worker.log()[-2000:]
        assert f"{name}-offsets" in worker.log()
