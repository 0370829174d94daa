"""The group under test, and who in it can be asked for anything at the moment."""

import contextlib
import threading
import time

from confluent_kafka import KafkaException
from support.worker import wait_for

# What a worker's log says when it let go of tasks in another way than in order, whatever the reason: its machine had no
# time for it, or a fault took the brokers away. Then tails come twice.
_OUT_OF_ORDER = ("Graceful stop of task", "Out of the group", "coordinator has not answered for")
ANSWER_SECONDS = 30    # a GET at a worker that is well, or only cut off from others
WRITE_SECONDS = 120    # a write may wait for a rebalance or for brokers; longer is hanging
SETTLE_SECONDS = 180
TAKE_OVER_SECONDS = 120


class World:
    def __init__(self, group, load, brokers, session_seconds):
        self.group, self.load, self.brokers, self.session_seconds = group, load, brokers, session_seconds
        self.aborted = threading.Event()  # a watcher has seen what must not be
        self.take_over_seconds = None  # the longest of this step
        self._lock = threading.Lock()
        self._taken, self._hit, self._mute, self._epochs = set(), set(), set(), {}
        self._all_hit = False
        self._woken = set()
        self._logs = {}  # where each worker's log ended when the step began

    # A step's faults choose their workers

    def begin_step(self):
        self._logs = {worker: worker.log_path.stat().st_size for worker in self.group.workers}
        self.take_over_seconds = None
        self._taken, self._hit, self._woken, self._all_hit = set(), set(), set(), False

    def take(self, random_):
        """A worker that no other fault of this step has."""
        with self._lock:
            free = [worker for worker in self.group.workers if worker not in self._taken]
            worker = random_.choice(free)
            self._taken.add(worker)
            return worker

    def hit(self, worker=None):
        """What this worker runs, or all that runs (None), may be delivered twice from here on."""
        self._hit.add(worker)

    def is_hit(self, worker):
        return None in self._hit or worker in self._hit

    def out_of_order(self):
        """The lines by which workers that were not hit told, in this step, that they let go of tasks otherwise than in
        order."""
        told = []
        for worker, size in self._logs.items():
            lines = worker.log_path.read_bytes()[size:].decode(errors="replace").splitlines()
            told += [f"{self.name(worker)}: {line}" for line in lines
                     if not self.is_hit(worker) and any(text in line for text in _OUT_OF_ORDER)]
        return told

    def name(self, worker):
        return f"worker {self.group.workers.index(worker) + 1}"

    # Who is to answer

    @contextlib.contextmanager
    def mute(self, worker):
        """It is stopped, and need not answer until the block has ended."""
        self._change(worker, self._mute.add)
        try:
            yield
        finally:
            self._change(worker, self._mute.discard)

    def _change(self, worker, change):
        with self._lock:
            self._epochs[worker] = self._epochs.get(worker, 0) + 1
            change(worker)

    def woken(self, worker):
        """It was frozen, so until the group has settled it may run what others have."""
        self._woken.add(worker)

    def is_woken(self, worker):
        return worker in self._woken

    def speaking(self):
        """The workers that are to answer, each with what `still` needs."""
        with self._lock:
            return [(worker, self._epochs.get(worker, 0)) for worker in self.group.workers
                    if worker not in self._mute]

    def still(self, worker, epoch):
        """Whether it was to answer all the time since `speaking`."""
        return self._epochs.get(worker, 0) == epoch

    def leader(self):
        """By the word of a worker that is well."""
        def named():
            for worker, _ in self.speaking():
                leader = self.group.at((self.group.leader_url(worker) or "").partition("//")[2])
                if leader and worker not in self._taken:
                    return leader
            return None
        return wait_for(named, "a worker knows who leads", SETTLE_SECONDS)

    # What faults do

    def wait(self, sessions, since=None):
        """Lets a fault last, from now on or since then."""
        gone = time.monotonic() - since if since else 0
        self.aborted.wait(max(0, sessions * self.session_seconds - gone))

    def start(self, worker):
        worker.start(wait=False)
        wait_for(worker.ready, lambda: f"{self.name(worker)} is healthy:\n{worker.log()[-3000:]}", SETTLE_SECONDS)

    def wait_for_take_over(self, worker, since):
        """Until others run all that this worker ran, by the word of one that is well."""
        def taken_over():
            try:
                return self._runs_elsewhere(worker)
            except OSError:
                return False
        wait_for(taken_over, lambda: f"others run what {self.name(worker)} ran", TAKE_OVER_SECONDS)
        took = time.monotonic() - since
        with self._lock:
            self.take_over_seconds = max(took, self.take_over_seconds or 0)

    def _runs_elsewhere(self, worker):
        others = [other for other, _ in self.speaking() if other not in self._taken]
        placed = self.group.placement(others[0]) if others else {}
        want = sum(self.load.tasks.values())
        return len([part for part in placed if "/" in part]) >= want and worker.worker_id not in placed.values()

    def patiently(self, look, what):
        """What `look` answers once that is true, and it is not disturbed by what goes on."""
        errors = [None]

        def undisturbed():
            try:
                return look()
            except (OSError, KafkaException) as error:
                errors[0] = error
                return None
        return wait_for(undisturbed, lambda: f"{what}: {errors[0]}", SETTLE_SECONDS, interval=0.2)

    def ask(self, random_, method, path, body=None, good=(200, 201, 202, 204)):
        """A write by a client that tries again, at any worker that no fault has, until it is acknowledged."""
        answers = []

        def acknowledged():
            well = [worker for worker, _ in self.speaking() if worker not in self._taken]
            if not well:
                return None
            try:
                answers.append(random_.choice(well).request(method, path, body, timeout=WRITE_SECONDS))
            except OSError as error:
                answers.append(error)
                return None
            return answers[-1] if answers[-1].code in good else None
        return wait_for(acknowledged, lambda: f"{method} {path}: {[str(getattr(one, 'text', one)) for one in answers]}",
                        SETTLE_SECONDS, interval=0.3)
