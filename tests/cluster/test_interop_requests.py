"""A worker of the peer and one of ours, either as leader. What is asked of the one that neither leads nor has the
connector is done, and both say the same afterwards. They serve https, and ask for a password."""

import dataclasses
import time

import pytest
from support.certificates import Certificates
from support.group import Group, settled
from support.ledger import SINK, SOURCE, lines
from support.offsets import ALTERED, RESET, offsets, path
from support.peer import JavaWorker
from support.worker import Worker, wait_for
from test_peer_forwarding import listen

AUTH = "org.apache.kafka.connect.rest.basic.auth.extension"
LINES = 10
LOGGER = "org.apache.kafka.connect.runtime.WorkerSinkTask"


@dataclasses.dataclass
class Mixed:
    group: Group
    leader: Worker
    asked: Worker

    def ask(self, method, what, code, body=None):
        return settled(self.asked, method, f"/connectors/{what}", code, body)

    def wait_for_states(self, connector, *states):
        for worker in self.group.workers:
            worker.wait_for_states(connector, *states)

    def create_at_leader(self, name, config):
        """Creates connectors, which `config` makes the configurations of, until the leader has one; answers it."""
        for connector in (f"{name}-{number}" for number in range(3)):
            self.ask("PUT", f"{connector}/config", 201, config(connector))
            self.wait_for_states(connector, "RUNNING", "RUNNING")
            if self.is_at_leader(connector):
                return connector
        raise AssertionError(f"none of the connectors is at the leader: {self.group.placement()}")

    def is_at_leader(self, connector):
        return self.group.placement()[connector] == self.leader.worker_id


def ask_for_a_password(worker):
    users, jaas = worker.folder / "users.properties", worker.folder / "jaas.conf"
    users.write_text("alice=secret\n")
    jaas.write_text(f'KafkaConnect {{\n  {AUTH}.PropertyFileLoginModule required\n  file="{users}";\n}};\n')
    worker.environment["KAFKA_OPTS"] = f"-Djava.security.auth.login.config={jaas}"
    worker.headers["Authorization"] = "Basic YWxpY2U6c2VjcmV0"
    worker.settings["rest.extension.classes"] = f"{AUTH}.BasicAuthSecurityRestExtension"
    if isinstance(worker, JavaWorker):
        worker.jvm_options.append(worker.environment["KAFKA_OPTS"])


@pytest.fixture(scope="module", params=[pytest.param((JavaWorker, Worker), id="java-leads"),
                                        pytest.param((Worker, JavaWorker), id="sluice-leads")])
def pair(request, tmp_path_factory, kafka):
    folder = tmp_path_factory.mktemp("mixed")
    group = Group(folder, f"mixed-{abs(hash(str(folder))) % 10**8}", kafka.address)
    certificates = Certificates(folder / "certificates")
    try:
        for kind in request.param:
            worker = group.new(kind=kind)
            listen(worker, certificates, ssl_=True, dual=False)
            ask_for_a_password(worker)
            worker.start()
        assert group.leader() is group[0]
        yield Mixed(group, *group.workers)
    finally:
        group.end()


@pytest.fixture
def mixed(pair):
    yield pair
    for connector in pair.leader.get("/connectors").json:
        pair.ask("DELETE", connector, 204)
    pair.group.wait_until_running({})


class Pipe:
    """A source of a file's ten lines, a sink to another file, the topic between them. Both connectors are at the
    leader; all lines have arrived, and all is committed."""

    def __init__(self, mixed, kafka, name, folder):
        self.input, self._mixed = str(folder / "in.txt"), mixed
        (folder / "in.txt").write_text("".join(f"{n}\n" for n in range(LINES)))

        def source(connector):
            kafka.create(connector)
            return {"connector.class": SOURCE, "file": self.input, "topic": connector}
        self.source = self.topic = mixed.create_at_leader(f"{name}-from", source)
        self.sink = mixed.create_at_leader(f"{name}-to", lambda connector: {
            "connector.class": SINK, "file": str(folder / connector), "topics": self.topic})
        self.output = folder / self.sink
        assert mixed.is_at_leader(self.source)
        self.wait_for_lines(LINES)
        self.wait_for_offsets(2 * LINES, LINES)

    def wait_for_lines(self, count):
        wait_for(lambda: len(lines(self.output)) == count, lambda: f"{count} lines, but {lines(self.output)}")

    def wait_for_offsets(self, position, offset):
        """Both workers tell these."""
        want = [{self.input: position}, {(self.topic, 0): offset}]
        for worker in self._mixed.group.workers:
            wait_for(lambda at=worker: self._told(at) == want,
                     lambda at=worker: f"{at.url} says {want}, but {self._told(at)}")

    def _told(self, worker):
        return [offsets(worker, self.source), offsets(worker, self.sink)]


@pytest.fixture
def pipe(mixed, kafka, name, tmp_path):
    return Pipe(mixed, kafka, name, tmp_path)


