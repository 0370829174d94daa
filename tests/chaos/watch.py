"""What is looked at all the time: that workers answer, that no part has two owners, that no write is lost."""

import threading
import time

from chaos.world import ANSWER_SECONDS, WRITE_SECONDS
from support.group import Group

_ASK_EVERY, _OWNERS_EVERY, _WRITE_EVERY = 0.1, 0.7, 0.7  # seconds
WRITTEN = "written"


def written_config(number):
    """Of the connector that is written again and again, and carries nothing."""
    return {"connector.class": "FileStreamSource", "tasks.max": "1", "file": "/nowhere", "topic": "none",
            "number": str(number)}


class Watch:
    """Three threads; the first finding aborts the run. A worker that is stopped is left alone. One that is cut off from
    the brokers, or from the other workers, is asked like any other, and has to have let go in time."""

    def __init__(self, world):
        self.world = world
        self.findings = []
        self.longest_answer = self.longest_write = 0.0  # seconds; of this step
        self.answers = self.writes = self.refused = 0
        self._end, self._writing = threading.Event(), threading.Event()
        self._write_lock = threading.Lock()
        self._acknowledged = 0  # the last number
        self._unknown = []  # those that were tried after it
        self._overtaken = []  # those of unknown end that were tried before it
        self._threads = [threading.Thread(target=self._guard, args=work, daemon=True)
                         for work in ((self._ask, _ASK_EVERY), (self._owners, _OWNERS_EVERY),
                                      (self._write, _WRITE_EVERY))]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        for thread in self._threads:
            thread.join(WRITE_SECONDS)

    def begin_step(self):
        self.longest_answer = self.longest_write = 0.0

    def _guard(self, work, every):
        turn = 0
        while not self._end.wait(every):
            turn += 1
            try:
                work(turn)
            except Exception as error:  # told by the main thread
                self._find(f"{type(error).__name__}: {error}")
                return

    def _find(self, text):
        self.findings.append(text)
        self.world.aborted.set()

    def check(self):
        assert not self.findings, "; ".join(self.findings)

    # Answers

    def _ask(self, turn):
        connectors = sorted(self.world.load.tasks)
        connector = connectors[turn % len(connectors)]
        paths = ("/", "/connectors", "/connectors?expand=status&expand=info", f"/connectors/{connector}/status",
                 f"/connectors/{connector}/config", f"/connectors/{connector}/tasks", "/connector-plugins")
        for worker, epoch in self.world.speaking():
            self._ask_one(worker, epoch, paths[turn % len(paths)])

    def _ask_one(self, worker, epoch, path):
        began = time.monotonic()
        try:
            answer = worker.request("GET", path, timeout=ANSWER_SECONDS)
            told = None if answer.code == 200 else f"{answer.code} {answer.text[:300]}"
        except OSError as error:
            told = str(error)
        took = time.monotonic() - began
        if not self.world.still(worker, epoch):
            return
        self.answers += 1
        self.longest_answer = max(self.longest_answer, took)
        if told:
            self._find(f"GET {path} at {self.world.name(worker)} after {took:.1f} s: {told}")

    # Owners

    def _owners(self, _):
        owner = {}
        for worker, epoch in self.world.speaking():
            for part in self._account(worker, epoch):
                if part in owner:
                    self._look_again(part, owner[part], (worker, epoch))
                owner[part] = worker, epoch

    def _account(self, worker, epoch):
        """What it says that it runs; nothing, if it need not answer or is still finding out that it was frozen."""
        try:
            parts = Group.account(worker)
        except OSError:
            return set()  # _ask tells of it
        return parts if self.world.still(worker, epoch) and not self.world.is_woken(worker) else set()

    def _look_again(self, part, first, second):
        """A part may have moved between two looks; it does not move back and forth between four."""
        if part in self._account(*first) and part in self._account(*second):
            self._find(f"{part} runs at {self.world.name(first[0])} and at {self.world.name(second[0])}")

    # Writes

    def start_writing(self):
        self._writing.set()

    def stop_writing(self):
        """None is on its way any more."""
        self._writing.clear()
        with self._write_lock:
            pass

    def _write(self, turn):
        with self._write_lock:
            speaking = self.world.speaking()
            if not self._writing.is_set() or not speaking:
                return
            worker, epoch = speaking[turn % len(speaking)]
            self._write_one(worker, epoch, turn)

    def _write_one(self, worker, epoch, number):
        began = time.monotonic()
        try:
            answer = worker.request("PUT", f"/connectors/{WRITTEN}/config", written_config(number),
                                    timeout=WRITE_SECONDS)
            code, told = answer.code, f"{answer.code} {answer.text[:300]}"
        except OSError as error:
            code, told = 0, str(error)
        took = time.monotonic() - began
        self.writes += 1
        if code in (200, 201):
            self._overtaken += self._unknown
            self._acknowledged, self._unknown = number, []
        else:
            self.refused += 1
            self._unknown.append(number)
        if not self.world.still(worker, epoch):
            return
        self.longest_write = max(self.longest_write, took)
        if code not in (200, 201, 409) and not 500 <= code < 600:
            self._find(f"PUT of a configuration at {self.world.name(worker)} after {took:.1f} s: {told}")

    def check_written(self, found, late=False):
        """Either the last number that was acknowledged, or one that was tried after it, of which it is not known what
        became of it; with `late` also one that was tried before it."""
        may_be = [*(self._overtaken if late else []), self._acknowledged, *self._unknown]
        assert int(found) in may_be, f"the configuration that was written has number {found}, not one of {may_be}"
        self._acknowledged, self._unknown, self._overtaken = int(found), [], []
