"""What is measured of a group. Each scenario is a function of the lab and the system's name."""

import time

from bench.group.lab import KINDS, fill_with_idle, leader_of
from bench.group.watch import Rounds, Statuses
from support.worker import wait_for

SESSION_SECONDS = 10  # session.timeout.ms, by default
PEER_DELAY_SECONDS = 30  # of its rolling restart, for scheduled.rebalance.max.delay.ms, which is 300 s by default


def failover(lab, system):
    """SIGKILL of a worker, then of the leader: until the first record of each of its tasks that was written after its
    death is at its destination."""
    with lab.group(system, 3, "failover") as group, lab.flowing(group) as (flow, statuses):
        for of_leader in (False, True):
            leader = leader_of(group)
            victim = leader if of_leader else next(worker for worker in group.alive() if worker is not leader)
            doomed = {part for part, worker in statuses.placed().items() if worker == victim.worker_id}
            ways = [way for way in flow.ways if doomed & set(way.parts)]
            killed = time.monotonic()
            victim.kill()
            wait_for(lambda: all(way.first_written_after(killed) for way in ways),
                     lambda: f"{[way.connector for way in ways if not way.first_written_after(killed)]} go on",
                     lab.options.failover_timeout)
            lab.settle(group, flow.parts, statuses)
            tell_failover(lab, system, "the leader" if of_leader else "a follower", ways, killed)
            victim.start()
            lab.settle(group, flow.parts, statuses)


def tell_failover(lab, system, who, ways, killed):
    for kind, of_kind in (("sources", [way for way in ways if "-source-" in way.connector]),
                          ("sinks", [way for way in ways if "-source-" not in way.connector])):
        slowest = {}  # of each connector: one with several tasks had others that went on
        for way in of_kind:
            slowest[way.connector] = max(slowest.get(way.connector, 0), way.first_written_after(killed) - killed)
        if times := sorted(slowest.values()):
            lab.add(system, f"SIGKILL of {who}: first new record of each of its {kind}, s",
                    f"{times[0]:.1f} to {times[-1]:.1f}", times[-1], SESSION_SECONDS + 3)


def rolling(lab, system):
    """Each worker in turn gets SIGTERM, ends, and is started again; the next one's turn is when all tasks run. The
    peer's tasks wait for the whole delay, also when their worker is back, so it is shorter here than by default."""
    settings = {"scheduled__rebalance__max__delay__ms": PEER_DELAY_SECONDS * 1000} if system == "java" else {}
    with lab.group(system, 3, "rolling", **settings) as group, lab.flowing(group) as (flow, statuses):
        pauses, moves = {}, []
        calm = time.monotonic()
        note(pauses, CALM, flow.ways, calm - lab.options.calm_seconds, calm)
        for worker in list(group.workers):
            before = statuses.placed()
            since, since_wall = time.monotonic(), time.time()
            worker.stop(120)
            worker.start()
            lab.settle(group, flow.parts, statuses)
            left = {part for part, at in before.items() if at == worker.worker_id}
            moved = {event.part for event in statuses.since(since_wall) if event.worker_id != before[event.part]} - left
            moves.append(f"{len(left)} + {len(moved)}")
            for way in flow.ways:
                note(pauses, fate_of(set(way.parts), left, moved), [way], since, time.monotonic())
        lab.add(system, "rolling restart: tasks of the worker + others that moved", ", ".join(moves))
        for fate, aim in FATES.items():
            for kind in ("sources", "sinks"):
                if (fate, kind) in pauses:
                    lab.add(system, f"rolling restart, longest pause, s: {kind}{fate}", f"{pauses[fate, kind]:.2f}",
                            pauses[fate, kind], aim)


CALM, LEFT, MOVED, UNTOUCHED = ", before it", ", of the restarted worker", ", moved for balance", ", untouched"
SHARED = " of the one with three tasks"
FATES = {UNTOUCHED: 1, SHARED: 1, MOVED: None, LEFT: None, CALM: None}  # and the aim


def fate_of(parts, left, moved):
    if len(parts) > 1:
        return SHARED
    return LEFT if parts & left else MOVED if parts & moved else UNTOUCHED


def note(pauses, fate, ways, since, until):
    for way in ways:
        kind = "sources" if "-source-" in way.connector else "sinks"
        pauses[fate, kind] = max(pauses.get((fate, kind), 0), way.longest_pause(since, until))


def rebalance(lab, system):
    """Two workers start on many tasks; then a third joins, which takes a third of them from the others.

    The whole rebalance: from the first JoinGroup of the new one until the last SyncGroup is answered, and what was
    taken away has stopped. Tasks started a second: all that start, by the time from the SyncGroup that gives them away
    until the last of them is RUNNING; another round on the way counts.
    """
    count = lab.options.tasks
    with lab.group(system, 0, "rebalance") as group, Rounds(lab.kafka, group.name) as rounds:
        parts = fill_with_idle(group, count)
        began = time.time()
        group.add(2, KINDS[system])
        with Statuses(lab.kafka, f"{group.name}-status") as statuses:
            lab.settle(group, parts, statuses, 600)
            given = rounds.became_stable(began)[0].after
            last = statuses.since(began, "RUNNING")[-1].time
            lab.add(system, f"2 workers start on {count} tasks: tasks started a second",
                    f"{count / (last - given):.0f}", count / (last - given), 100, True)
            joins = time.time()
            group.add(1, KINDS[system])
            lab.settle(group, parts, statuses, 600)
            rounds.wait_until_stable()
            tell_rebalance(lab, system, statuses, rounds, joins)


def tell_rebalance(lab, system, statuses, rounds, joins):
    began, synced = rounds.left_stable(joins).after, rounds.became_stable(joins)
    stopped, started = statuses.since(joins, "UNASSIGNED"), statuses.since(joins, "RUNNING")
    over = max(synced[-1].by, stopped[-1].time) - began
    lab.add(system, "a third worker joins: rounds, tasks that stopped, tasks that started",
            f"{len(synced)}, {len(stopped)}, {len(started)}")
    lab.add(system, "a third worker joins: the whole rebalance, s", f"{over:.2f}", over, 5)
    lab.add(system, "a third worker joins: until the last task runs again, s", f"{started[-1].time - began:.2f}")
    given = max(change.after for change in synced if change.after <= started[-1].time)
    value = len(started) / (started[-1].time - given)
    lab.add(system, "a third worker joins: tasks started a second", f"{value:.0f}", value, 100, True)


SCENARIOS = {"rolling": rolling, "rebalance": rebalance, "failover": failover}
