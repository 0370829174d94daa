"""The peer's workers and ours in one group; and the way from one to the other, and back, under way."""

import pytest
from support.group import settled
from support.ledger import SINK, SOURCE, Feed, lines, missing, wait_for_more
from support.offsets import positions
from support.peer import JavaWorker
from support.worker import Worker, wait_for


def share(group, running, folder, prefix):
    """Connectors that are made, read, restarted and deleted at each worker run on all of them. `running`: those that
    run already."""
    tasks, outputs, made = {**running}, [], []
    for number, worker in enumerate(group.alive()):
        source, sink = f"{prefix}-source-{number}", f"{prefix}-sink-{number}"
        file = folder / f"{source}.txt"
        file.write_text("a line\n")
        outputs.append(folder / f"{sink}.txt")
        settled(worker, "PUT", f"/connectors/{source}/config", 201,
                {"connector.class": SOURCE, "file": str(file), "topic": source})
        settled(worker, "PUT", f"/connectors/{sink}/config", 201,
                {"connector.class": SINK, "file": str(outputs[-1]), "topics": source})
        made.append((source, sink))
        tasks.update({source: 1, sink: 1})
    group.wait_until_balanced(tasks)
    for output in outputs:
        wait_for(lambda at=output: lines(at) == [b"a line"], lambda at=output: f"{at}: {lines(at)}")
    for connector in tasks:
        group.wait_for_same(f"/connectors/{connector}/config")
        status = group.wait_for_same(f"/connectors/{connector}/status")
        assert [status["connector"]["state"], status["tasks"][0]["state"]] == ["RUNNING", "RUNNING"]
    for number, worker in enumerate(group.alive()):
        for connector in made[number - 1]:  # at another one
            settled(worker, "POST", f"/connectors/{connector}/restart", 204)
            settled(worker, "POST", f"/connectors/{connector}/tasks/0/restart", 204)
            settled(worker, "POST", f"/connectors/{connector}/restart?includeTasks=true", 202)
        group.wait_until_running(tasks, by=worker)
    for connector in set(tasks) - set(running):
        settled(group.alive()[-1], "DELETE", f"/connectors/{connector}", 204)
    group.wait_until_running(running)


@pytest.mark.parametrize("kinds, protocol", [
    pytest.param((JavaWorker, Worker), "eager", id="java-leads-eager"),
    pytest.param((Worker, JavaWorker), "compatible", id="sluice-leads-compatible")])
def test_an_older_protocol_of_the_peer(new_group, tmp_path, name, kinds, protocol):
    group = new_group(plugin__path=None)
    for kind in kinds:
        group.add(kind=kind, **({"connect__protocol": protocol} if kind is JavaWorker else {}))
    assert group.leader() is group[0]
    share(group, {}, tmp_path, name)


def test_from_the_peer_to_sluice_and_back(new_group, kafka, name, tmp_path):
    """Three workers are replaced one by one, the leader last, with a source and a sink running: no line is lost or
    doubled, and each goes on where the other stopped."""
    kafka.create(name)
    group = new_group(plugin__path=None)
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    tasks = {f"{name}-from": 1, f"{name}-to": 1}

    def flows():
        group.wait_until_running(tasks)
        wait_for_more(target, 100)

    def replace(worker, kind):
        assert worker.stop() == (143 if isinstance(worker, JavaWorker) else 0)  # 143: how a JVM ends by SIGTERM
        flows()
        new, = group.add(kind=kind)
        flows()
        return new

    with Feed(source, lines_per_second=200):
        first, = group.add(kind=JavaWorker)
        first.create(f"{name}-from", connector__class=SOURCE, file=source, topic=name)
        first.create(f"{name}-to", connector__class=SINK, file=target, topics=name)
        for worker in group.add(2, kind=JavaWorker):
            replace(worker, Worker)
        assert group.leader() is first
        share(group, tasks, tmp_path, f"{name}-java-leads")
        replace(first, Worker)
        leader = group.leader()
        for worker in group.followers():
            replace(worker, JavaWorker)
        assert group.leader() is leader
        share(group, tasks, tmp_path, f"{name}-sluice-leads")
        replace(leader, JavaWorker)
    wait_for(lambda: not missing(source, target), lambda: f"every line; missing: {missing(source, target)}")
    assert lines(target) == lines(source)
    stored = positions(kafka, name, f"{name}-from")
    assert stored == sorted(stored)
    wait_for(lambda: kafka.committed(f"connect-{name}-to", name) == len(lines(source)), "the last line is committed")
    assert len([record for record in kafka.read(f"{name}-configs") if record.key() == b"session-key"]) == 1


@pytest.mark.parametrize("kinds", [pytest.param((JavaWorker, Worker), id="java-dies"),
                                   pytest.param((Worker, JavaWorker), id="sluice-dies")])
def test_kill_9_of_the_leader(new_group, kafka, name, tmp_path, kinds):
    """A worker of the other kind takes over all that it had, and no line is lost."""
    kafka.create(name)
    group = new_group(plugin__path=None)
    for kind in kinds:
        group.add(kind=kind)
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    tasks = {f"{name}-from": 1, f"{name}-to": 1}
    with Feed(source, lines_per_second=200):
        group[0].create(f"{name}-from", connector__class=SOURCE, file=source, topic=name)
        settled(group[0], "PUT", f"/connectors/{name}-to/config", 201,
                {"connector.class": SINK, "file": str(target), "topics": name,
                 "consumer.override.session.timeout.ms": "6000"})
        group.wait_until_balanced(tasks)
        wait_for_more(target, 200)
        group[0].kill()
        assert set(group.wait_until_running(tasks).values()) == {group[1].worker_id}
        wait_for_more(target, 200)
    wait_for(lambda: not missing(source, target), lambda: f"every line; missing: {missing(source, target)}")
