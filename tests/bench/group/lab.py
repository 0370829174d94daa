"""Groups to be measured, of either system: started, filled with connectors, watched, and ended."""

import contextlib
import re
import time
from concurrent.futures import ThreadPoolExecutor

from bench.group.flow import Flow
from bench.group.watch import Statuses
from support import peer
from support.group import SETTINGS, Group
from support.kafka import Kafka
from support.ledger import SINK, SOURCE
from support.peer import JavaWorker
from support.worker import Worker, wait_for

_LEADER = re.compile(r"leaderUrl='http://([^/']+)/'")


class MeasuredPeer(JavaWorker):
    """With its JVM's own defaults; its log says who leads."""

    jvm = ("-Xmx1g",)
    logging = peer.LOGGING + """logger.herder.name = org.apache.kafka.connect.runtime.distributed.DistributedHerder
logger.herder.level = info
"""

    def leader_id(self):
        return _LEADER.findall(self.log())[-1]


KINDS = {"sluice": Worker, "java": MeasuredPeer}
NAMES = {"sluice": "Sluice", "java": "Apache Kafka Connect"}


class Lab:
    """`results`: by what was measured: by system, a text. `aims`: by what: the aim, and the systems that missed it."""

    def __init__(self, options, folder):
        self.options, self.folder, self.kafka = options, folder, Kafka()
        self.results, self.aims, self.count = {}, {}, 0

    def add(self, system, what, text, value=None, aim=None, at_least=False):
        """`value`, if given, is held against the aim."""
        self.results.setdefault(what, {})[system] = text
        told = ""
        if aim is not None:
            shown, missed = self.aims.setdefault(what, (f"{'>=' if at_least else '<='} {aim:g}", []))
            met = value >= aim if at_least else value <= aim
            told = f" (aim {shown}: {'met' if met else 'MISSED'})"
            if not met:
                missed.append(system)
        print(f"{NAMES[system]}: {what}: {text}{told}", flush=True)

    @contextlib.contextmanager
    def group(self, system, workers, title, **more):
        """Workers of one kind that have started; with a worker's own defaults where the options say nothing else."""
        self.count += 1
        settings = {**dict.fromkeys(SETTINGS), "offset__flush__interval__ms": 60_000, **more}
        settings.update(pair.split("=", 1) for pair in self.options.set)
        group = Group(self.folder, f"bench-{title}-{system}-{int(time.time())}-{self.count}", self.kafka.address,
                      **settings)
        try:
            group.add(workers, KINDS[system])
            yield group
        finally:
            for worker in group.alive():
                worker.process.terminate()
            for worker in group.workers:
                if worker.process:
                    with contextlib.suppress(Exception):
                        worker.stop(60)
                    worker.__exit__()

    @contextlib.contextmanager
    def flowing(self, group):
        """Connectors through which records flow, once they have done so for a while."""
        options = self.options
        with Flow(self.kafka, self.folder, group.name, options.sources, options.sinks, options.shared_tasks) as flow, \
                Statuses(self.kafka, f"{group.name}-status") as statuses:
            for number, (connector, config) in enumerate(flow.configs.items()):
                create(group[number % len(group.workers)], connector, config)
            self.settle(group, flow.parts, statuses)
            time.sleep(options.calm_seconds)
            yield flow, statuses

    def settle(self, group, parts, statuses, timeout=180):
        statuses.wait_until_all_run(parts, {worker.worker_id for worker in group.alive()}, timeout)


def create(worker, connector, config):
    """The peer answers 409 while it rebalances."""
    for _ in range(100):
        answer = worker.put(f"/connectors/{connector}/config", config)
        if answer.code in (200, 201):
            return
        assert answer.code == 409, answer.text
        time.sleep(0.2)
    raise AssertionError(f"no end of 409 for {connector}")


def fill_with_idle(group, count):
    """So many connectors of one task, half of them sources on empty files, half of them sinks of an empty topic; made
    by a Sluice worker, which leaves. The peer would be long about it. Answers their tasks."""
    topic, folder = f"{group.name}-idle", group.folder
    worker = group.new(Worker)
    group.workers.remove(worker)
    Kafka(group.kafka).create(topic)

    def one(number):
        file = folder / f"{worker.name}-{number}.txt"
        file.touch()
        config = {"connector.class": SOURCE, "file": str(file), "topic": topic} if number % 2 else \
            {"connector.class": SINK, "file": str(file), "topics": topic}
        answer = worker.post("/connectors", {"name": f"idle-{number}", "config": config})
        assert answer.code == 201, answer.text

    with worker, ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(count)))
        wait_for(lambda: worker.get("/connectors?expand=status").text.count('"tasks":[{') == count,
                 f"{count} connectors have their tasks", 120, 0.5)
    return {f"idle-{number}/0" for number in range(count)}


def leader_of(group):
    if isinstance(group[0], MeasuredPeer):
        return group.at(group.alive()[0].leader_id())
    return group.leader()
