"""What befalls a group and when: a pure function of a seed, so that a failing seed replays."""

import dataclasses
import random

# By kind: how long it lasts, from and to, in session time-outs of a worker.
WORKER = {
    "kill": (0.1, 2.5),           # SIGKILL; started again
    "terminate": (0.1, 2.0),      # SIGTERM; started again
    "freeze short": (0.1, 0.35),  # SIGSTOP, SIGCONT within the session
    "freeze long": (1.3, 2.5),    # the same, and the session ends meanwhile
    "black hole": (0.3, 2.5),     # no byte passes between a worker and the brokers
    "refuse": (0.3, 2.5),         # a worker's connections to the brokers are reset, new ones refused
    "peers": (0.3, 2.0),          # the other workers do not reach a worker's REST listener
}
GROUP = {
    "rolling restart": (0.0, 0.1),
    "broker restart": (0.0, 0.5),
    "broker loss": (0.3, 2.5),       # SIGKILL; started again
    "coordinator move": (0.0, 0.5),  # the broker that coordinates the workers' or a sink's group stops in order
}
CONFIG = {
    "tasks.max": (0.0, 0.3),  # up or down
    "pause": (0.1, 0.6),      # and resume
    "restart": (0.0, 0.1),    # a connector with its tasks
    "create": (0.1, 0.6),     # and delete
}
HOLDS = {**WORKER, **GROUP, **CONFIG}
# Those that keep what a leader writes for a while, and then let it go.
HOLDS_WRITES = {"black hole", "freeze short", "freeze long"}
# After these nothing may have been delivered twice.
CLEAN = {"terminate", "freeze short", "peers", "rolling restart", *CONFIG}

_SHARE_OF_PAIRS = 0.3
_SECOND_AFTER = (0.0, 0.8)  # of the first one's time
_QUIET_SECONDS = (2.0, 6.0)

# Each kind once, in as few steps as may be, and none longer than it must: what is not here lasts as short as it may.
SELECTION = (("kill",), ("tasks.max",), ("black hole",), ("terminate", "restart"), ("freeze long", "create"),
             ("broker loss",), ("freeze short", "pause"), ("refuse", "peers"), ("broker restart",),
             ("rolling restart",), ("coordinator move",))
_SELECTION_HOLDS = {"kill": 1.1, "black hole": 1.1}


@dataclasses.dataclass(frozen=True)
class Fault:
    kind: str
    hold: float  # session time-outs
    seed: int    # of whatever is left to choose
    after: float = 0.0  # session time-outs after the step's begin


@dataclasses.dataclass(frozen=True)
class Step:
    number: int
    faults: tuple
    quiet: float  # seconds

    def __str__(self):
        return " + ".join(fault.kind for fault in self.faults)

    def clean(self):
        return all(fault.kind in CLEAN for fault in self.faults)

    def holds_writes(self):
        return any(fault.kind in HOLDS_WRITES for fault in self.faults)


def may_overlap(first, second):
    """Two workers may be hit at once, or a worker and a broker, or a configuration change with anything; never two
    brokers, which is more than three replicas bear, nor a worker that is restarted anyway."""
    if first in CONFIG or second in CONFIG:
        return first != second
    if first in GROUP and second in GROUP:
        return False
    return "rolling restart" not in (first, second)


def _fault(random_, kind, after=0.0):
    return Fault(kind, round(random_.uniform(*HOLDS[kind]), 2), random_.getrandbits(32), round(after, 2))


def _pair(random_, kind):
    first = _fault(random_, kind)
    if random_.random() >= _SHARE_OF_PAIRS:
        return (first,)
    second = random_.choice([other for other in HOLDS if may_overlap(kind, other)])
    return (first, _fault(random_, second, random_.uniform(*_SECOND_AFTER) * first.hold))


def schedule(seed):
    """Steps without end. Each kind comes once in a round; then they are shuffled again."""
    random_ = random.Random(seed)
    number = 0
    while True:
        for kind in random_.sample(list(HOLDS), len(HOLDS)):
            number += 1
            yield Step(number, _pair(random_, kind), round(random_.uniform(*_QUIET_SECONDS), 1))


def selection(seed):
    """Each kind once."""
    random_ = random.Random(seed)
    for number, kinds in enumerate(SELECTION, 1):
        faults = tuple(dataclasses.replace(_fault(random_, kind), hold=_SELECTION_HOLDS.get(kind, HOLDS[kind][0]))
                       for kind in kinds)
        yield Step(number, faults, _QUIET_SECONDS[0])