def test_states(mixed, pipe):
    for connector in (pipe.source, pipe.sink):
        for verb, code, states in (("pause", 202, ["PAUSED"] * 2), ("resume", 202, ["RUNNING"] * 2),
                                   ("stop", 204, ["STOPPED"]), ("pause", 202, ["PAUSED"]), ("stop", 204, ["STOPPED"]),
                                   ("resume", 202, ["RUNNING"] * 2)):
            mixed.ask("PUT", f"{connector}/{verb}", code)
            mixed.wait_for_states(connector, *states)
        mixed.group.wait_for_same(f"/connectors/{connector}/status")


def test_patch_of_a_configuration(mixed, pipe):
    where = f"/connectors/{pipe.source}"
    before = mixed.group.wait_for_same(f"{where}/config")
    for patch, batch in (({"batch.size": "7", "tasks.max": "1"}, "7"), ({"batch.size": "8", "tasks.max": None}, "8")):
        answer = mixed.ask("PATCH", f"{pipe.source}/config", 200, patch)
        want = {key: value for key, value in {**before, **patch}.items() if value is not None}
        assert answer.json["config"] == want and answer.json["name"] == pipe.source
        mixed.group.wait_for_same(f"{where}/config", want)

        def tasks():
            return [task["config"]["batch.size"] for task in mixed.leader.get(f"{where}/tasks").json]
        wait_for(lambda n=batch: tasks() == [n], lambda: f"the task has it, but {tasks()}")
        mixed.group.wait_for_same(f"{where}/tasks")
        mixed.wait_for_states(pipe.source, "RUNNING", "RUNNING")
    message = mixed.ask("PATCH", f"{pipe.source}/config", 400, {"batch.size": "many"}).json["message"]
    assert "Invalid value many for configuration batch.size" in message
    mixed.ask("PATCH", "nobody/config", 404, {"batch.size": "1"})


def test_offsets(mixed, pipe):
    changes = {pipe.source: ({"filename": pipe.input}, {"position": 2 * (LINES - 3)}),
               pipe.sink: ({"kafka_topic": pipe.topic, "kafka_partition": 0}, {"kafka_offset": LINES - 1})}
    bodies = {connector: {"offsets": [{"partition": partition, "offset": offset}]}
              for connector, (partition, offset) in changes.items()}
    for connector, body in bodies.items():
        for method, sent in (("PATCH", body), ("DELETE", None)):  # it runs
            message = mixed.ask(method, f"{connector}/offsets", 400, sent).json["message"]
            assert message == mixed.leader.request(method, path(connector), sent).json["message"]
        mixed.ask("PUT", f"{connector}/stop", 204)
        mixed.wait_for_states(connector, "STOPPED")
        assert mixed.ask("PATCH", f"{connector}/offsets", 200, body).json["message"] == ALTERED
    pipe.wait_for_offsets(2 * (LINES - 3), LINES - 1)
    for connector in changes:
        mixed.ask("PUT", f"{connector}/resume", 202)
        mixed.wait_for_states(connector, "RUNNING", "RUNNING")
    pipe.wait_for_lines(LINES + 1 + 3)  # the topic's last one once more, and three of the file
    pipe.wait_for_offsets(2 * LINES, LINES + 3)
    for connector in changes:
        mixed.ask("PUT", f"{connector}/stop", 204)
        mixed.wait_for_states(connector, "STOPPED")
        assert mixed.ask("DELETE", f"{connector}/offsets", 200).json["message"] == RESET
        for worker in mixed.group.workers:
            wait_for(lambda at=worker, of=connector: offsets(at, of) == {}, f"{worker.url} has none of {connector}")


def test_restarts(mixed, pipe):
    for connector in (pipe.source, pipe.sink):
        mixed.ask("POST", f"{connector}/restart", 204)
        mixed.ask("POST", f"{connector}/tasks/0/restart", 204)
        answer = mixed.ask("POST", f"{connector}/restart?includeTasks=true", 202)
        assert {answer.json["connector"]["state"], answer.json["tasks"][0]["state"]} == {"RESTARTING"}
        mixed.wait_for_states(connector, "RUNNING", "RUNNING")


def test_levels_of_loggers(mixed):
    """A level for the whole cluster reaches the other kind, whoever is asked."""
    for worker, level in ((mixed.leader, "TRACE"), (mixed.asked, "WARN")):
        asked = int(time.time() * 1000)
        answer = worker.put(f"/admin/loggers/{LOGGER}?scope=cluster", {"level": level.lower()})
        assert answer.code == 204 and answer.text == ""

        def shown(at, level=level, asked=asked):  # the peer shows the level before the time
            answer = at.get(f"/admin/loggers/{LOGGER}")
            return answer.code == 200 and answer.json["level"] == level and answer.json["last_modified"] >= asked
        for other in mixed.group.workers:
            wait_for(lambda at=other: shown(at), lambda at=other: at.get(f"/admin/loggers/{LOGGER}").text)
