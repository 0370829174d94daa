"""Any worker of a group answers any request, and as any other would."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from support.ledger import SINK, SOURCE, lines
from support.offsets import ALTERED, RESET, alter, offsets, path
from support.worker import wait_for


class Pipe:
    """A source of a file's ten lines, a sink to another file, and the topic between them."""

    def __init__(self, topic, folder):
        self.topic, self.source, self.sink = topic, f"{topic}-from", f"{topic}-to"
        self.input, self.output = folder / "in.txt", folder / "out.txt"
        self.input.write_text("".join(f"{n}\n" for n in range(10)))
        self.tasks = {self.source: 1, self.sink: 1}
        self.configs = {
            self.source: {"connector.class": SOURCE, "file": str(self.input), "topic": topic},
            self.sink: {"connector.class": SINK, "file": str(self.output), "topics": topic}}

    def create(self, group):
        """At different workers; all lines have arrived and all is committed when this returns."""
        for worker, connector in zip(group.followers(), self.configs):
            worker.create(connector, **self.configs[connector])
        group.wait_until_balanced(self.tasks)
        self.wait_for_lines(group, 10)
        wait_for(lambda: offsets(group[0], self.source) == {str(self.input): 20}, "the source has committed")

    def wait_for_lines(self, group, count):
        wait_for(lambda: len(lines(self.output)) == count,
                 lambda: f"{count} lines, but {len(lines(self.output))}")
        wait_for(lambda: offsets(group[0], self.sink) == {(self.topic, 0): count}, "the sink has committed")


@pytest.fixture
def pipe(kafka, name, tmp_path):
    kafka.create(name)
    return Pipe(name, tmp_path)


def test_reads_are_the_same_at_each(group, pipe):
    pipe.create(group)
    for connector in pipe.tasks:
        where = f"/connectors/{connector}"
        info = group.wait_for_same(where)
        assert info["tasks"] == [{"connector": connector, "task": 0}]
        assert group.wait_for_same(f"{where}/config") == info["config"]
        status = group.wait_for_same(f"{where}/status")
        assert group.wait_for_same(f"{where}/tasks/0/status") == status["tasks"][0]
        assert len(group.wait_for_same(f"{where}/tasks")) == 1
        assert group.wait_for_same(f"{where}/topics") == {connector: {"topics": [pipe.topic]}}
        assert len(group.wait_for_same(f"{where}/offsets")["offsets"]) == 1
    expanded = group.wait_for_same("/connectors?expand=status&expand=info")
    assert set(expanded) == set(pipe.tasks) and set(expanded[pipe.sink]) == {"status", "info"}
    group.wait_for_same("/connectors")
    group.wait_for_same("/connector-plugins?connectorsOnly=false")


def test_writes_are_served_by_each(group, pipe):
    where, config = f"/connectors/{pipe.source}", pipe.configs[pipe.source]

    def states(*expected):
        for worker in group.workers:
            worker.wait_for_states(pipe.source, *expected)

    for number, worker in enumerate(group.workers):
        answer = worker.post("/connectors", {"name": pipe.source, "config": config})
        assert answer.code == 201 and answer.headers["Location"] == f"{worker.url}{where}", answer.text
        states("RUNNING", "RUNNING")
        answer = worker.put(f"{where}/config", {**config, "batch.size": "10"})
        assert answer.code == 200 and answer.json["config"]["batch.size"] == "10", answer.text
        answer = worker.request("PATCH", f"{where}/config", {"batch.size": str(number + 1)})
        assert answer.code == 200 and answer.json["config"]["batch.size"] == str(number + 1), answer.text
        wait_for(lambda at=worker, n=number: at.get(f"{where}/config").json["batch.size"] == str(n + 1), "it is stored")
        assert worker.post(f"{where}/restart").code == 204
        assert worker.post(f"{where}/tasks/0/restart").code == 204
        states("RUNNING", "RUNNING")
        assert worker.put(f"{where}/pause").code == 202
        states("PAUSED", "PAUSED")
        assert worker.put(f"{where}/resume").code == 202
        states("RUNNING", "RUNNING")
        assert worker.put(f"{where}/topics/reset").code == 202
        assert worker.put(f"{where}/stop").code == 204
        states("STOPPED")
        assert worker.delete(where).code == 204
        group.wait_for_same("/connectors", [])


def test_task_restarts_reach_the_task(group, new_double, kafka, name):
    """Whoever is asked, and whoever has the task."""
    kafka.create(name)
    source = new_double(group[0]).source(name, tasks__max=3).create()
    group.wait_until_balanced({source.connector: 3})
    for times, worker in enumerate(group.workers, 1):
        for task in range(3):
            assert worker.post(f"/connectors/{source.connector}/tasks/{task}/restart").code == 204
            source.wait_for_event("task.start", 1 + times, task)
            source.wait_for_tasks(3)


