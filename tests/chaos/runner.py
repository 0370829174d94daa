"""A run: a group of workers under load, and step by step what a schedule has for it."""

import concurrent.futures
import time

from chaos import checks, faults
from chaos.ledger import Ledger
from chaos.load import Load
from chaos.report import Row
from chaos.schedule import Step
from chaos.watch import WRITTEN, Watch, written_config
from chaos.world import SETTLE_SECONDS, World
from support.brokers import Brokers
from support.doubles import plugin_path
from support.network import Network
from support.remote_group import RemoteGroup
from support.worker import Worker

WORKERS = 4
RATE = 20_000  # records a second, at least, while it is quiet
SESSION_SECONDS = 6
_SETTINGS = {"session__timeout__ms": SESSION_SECONDS * 1000, "heartbeat__interval__ms": 1000,
             # A stop has as long as the other workers wait for one that is cut off.
             "task__shutdown__graceful__timeout__ms": SESSION_SECONDS * 500}


class Failure(Exception):
    """Names the seed and the step."""


def run(folder, report, steps, seconds=None):
    """All the steps, or those that begin within that time. Answers the table; raises a Failure. Everything is under
    `folder`, and ends with it."""
    with Network() as network:
        brokers = Brokers(folder, network, workers=WORKERS)
        try:
            brokers.up()
            group = RemoteGroup(folder, "chaos", brokers, network, plugin__path=plugin_path(), **_SETTINGS)
            return _Run(folder, brokers, group, report).run(steps, seconds)
        finally:
            brokers.down()


class _Worker(Worker):
    start_seconds = SETTLE_SECONDS


class _Run:
    def __init__(self, folder, brokers, group, report):
        self._folder, self._brokers, self._group, self._report = folder, brokers, group, report
        self._load = Load(folder, group.name, brokers, report.rate)
        self._world = World(group, self._load, brokers, SESSION_SECONDS)
        self._ledger = Ledger(self._load.outputs, self._load.first())
        self._watch = Watch(self._world)

    def run(self, steps, seconds=None):
        deadline = seconds and time.monotonic() + seconds
        self._report.say(f"seed {self._report.seed}, logs in {self._folder}")
        step = "the beginning"
        try:
            self._load.create_topics()
            self._group.add(WORKERS, kind=_Worker)
            with self._load.feed, self._ledger:
                self._create_connectors()
                with self._watch:
                    self._settle()
                    for step in steps:
                        self._step(step)
                        if deadline and time.monotonic() > deadline:
                            break
            return self._report.table(self._ledger, self._watch)
        except Exception as error:
            number = f"step {step.number} ({step})" if isinstance(step, Step) else step
            raise Failure(f"seed {self._report.seed}, {number}: {error}\nlogs in {self._folder}") from error
        finally:
            self._brokers.heal()
            self._group.heal()
            self._group.end()

    def _create_connectors(self):
        configs = {connector: self._load.config(connector) for connector in self._load.configs}
        for connector, config in (configs | {WRITTEN: written_config(0)}).items():
            answer = self._group[0].put(f"/connectors/{connector}/config", config)
            assert answer.code in (200, 201), answer.text

    def _settle(self):
        """The connectors have just been made: nothing was hit."""
        self._world.begin_step()
        nothing = checks.Baseline({}, {}, {})
        verdict = checks.judge(self._world, self._ledger, nothing, clean=True)
        self._report.say(f"running after {verdict.settled:.1f} s")

    def _step(self, step):
        rate = self._quiet(step.quiet)
        baseline = checks.sample(self._world)
        self._world.begin_step()
        self._watch.begin_step()
        if len(step.faults) > 1 and not step.clean():
            self._world.hit()  # tasks move under the second one
        self._watch.start_writing()
        with concurrent.futures.ThreadPoolExecutor(len(step.faults)) as pool:
            told = list(pool.map(lambda fault: faults.run(self._world, fault), step.faults))
        self._watch.stop_writing()
        self._check()
        verdict = checks.judge(self._world, self._ledger, baseline, step.clean())
        checks.check_written(self._world, self._watch, step.holds_writes())
        self._check()
        self._report.add(Row(step, verdict, self._world.take_over_seconds, self._watch.longest_answer,
                             self._watch.longest_write, rate), told)

    def _quiet(self, seconds):
        """Answers how many records a second arrive meanwhile."""
        before, began = self._ledger.records, time.monotonic()
        self._world.aborted.wait(seconds)
        self._check()
        return (self._ledger.records - before) / (time.monotonic() - began)

    def _check(self):
        self._watch.check()
        if self._ledger.error:
            raise self._ledger.error
