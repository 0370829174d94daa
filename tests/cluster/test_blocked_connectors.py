"""Connectors that hang, on every worker of a group, hold up nobody else: no request, no rebalance, no task."""

import pytest
from support.worker import wait_for

REQUESTS = 10  # more than a worker has threads for connectors


@pytest.fixture
def hang(group, new_double, kafka, name):
    """On each worker something hangs from now on: requests that validate, or a connector of its own."""
    def make(point):
        kafka.create(name)
        doubles = [new_double(worker, f"-hangs-{number}").source(name, block__in=point)
                   for number, worker in enumerate(group.workers)]
        for double in doubles:
            if point != "validate":
                double.create().wait_for_event(point)
                continue
            for _ in range(REQUESTS):
                with pytest.raises(TimeoutError):
                    double.worker.request("PUT", f"/connectors/{double.connector}/config", double.config, timeout=0.05)
            double.wait_for_event(point, REQUESTS)
        return doubles
    return make


@pytest.fixture
def others(group, new_double, kafka, name):
    """Connectors that do not hang, one created at each worker, and how many tasks they have."""
    tasks = {}
    for number, worker in enumerate(group.workers):
        topic = f"{name}-{number}"
        kafka.create(topic)
        tasks[new_double(worker, f"-works-{number}").source(topic, tasks__max=2)] = 2

    def all_run():
        want = {part for double, count in tasks.items()
                for part in (double.connector, *(f"{double.connector}/{n}" for n in range(count)))}
        placed = group.placement()
        runs = [(part, worker.worker_id) for worker in group.alive() for part in group.account(worker) & want]
        return sorted(runs) == sorted((part, placed.get(part)) for part in want)

    def wait():
        """Until all of them run, each part once, and send."""
        wait_for(all_run, lambda: f"all run once: {group.placement()}")
        topics = [double.config["topic"] for double in tasks]
        before = [kafka.size(topic) for topic in topics]
        wait_for(lambda: all(kafka.size(topic) > was for topic, was in zip(topics, before)), "all of them send")
    return tasks, wait


@pytest.mark.parametrize("point", ["validate", "start", "task_configs"])
def test_others_go_on(group, hang, others, point):
    hanging, (tasks, wait_until_all_run) = hang(point), others
    for double in tasks:
        double.create()
    wait_until_all_run()
    for double in tasks:
        assert double.set(tasks__max=3).put().code == 200
        tasks[double] = 3
        wait_until_all_run()
        assert double.call("POST", "restart?includeTasks=true").code == 202
        answer = double.call("POST", "tasks/0/restart")
        assert answer.code == 204, answer.text
        assert double.call("PUT", "pause").code == 202
        double.wait_for(*["PAUSED"] * 4)
        assert double.call("PUT", "resume").code == 202
        wait_until_all_run()
        for hung in hanging:
            assert double.worker.get(f"/connectors/{hung.connector}").code == (404 if point == "validate" else 200)
    joining, = group.add()
    wait_for(lambda: any(double.connector in part for double in tasks for part in group.account(joining)),
             "the worker that has joined has its share")
    wait_until_all_run()
    leaving = group.followers()[0]
    assert leaving.stop() == 0
    wait_until_all_run()
    for hung in hanging:
        hung.release()