def test_offsets_are_changed_by_each(group, pipe):
    pipe.create(group)
    for connector in pipe.tasks:
        assert group[1].delete(path(connector)).code == 400  # it runs
        assert group[1].put(f"/connectors/{connector}/stop").code == 204
    for number, worker in enumerate(group.workers):
        answer = alter(worker, pipe.source, ({"filename": str(pipe.input)}, {"position": 2 * number}))
        assert answer.code == 200 and answer.json["message"] == ALTERED, answer.text
        answer = alter(worker, pipe.sink, ({"kafka_topic": pipe.topic, "kafka_partition": 0}, {"kafka_offset": number}))
        assert answer.code == 200 and answer.json["message"] == ALTERED, answer.text
        for asked in group.workers:
            wait_for(lambda at=asked, n=number: offsets(at, pipe.source) == {str(pipe.input): 2 * n}, "the position")
            assert offsets(asked, pipe.sink) == {(pipe.topic, 0): number}
    # Both go on from where the last worker told them to: two lines further.
    for connector in pipe.tasks:
        assert group[2].put(f"/connectors/{connector}/resume").code == 202
    group.wait_until_balanced(pipe.tasks)
    wait_for(lambda: len(lines(pipe.output)) == 10 + 8 + 8, "lines 2 to 9 of the topic, and of the file once more")
    for connector in pipe.tasks:
        assert group[0].put(f"/connectors/{connector}/stop").code == 204
    for worker in group.workers:
        for connector in pipe.tasks:
            answer = worker.delete(path(connector))
            assert answer.code == 200 and answer.json["message"] == RESET, answer.text
            assert offsets(worker, connector) == {}


def test_mistakes_are_the_same_at_each(group, pipe):
    config = pipe.configs[pipe.source]
    group[0].create(pipe.source, **config)
    group.wait_until_balanced({pipe.source: 1})
    group.wait_for_same("/connectors", [pipe.source])
    where = f"/connectors/{pipe.source}"
    mistakes = [
        ("GET", "/connectors/nobody", None, 404), ("DELETE", "/connectors/nobody", None, 404),
        ("PUT", "/connectors/nobody/pause", None, 404), ("PUT", "/connectors/nobody/stop", None, 404),
        ("POST", "/connectors/nobody/restart", None, 404),
        ("POST", "/connectors/nobody/restart?includeTasks=true", None, 404),
        ("POST", f"{where}/tasks/7/restart", None, 404), ("GET", f"{where}/tasks/7/status", None, 404),
        ("POST", "/connectors", {"name": pipe.source, "config": config}, 409),
        ("POST", "/connectors", {"name": "a", "config": {**config, "name": "b"}}, 400),
        ("PUT", f"{where}/config", {"connector.class": SOURCE}, 400),
        ("PUT", f"{where}/config", {"connector.class": "Nothing"}, 400),
        ("PATCH", "/connectors/nobody/config", {"a": "b"}, 404),
        ("PATCH", f"{where}/offsets", {"offsets": []}, 400), ("DELETE", f"{where}/offsets", None, 400)]
    for method, what, body, code in mistakes:
        answers = [worker.request(method, what, body) for worker in group.workers]
        assert [answer.code for answer in answers] == [code] * 3, (method, what, [answer.text for answer in answers])
        assert len({answer.json["message"] for answer in answers}) == 1, [answer.text for answer in answers]


def test_requests_wait_for_a_rebalance(new_group, new_double, kafka, name):
    """While tasks stop so that another worker may have them, requests wait; nobody is told to come again."""
    kafka.create(name)
    group = new_group(task__shutdown__graceful__timeout__ms=20_000)
    leader, = group.add()
    slow = new_double(leader, "-slow").source(name, tasks__max=4, block__in="task.stop").create().wait_for_tasks(4)
    quick = new_double(leader, "-quick").source(name).create().wait_for_tasks(1)
    group.new().start(wait=False)
    slow.wait_for_event("task.stop")  # the rebalance is on, and cannot end
    with ThreadPoolExecutor() as pool:
        def send(method, what, body=None):
            return pool.submit(leader.request, method, what, body)
        under_way = [send("PUT", f"/connectors/{name}-new/config", {**quick.config, "name": f"{name}-new"}),
                     send("PATCH", f"/connectors/{quick.connector}/config", {"tasks.max": "2"}),
                     send("POST", f"/connectors/{quick.connector}/restart?includeTasks=true"),
                     send("POST", f"/connectors/{quick.connector}/tasks/0/restart")]
        reads = [leader.get(f"/connectors{what}").code for what in ("", f"/{quick.connector}", "?expand=status")]
        slow.release()
        assert [request.result().code for request in under_way] == [201, 200, 202, 204]
    assert reads == [200, 200, 200]
    group.wait_for_ready(group[1])
    group.wait_until_balanced({slow.connector: 4, quick.connector: 2, f"{name}-new": 1})
