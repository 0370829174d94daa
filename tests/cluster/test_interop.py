"""The peer's workers and ours in one group; and the way from one to the other, and back, under way."""

from support.ledger import SINK, SOURCE, Feed, lines, missing
from support.peer import JavaWorker
from support.worker import wait_for


def settled(worker, method, path, code, body=None):
    """The peer answers 409 while the group rebalances: to be asked again."""
    answers = []

    def done():
        answers.append(worker.request(method, path, body))
        assert answers[-1].code in (code, 409), answers[-1].text
        return answers[-1].code == code
    wait_for(done, lambda: f"{code}: {answers[-1].text}")


def share(group, running, folder, prefix):
    """Connectors that are made, read, restarted and deleted at either worker run on both of them. `running`: those that
    run already."""
    tasks, outputs = {**running}, []
    for number, worker in enumerate(group.alive()):
        source, sink = f"{prefix}-source-{number}", f"{prefix}-sink-{number}"
        file = folder / f"{source}.txt"
        file.write_text("a line\n")
        outputs.append(folder / f"{sink}.txt")
        settled(worker, "PUT", f"/connectors/{source}/config", 201,
                {"connector.class": SOURCE, "file": str(file), "topic": source})
        settled(worker, "PUT", f"/connectors/{sink}/config", 201,
                {"connector.class": SINK, "file": str(outputs[-1]), "topics": source})
        tasks.update({source: 1, sink: 1})
    group.wait_until_balanced(tasks)
    for output in outputs:
        wait_for(lambda at=output: lines(at) == [b"a line"], lambda at=output: f"{at}: {lines(at)}")
    for connector in tasks:
        group.wait_for_same(f"/connectors/{connector}/config")
        status = group.wait_for_same(f"/connectors/{connector}/status")
        assert [status["connector"]["state"], status["tasks"][0]["state"]] == ["RUNNING", "RUNNING"]
    for worker in group.alive():
        for connector in tasks:
            settled(worker, "POST", f"/connectors/{connector}/restart", 204)
            settled(worker, "POST", f"/connectors/{connector}/tasks/0/restart", 204)
            settled(worker, "POST", f"/connectors/{connector}/restart?includeTasks=true", 202)
        group.wait_until_running(tasks, by=worker)
    for connector in set(tasks) - set(running):
        settled(group.alive()[-1], "DELETE", f"/connectors/{connector}", 204)
    group.wait_until_running(running)


def test_from_the_peer_to_sluice_and_back(new_group, kafka, name, tmp_path):
    """Rolling, with a source and a sink running: no line is lost, and each goes on where the other stopped."""
    kafka.create(name)
    group = new_group(plugin__path=None)
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    tasks = {f"{name}-from": 1, f"{name}-to": 1}

    def flows():
        seen = len(lines(target))
        wait_for(lambda: len(lines(target)) > seen + 100, "lines arrive")

    with Feed(source, lines_per_second=200):
        java, = group.add(kind=JavaWorker)
        java.create(f"{name}-from", connector__class=SOURCE, file=source, topic=name)
        java.create(f"{name}-to", connector__class=SINK, file=target, topics=name)
        group.wait_until_running(tasks)
        flows()
        sluice, = group.add()
        assert group.leader() is java
        share(group, tasks, tmp_path, f"{name}-java-leads")
        flows()
        assert java.stop() == 143  # how a JVM ends by SIGTERM
        group.wait_until_running(tasks)
        assert group.leader() is sluice
        flows()
        java, = group.add(kind=JavaWorker)
        assert group.leader() is sluice
        share(group, tasks, tmp_path, f"{name}-sluice-leads")
        flows()
        assert sluice.stop() == 0
        group.wait_until_running(tasks)
        flows()
    wait_for(lambda: not missing(source, target), lambda: f"every line; missing: {missing(source, target)}")
    assert lines(target) == lines(source)
