"""What the watchers find, and what they leave alone."""

import types

import pytest
from chaos.watch import Watch
from chaos.world import World
from support.group import Group


class Worker:
    def __init__(self, *parts):
        self.parts, self.answer = [set(parts)], (200, "{}")

    def account(self):
        """One after the other, the last one for ever."""
        return self.parts.pop(0) if len(self.parts) > 1 else self.parts[0]

    def request(self, *_, **__):
        if isinstance(self.answer, OSError):
            raise self.answer
        code, text = self.answer
        return types.SimpleNamespace(code=code, text=text)


@pytest.fixture
def workers(monkeypatch):
    monkeypatch.setattr(Group, "account", staticmethod(lambda worker: worker.account()))
    return [Worker("c", "c/0"), Worker("c/1")]


@pytest.fixture
def watch(workers):
    load = types.SimpleNamespace(tasks={"c": 2})
    return Watch(World(types.SimpleNamespace(workers=workers), load, None, 6))


def test_a_part_at_two_workers(watch, workers):
    watch._owners(1)
    watch.check()
    workers[1].parts = [{"c/0", "c/1"}]
    watch._owners(2)
    with pytest.raises(AssertionError, match="c/0 runs at worker 1 and at worker 2"):
        watch.check()
    assert watch.world.aborted.is_set()


def test_a_part_that_moved_between_two_looks(watch, workers):
    workers[0].parts = [{"c/0"}, set()]
    workers[1].parts = [{"c/0"}]
    watch._owners(1)
    watch.check()


def test_one_that_was_frozen_is_not_asked_what_it_runs(watch, workers):
    workers[1].parts = [{"c/0"}]
    watch.world.woken(workers[1])
    watch._owners(1)
    watch.check()


@pytest.mark.parametrize("answer", [(500, "no"), OSError("timed out")])
def test_every_worker_answers(watch, workers, answer):
    watch._ask(1)
    watch.check()
    workers[0].answer = answer
    with watch.world.mute(workers[0]):
        watch._ask(2)
        watch.check()
    watch._ask(3)
    with pytest.raises(AssertionError, match="GET .* at worker 1"):
        watch.check()


def write(watch, number, answer):
    for worker in watch.world.group.workers:
        worker.answer = answer
    watch._write(number)


def test_what_was_acknowledged_stays(watch):
    watch.start_writing()
    write(watch, 1, (200, "{}"))
    watch.check_written("1")
    write(watch, 2, (409, "later"))
    watch.check_written("2")  # refused, and done nevertheless
    write(watch, 3, (200, "{}"))
    with pytest.raises(AssertionError, match=r"number 2, not one of \[3\]"):
        watch.check_written("2")


@pytest.mark.parametrize("answer", [(409, "later"), (500, "timed out"), OSError("connection reset")])
def test_a_write_of_unknown_end_may_be_there_until_another_is_acknowledged(watch, answer):
    watch.start_writing()
    write(watch, 1, (200, "{}"))
    write(watch, 2, answer)
    write(watch, 3, (201, "{}"))
    write(watch, 4, answer)
    write(watch, 5, answer)
    for older in ("1", "2"):
        with pytest.raises(AssertionError, match=rf"number {older}, not one of \[3, 4, 5\]"):
            watch.check_written(older)
    watch.check_written("4")
    with pytest.raises(AssertionError, match=r"not one of \[4\]"):  # all was quiet, so it stays
        watch.check_written("5")


def test_a_write_that_was_held_back_may_come_after_those_that_overtook_it(watch):
    watch.start_writing()
    write(watch, 1, (200, "{}"))
    write(watch, 2, (500, "timed out"))
    write(watch, 3, (200, "{}"))
    with pytest.raises(AssertionError, match=r"number 1, not one of \[2, 3\]"):
        watch.check_written("1", late=True)
    watch.check_written("2", late=True)
    with pytest.raises(AssertionError, match=r"not one of \[2\]"):  # all was quiet, so it stays
        watch.check_written("3", late=True)


def test_a_write_is_answered_in_a_way_that_is_documented(watch, workers):
    watch.start_writing()
    workers[0].answer = workers[1].answer = (404, "what?")
    watch._write(1)
    with pytest.raises(AssertionError, match="PUT of a configuration"):
        watch.check()
