"""What must hold when the faults of a step are over."""

import dataclasses
import time

from chaos.watch import WRITTEN


@dataclasses.dataclass
class Baseline:
    """Before a step: what may be sent or delivered again is what lies beyond these offsets, and whose it is."""
    stored: dict      # by source, the number below which all are stored as sent
    committed: dict   # by topic and partition
    holder: dict      # by topic and partition, the worker whose sink task reads it; by source, the worker of its task


@dataclasses.dataclass
class Verdict:
    settled: float    # seconds until every part ran once and every worker said the same
    caught_up: float  # seconds from then until all that was there had arrived and was committed
    sent_twice: int
    delivered_twice: int
    excuse: list      # of a step whose faults were clean, what workers told when something came twice nevertheless


def sample(world):
    """A Baseline of a group that has settled."""
    def look():
        placed = world.group.placement()
        worker = {part: world.group.at(at) for part, at in placed.items()}
        holders = world.load.holders()
        if len(holders) < len(world.load.all_places()):
            return None
        holder = {place: worker.get(part) for place, part in holders.items()}
        holder.update({source: worker.get(world.load.part(source)) for source in world.load.running_sources()})
        return Baseline(world.load.stored(world.group[0]), world.load.committed(), holder)
    return world.patiently(look, "offsets and owners are told")


def settle(world):
    """Until every worker says that every part runs once, and where; answers how long that took."""
    began = time.monotonic()
    tasks = {**world.load.tasks, WRITTEN: 1}

    def agreed():
        world.aborted.is_set() and _abort()
        first = None
        for worker in world.group.workers:
            placed = world.group.running_once(tasks, by=worker)
            if placed is None or first not in (None, placed):
                return None
            first = placed
        return first
    try:
        world.patiently(agreed, f"{tasks} run once, as all workers say")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{_state(world)}") from error
    return time.monotonic() - began


def _state(world):
    """What each worker says, as far as it does."""
    told = []
    for worker in world.group.workers:
        try:
            runs, statuses = sorted(world.group.account(worker)), worker.get("/connectors?expand=status").text
            told.append(f"{world.name(worker)} ({worker.worker_id}) runs {runs}; statuses {statuses}")
        except OSError as error:
            told.append(f"{world.name(worker)}: {error}")
    return "\n".join(told)


def _abort():
    raise AssertionError("a watcher has aborted the run")


def catch_up(world, ledger):
    """Until whatever was sent or delivered again has come to its end, and everything is committed. Then answers ends,
    by source and by place, below which everything must have arrived.

    First all that is in the topics is delivered, which tells how far the sources had come. Then these have stored more
    than that, so whatever they send again is sent. Then that, too, is delivered."""
    _wait_for_commits(world, _ends(world))
    ledger.read()
    ends, running = ledger.ends(), world.load.running_sources()
    sent = {source: ends[source] for source in running}
    for source, fed in world.load.fed().items():
        sent[source] = max(sent[source], fed)
    _wait_to_pass(world, "sources store", sent, lambda: world.load.stored(world.group[0]))
    places = _ends(world)
    _wait_for_commits(world, places)
    ledger.read()
    return sent, places


def _ends(world):
    return world.patiently(world.load.ends, "ends of topics are told")


def _wait_for_commits(world, ends):
    _wait_to_pass(world, "sinks commit", ends, world.load.committed)


def _wait_to_pass(world, what, ends, look):
    def short():
        world.aborted.is_set() and _abort()
        now = look()
        behind = {key: (now.get(key), end) for key, end in ends.items() if now.get(key, 0) < end}
        last[0] = behind
        return not behind
    last = [None]
    try:
        world.patiently(short, what)
    except AssertionError as error:
        raise AssertionError(f"{what} no more; (is, must become): {last[0]}; {error}") from error


def judge(world, ledger, baseline, clean):
    """After the faults of a step: nothing is missing, and nothing came twice but what may have. Or raises."""
    was_clean = clean
    settled = settle(world)
    began = time.monotonic()
    sources, places = catch_up(world, ledger)
    caught_up = time.monotonic() - began
    missing = ledger.missing(sources, places)
    assert not missing, f"gaps at the destination: {missing}"
    twice_sent, twice_delivered = ledger.duplicates()
    excuse = world.out_of_order() if twice_sent or twice_delivered else []
    if excuse:  # their machine had no time for them: tails may come twice after all
        clean = False
        world.hit()
    wrong = [*unexcused(world, twice_sent, baseline.stored, baseline, clean, "sent"),
             *unexcused(world, twice_delivered, baseline.committed, baseline, clean, "delivered")]
    assert not wrong, "; ".join(wrong)
    return Verdict(settled, caught_up, _count(twice_sent), _count(twice_delivered), excuse if was_clean else [])


def _count(twice):
    return sum(count for count, _ in twice.values())


def unexcused(world, twice, offsets, baseline, clean, what):
    for key, (count, lowest) in sorted(twice.items(), key=str):
        text = f"{count} records of {key} were {what} twice, from {lowest} on"
        if clean:
            yield f"{text}, though all faults were clean"
        elif lowest < offsets.get(key, 0):
            yield f"{text}; before the fault all below {offsets[key]} was committed"
        elif not world.is_hit(baseline.holder.get(key)):
            yield f"{text}; its task was at {baseline.holder.get(key)}, which was not hit"


def check_written(world, watch, late):
    """What was acknowledged is there, and all workers say the same. `late`: a leader's writes may have been held back,
    and have come after those of the next one."""
    def number():
        answers = [worker.get(f"/connectors/{WRITTEN}/config") for worker in world.group.workers]
        told = {answer.json["number"] if answer.code == 200 else answer.text for answer in answers}
        return told.pop() if len(told) == 1 else None
    found = world.patiently(number, f"all workers have the same configuration of {WRITTEN}")
    watch.check_written(found, late)
