"""Each kind of fault: a function that begins it, lets it last, ends it, and answers what it did.

Those of one step run at once, each in a thread of its own."""

import random
import signal
import time


def run(world, fault):
    """The whole fault; answers a text for the report: what was hit, and for how long."""
    world.wait(fault.after)
    began = time.monotonic()
    told = _KINDS[fault.kind](world, random.Random(fault.seed), fault.hold)
    return f"{told}, {time.monotonic() - began:.1f} s"


# Workers

def _kill(world, random_, hold):
    worker = world.take(random_)
    world.hit(worker)
    with world.mute(worker):
        since = time.monotonic()
        worker.kill()
        if hold > 1:
            world.wait_for_take_over(worker, since)
        world.wait(hold, since)
        world.start(worker)
    return world.name(worker)


def _terminate(world, random_, hold):
    worker = world.take(random_)
    with world.mute(worker):
        since = time.monotonic()
        code = worker.stop(timeout=120)
        assert code == 0, f"{world.name(worker)} ended with {code} when it was asked to stop"
        if hold > 0.5:
            world.wait_for_take_over(worker, since)
        world.wait(hold)
        world.start(worker)
    return world.name(worker)


def _freeze(world, random_, hold):
    worker = world.take(random_)
    if hold > 1:
        world.hit(worker)
    with world.mute(worker):
        since = time.monotonic()
        worker.process.send_signal(signal.SIGSTOP)
        if hold > 1:
            world.wait_for_take_over(worker, since)
        world.wait(hold, since)
        world.woken(worker)
        worker.process.send_signal(signal.SIGCONT)
    return world.name(worker)


def _cut_off(world, random_, hold, how):
    worker = world.take(random_)
    world.hit(worker)
    since = time.monotonic()
    how(worker.brokers)
    if hold > 1:
        world.wait_for_take_over(worker, since)
    world.wait(hold, since)
    worker.brokers.heal()
    return world.name(worker)


def _black_hole(world, random_, hold):
    return _cut_off(world, random_, hold, lambda links: links.black_hole())


def _refuse(world, random_, hold):
    return _cut_off(world, random_, hold, lambda links: links.refuse())


def _peers(world, random_, hold):
    """Not `take`: nothing is the matter with this worker but that others do not reach it."""
    worker = random_.choice([random_.choice(world.group.workers), world.leader()])
    refuse = random_.random() < 0.5
    worker.rest.refuse() if refuse else worker.rest.black_hole()
    world.wait(hold)
    worker.rest.heal()
    return f"{world.name(worker)}, {'refused' if refuse else 'black hole'}"


def _rolling_restart(world, random_, hold):
    for worker in random_.sample(world.group.workers, len(world.group.workers)):
        with world.mute(worker):
            code = worker.stop(timeout=120)
            assert code == 0, f"{world.name(worker)} ended with {code} when it was asked to stop"
            world.wait(hold)
            world.start(worker)
    return "all workers"


# Brokers. All that runs writes to each of them, and any sink's group may be there.

def _broker(world, broker, hold, end):
    world.hit()
    end(broker)
    world.wait(hold)
    broker.start()
    world.patiently(lambda: world.brokers.out_of_sync() == set(), "all replicas are in sync")
    return f"broker {broker.number}"


def _broker_restart(world, random_, hold):
    return _broker(world, random_.choice(list(world.brokers)), hold, lambda broker: broker.stop())


def _broker_loss(world, random_, hold):
    return _broker(world, random_.choice(list(world.brokers)), hold, lambda broker: broker.kill())


def _coordinator_move(world, random_, hold):
    group = random_.choice([world.group.name, *(f"connect-{sink}" for sink in world.load.sinks)])
    broker = world.patiently(lambda: world.brokers.coordinator(group), f"group {group} has a coordinator")
    told = _broker(world, broker, hold, lambda broker: broker.stop())
    return f"{told}, of group {group}"


# Configurations, by a client that tries again

def _tasks_max(world, random_, hold):
    connector = world.load.tasks_max(random_)
    world.ask(random_, "PUT", f"/connectors/{connector}/config", world.load.config(connector))
    world.wait(hold)
    return f"{connector} has {world.load.tasks[connector]}"


def _pause(world, random_, hold):
    connector = random_.choice(list(world.load.tasks))
    world.ask(random_, "PUT", f"/connectors/{connector}/pause")
    world.wait(hold)
    world.ask(random_, "PUT", f"/connectors/{connector}/resume")
    return connector


def _restart(world, random_, hold):
    connector = random_.choice(list(world.load.tasks))
    world.ask(random_, "POST", f"/connectors/{connector}/restart?includeTasks=true")
    world.wait(hold)
    return connector


def _create(world, random_, hold):
    connector = f"passing-{random_.getrandbits(32):08x}"
    config = {"connector.class": "FileStreamSink", "topics": "none", "file": "/dev/null",
              "tasks.max": str(random_.randint(1, 4))}
    world.ask(random_, "PUT", f"/connectors/{connector}/config", config)
    world.wait(hold)
    world.ask(random_, "DELETE", f"/connectors/{connector}", good=(204, 404))
    return connector


_KINDS = {"kill": _kill, "terminate": _terminate, "freeze short": _freeze, "freeze long": _freeze,
          "black hole": _black_hole, "refuse": _refuse, "peers": _peers, "rolling restart": _rolling_restart,
          "broker restart": _broker_restart, "broker loss": _broker_loss, "coordinator move": _coordinator_move,
          "tasks.max": _tasks_max, "pause": _pause, "restart": _restart, "create": _create}
