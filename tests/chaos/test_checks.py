"""What is excused after a fault, and what is not; and how it is told."""

import io

import pytest
from chaos.checks import Baseline, Verdict, unexcused
from chaos.report import Report, Row
from chaos.schedule import Fault, Step
from chaos.world import World

PLACE = ("t", 0)


class Group:
    def __init__(self):
        self.workers = ["first", "second"]


@pytest.fixture
def world():
    return World(Group(), None, None, 6)


BASELINE = Baseline({"a": 100}, {PLACE: 50}, {"a": "first", PLACE: "second"})


def told(world, twice, offsets, clean=False):
    return list(unexcused(world, twice, offsets, BASELINE, clean, "sent"))


def test_the_tail_of_a_worker_that_was_hit_is_excused(world):
    world.hit("first")
    assert told(world, {"a": (7, 100)}, BASELINE.stored) == []
    world.hit()
    assert told(world, {PLACE: (7, 50)}, BASELINE.committed) == []


def test_what_was_committed_does_not_come_again(world):
    world.hit("first")
    line, = told(world, {"a": (7, 99)}, BASELINE.stored)
    assert line == "7 records of a were sent twice, from 99 on; before the fault all below 100 was committed"


def test_others_repeat_nothing(world):
    world.hit("first")
    line, = told(world, {PLACE: (7, 60)}, BASELINE.committed)
    assert line.endswith("its task was at second, which was not hit")


def test_after_clean_faults_nothing_is_excused(world):
    world.hit()
    line, = told(world, {"a": (1, 200)}, BASELINE.stored, clean=True)
    assert line.endswith("though all faults were clean")


def test_who_is_to_answer(world):
    (worker, epoch), _ = world.speaking()
    with world.mute(worker):
        assert [one for one, _ in world.speaking()] == ["second"]
    assert [one for one, _ in world.speaking()] == ["first", "second"]
    assert not world.still(worker, epoch)  # it was away since


def test_the_table():
    class Watched:
        answers, writes, refused = 10, 5, 1

    class Counted:
        records, torn = 1000, 2

    report = Report(7, 20_000, io.StringIO())
    verdict = Verdict(settled=2.0, caught_up=1.0, sent_twice=3, delivered_twice=4, excuse=[])
    one, two = Fault("kill", 1.0, 1), Fault("pause", 0.5, 2)
    for step, rate in ((Step(1, (one,), 2.0), 19_000), (Step(2, (one, two), 2.0), 21_000)):
        report.add(Row(step, verdict, 6.5, 0.1, 0.2, rate), ["worker 1"] * len(step.faults))
    table = report.table(Counted(), Watched())
    assert "| kill | 1 | 2.0, 2.0 | 6.5 | 3 | 4 | 0.10 | 0.20 |" in table
    assert "| two of them at once | 1 |" in table and "| all | 2 |" in table
    assert "2 steps, 3 faults, 1000 records at the destination, 0 missing, 6 sent twice, 8 delivered twice" in table
    assert "20000 or more in 1 of 2." in table
