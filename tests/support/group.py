"""Several workers of one group, seen from a test: who leads, what runs where, and what each of them answers.

A part is a connector or a task: "c", "c/0".
"""

import pathlib
import signal
import urllib.parse

from support.metrics import scrape
from support.worker import Worker, wait_for

# A dead worker is missed after the shortest time that a broker allows.
SETTINGS = {"session__timeout__ms": 6000, "heartbeat__interval__ms": 1000, "topic__creation__enable": "true",
            "scheduled__rebalance__max__delay__ms": 1000}


class Group:
    """Its workers are numbered in the order in which they were added."""

    def __init__(self, folder, name, kafka, **settings):
        self.folder, self.name, self.kafka = pathlib.Path(folder), name, kafka
        self.settings = {**SETTINGS, **settings}
        self.workers, self.made = [], 0

    def new(self, kind=Worker, **settings):
        """One more worker, not started yet."""
        self.made += 1
        given = {key: value for key, value in {**self.settings, **settings}.items() if value is not None}
        worker = kind(self.folder, self.name, self.kafka, f"-{self.made}", **given)
        self.workers.append(worker)
        return worker

    def add(self, count=1, kind=Worker, **settings):
        """Starts more workers, all at once; they are members when this returns."""
        added = [self.new(kind, **settings) for _ in range(count)]
        for worker in added:
            worker.start(wait=False)
        for worker in added:
            self.wait_for_ready(worker)
        return added

    @staticmethod
    def wait_for_ready(worker):
        wait_for(worker.ready, lambda: f"{worker.url} is healthy:\n{worker.log()[-3000:]}", worker.start_seconds)

    def __getitem__(self, number):
        return self.workers[number]

    def alive(self):
        return [worker for worker in self.workers if worker.alive()]

    def at(self, worker_id):
        """The worker of this id, dead or alive; None: it is none of ours."""
        return next((worker for worker in self.workers if worker.worker_id == worker_id), None)

    def end(self):
        for worker in self.alive():
            worker.process.send_signal(signal.SIGCONT)
        for worker in self.alive():
            worker.process.send_signal(signal.SIGTERM)
        for worker in self.workers:
            worker.__exit__()

    def restore(self, count):
        """The first workers run, the others have ended, and there is no connector."""
        for worker in self.workers[count:]:
            worker.__exit__()
        del self.workers[count:]
        for worker in self.workers:
            if not worker.alive():
                worker.start()
        for name in self[0].get("/connectors").json:
            answer = self[0].delete(f"/connectors/{urllib.parse.quote(name, safe='')}")
            assert answer.code in (204, 404), answer.text
        self.wait_for_same("/connectors", [])
        self.wait_until_balanced({})

    def leader(self):
        """By what the workers say themselves, once they are of one mind."""
        def of_one_mind():
            urls = {self.leader_url(worker) for worker in self.alive() if worker.has_metrics}
            return [worker for worker in self.alive() if urls == {worker.advertised_url or worker.url}]
        return wait_for(of_one_mind, "one leader")[0]

    @staticmethod
    def leader_url(worker):
        for metric, labels, _ in scrape(worker).samples:
            if metric == "kafka_connect_worker_rebalance_leader_name":
                return labels["leader_name"].rstrip("/")
        return None

    def followers(self):
        leader = self.leader()
        return [worker for worker in self.alive() if worker is not leader]

    # What runs where

    @staticmethod
    def account(worker):
        """The parts that a worker runs as it says itself, by its metrics."""
        parts = set()
        for metric, labels, value in scrape(worker).samples:
            if metric == "kafka_connect_connector_status" and value:
                parts.add(labels["connector"])
            elif metric == "kafka_connect_connector_task_status" and value:
                parts.add(f"{labels['connector']}/{labels['task']}")
        return parts

    def placement(self, by=None):
        """By part, the id of the worker that its status names, where that is RUNNING."""
        placed = {}
        for name, shown in (by or self.alive()[0]).get("/connectors?expand=status").json.items():
            for part, status in [(name, shown["status"]["connector"])] + \
                    [(f"{name}/{task['id']}", task) for task in shown["status"]["tasks"]]:
                if status["state"] == "RUNNING":
                    placed[part] = status["worker_id"]
        return placed

    def running_once(self, tasks, by=None):
        """Where each part runs, if all do. `tasks`: by connector, how many it has. Nothing is left of any other, each
        part's worker is alive, and that one and no other says that it runs the part."""
        placed = self.placement(by)
        want = set(tasks) | {f"{name}/{n}" for name, count in tasks.items() for n in range(count)}
        if set(placed) != want or any(self.at(worker) not in self.alive() for worker in placed.values()):
            return None
        for worker in self.alive():
            if worker.has_metrics and \
                    self.account(worker) != {part for part, at in placed.items() if at == worker.worker_id}:
                return None
        return Placement(placed)

    def balanced(self, tasks, by=None):
        placed = self.running_once(tasks, by)
        if placed is None:
            return None
        for kind in (lambda part: "/" not in part, lambda part: "/" in part):
            counts = [sum(1 for part, at in placed.items() if at == worker.worker_id and kind(part))
                      for worker in self.alive()]
            if max(counts) - min(counts) > 1:
                return None
        return placed

    def wait_until_running(self, tasks, timeout=30, by=None):
        """Answers where each part runs, once each runs exactly once. `by`: who is asked."""
        return wait_for(lambda: self.running_once(tasks, by), lambda: f"{tasks} run once: {self._state()}", timeout)

    def wait_until_balanced(self, tasks, timeout=30, by=None):
        """Also, each worker has as many connectors, and as many tasks, as any other, give or take one."""
        return wait_for(lambda: self.balanced(tasks, by), lambda: f"{tasks} run, balanced: {self._state()}", timeout)

    def _state(self):
        accounts = {worker.worker_id: sorted(self.account(worker)) for worker in self.alive() if worker.has_metrics}
        return f"statuses {self.alive()[0].get('/connectors?expand=status').text}, workers {accounts}"

    # Answers

    def wait_for_same(self, path, expected=None):
        """Until each worker answers 200 with the same JSON (lists in any order, if `expected` is none); answers it.
        They read what the others write, so a moment may pass."""
        def same():
            answers = [worker.get(path) for worker in self.alive()]
            if any(answer.code != 200 for answer in answers):
                return None
            found = [answer.json for answer in answers]
            agree = all(one == found[0] for one in found) and (expected is None or found[0] == expected)
            return [found[0]] if agree else None
        return wait_for(same, lambda: f"the same {path}: {[worker.get(path).text for worker in self.alive()]}", 20)[0]


def settled(worker, method, path, code, body=None):
    """Asks until the answer is that code. The peer says 409 while its group rebalances: to be asked again."""
    answers = []

    def done():
        answers.append(worker.request(method, path, body))
        assert answers[-1].code in (code, 409), answers[-1].text
        return answers[-1].code == code
    wait_for(done, lambda: f"{code}: {answers[-1].text}")
    return answers[-1]


class Placement(dict):
    """Part -> worker id; true also when there is no part."""

    def __bool__(self):
        return True
