"""Workers that die, freeze, leave and come back while lines travel from a file to a file: a ledger of lines."""

import signal

import pytest
from support.ledger import Feed, lines, missing, wait_for_more
from support.metrics import scrape
from support.offsets import positions
from support.worker import wait_for


def test_kill_9_of_two_of_three_workers(new_group, pipe, name):
    """Both tasks are at workers that die; what is left has them when the session has ended, and no line is lost."""
    group = new_group()
    group.add(3)
    tasks, source, target = pipe(group[0])
    with Feed(source):
        placed = group.wait_until_balanced(tasks)
        doomed = {group.at(placed[f"{name}-from/0"]), group.at(placed[f"{name}-to/0"])}
        assert len(doomed) == 2
        wait_for_more(target)
        for worker in doomed:
            worker.kill()
        survivor, = group.alive()
        placed = group.wait_until_running(tasks)
        assert set(placed.values()) == {survivor.worker_id}
        wait_for_more(target)
    wait_for(lambda: not missing(source, target), lambda: f"every line; missing: {missing(source, target)}")


def test_frozen_workers_take_nothing_back(new_group, pipe, kafka, name):
    """SIGSTOP for longer than the session: another runs their tasks. When they wake they commit no offset, of a source
    or of a sink, and what they ran stops there before it gets anything again."""
    group = new_group()
    group.add(3)
    tasks, source, target = pipe(group[0])

    def committed():
        return kafka.committed(f"connect-{name}-to", name)

    with Feed(source):
        placed = group.wait_until_balanced(tasks)
        frozen = {group.at(placed[f"{name}-from/0"]), group.at(placed[f"{name}-to/0"])}
        awake, = set(group.workers) - frozen
        wait_for_more(target)
        for worker in frozen:
            worker.process.send_signal(signal.SIGSTOP)
        wait_for(lambda: list(group.placement(awake).values()) == [awake.worker_id] * 4,
                 lambda: f"the other one has all: {group.placement(awake)}")
        wait_for_more(target)
        seen = [committed()]
        wait_for(lambda: committed() > seen[0], "more is committed")
        for worker in frozen:
            worker.process.send_signal(signal.SIGCONT)

        def back():
            seen.append(committed())
            return group.balanced(tasks, awake)

        wait_for(back, lambda: f"each part runs once: {[group.account(worker) for worker in group.workers]}")
        wait_for_more(target)
    assert seen == sorted(seen)
    wait_for(lambda: not missing(source, target), lambda: f"every line; missing: {missing(source, target)}")
    written = positions(kafka, name, f"{name}-from")
    assert written == sorted(written)


def test_rolling_restart(new_group, pipe, kafka, name):
    """Nobody waits for workers that leave in order, long as their sessions would be; no line is lost or doubled."""
    group = new_group(session__timeout__ms=120_000, scheduled__rebalance__max__delay__ms=300_000)
    group.add(3)
    tasks, source, target = pipe(group[0])
    with Feed(source):
        group.wait_until_balanced(tasks)
        for worker in list(group.workers):
            wait_for_more(target, 200)
            assert worker.stop() == 0
            group.wait_until_balanced(tasks)
            wait_for_more(target, 200)
            worker.start()
            group.wait_until_balanced(tasks)
    wait_for(lambda: len(lines(target)) >= len(lines(source)), "as many lines have arrived as were sent")
    assert lines(target) == lines(source)


@pytest.mark.parametrize("protocol", ["compatible", "eager"])
def test_a_worker_of_an_older_protocol(new_group, new_double, pipe, kafka, name, protocol):
    """The group speaks the oldest protocol of its members; each of them still serves all requests."""
    group = new_group()
    group.add(2)
    tasks, source, target = pipe(group[0])
    with Feed(source):
        group.wait_until_balanced(tasks)
        older, = group.add(connect__protocol=protocol)
        kafka.create(f"{name}-other")
        doubles = []
        for number, worker in enumerate(group.workers):
            double = new_double(worker, f"-{number}").source(f"{name}-other", tasks__max=2).create()
            doubles.append(double)
            tasks[double.connector] = 2
        group.wait_until_balanced(tasks)
        for double in doubles:  # their connectors are on all of the workers, so each hands task configs to the leader
            assert double.set(tasks__max=3).put().code == 200
            tasks[double.connector] = 3
        group.wait_until_balanced(tasks)
        for double in doubles:
            starts = double.count("task.start")
            assert double.call("POST", "restart?includeTasks=true").code == 202
            double.wait_for_event("task.start", starts + 3)
        wait_for_more(target)
        assert older.stop() == 0
        group.wait_until_balanced(tasks)
    wait_for(lambda: not missing(source, target), lambda: f"every line; missing: {missing(source, target)}")


def test_a_worker_that_says_when_it_will_be_back(new_group, new_double, kafka, name):
    """What it ran waits for it, and is its again; nobody else's tasks stop. (Of a leader that leaves, its successor knows
    nothing.)"""
    kafka.create(name)
    group = new_group(shutdown__expect__return__ms=120_000, scheduled__rebalance__max__delay__ms=300_000)
    group.add(2)
    double = new_double(group[0]).source(name, tasks__max=4).create()
    tasks = {double.connector: 4}
    before = dict(group.wait_until_balanced(tasks))
    staying, (leaving,) = group.leader(), group.followers()
    runs, epoch = group.account(staying), scrape(staying).get("worker_rebalance_epoch")
    assert leaving.stop() == 0
    wait_for(lambda: scrape(staying).get("worker_rebalance_epoch") > epoch, "a round without it")
    assert group.account(staying) == runs
    leaving.start()
    assert dict(group.wait_until_balanced(tasks)) == before
    assert double.count("task.start") == 6  # four, and those of the one that has been away


def test_weights_of_tasks(new_group, new_double, kafka, name):
    """A task that counts as three has a worker for itself, as long as three others share the other one."""
    kafka.create(name)
    group = new_group()
    group.add(2)
    heavy = new_double(group[0], "-heavy").source(name, tasks__max=1, task__weight=3).create().connector
    light = new_double(group[0], "-light").source(name, tasks__max=3).create().connector
    group.wait_until_running({heavy: 1, light: 3})

    def apart():
        placed = group.running_once({heavy: 1, light: 3})
        return placed and placed[f"{heavy}/0"] not in {placed[f"{light}/{n}"] for n in range(3)}

    wait_for(apart, lambda: f"the heavy task is alone: {group.placement()}")


def test_a_commit_that_comes_late(group, new_double, kafka, name):
    """A former leader's, behind the tasks and the commit of its successor: there are no tasks that it belongs to. Each
    connector makes its tasks anew, wherever it runs."""
    kafka.create(name)
    doubles = [new_double(worker, f"-{n}").source(name, tasks__max=2).create() for n, worker in enumerate(group.workers)]
    tasks = {double.connector: 2 for double in doubles}
    group.wait_until_balanced(tasks)
    for connector in tasks:
        kafka.produce(f"{group.name}-configs", ['{"tasks":2}'], f"commit-{connector}")
    for double in doubles:
        for task in range(2):
            double.wait_for_event("task.start", 2, task)
    group.wait_until_running(tasks)
