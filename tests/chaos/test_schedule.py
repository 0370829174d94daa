"""What befalls a group is a function of the seed."""

import itertools

import pytest
from chaos.schedule import CONFIG, GROUP, HOLDS, may_overlap, schedule, selection


def first(count, seed):
    return list(itertools.islice(schedule(seed), count))


def test_a_seed_replays():
    assert first(100, 7) == first(100, 7)
    assert first(100, 7) != first(100, 8)


def test_every_kind_comes_in_each_round():
    steps = first(3 * len(HOLDS), 1)
    for begin in range(0, len(steps), len(HOLDS)):
        assert {step.faults[0].kind for step in steps[begin:begin + len(HOLDS)]} == set(HOLDS)


def test_the_selection_has_every_kind():
    assert sorted(fault.kind for step in selection(1) for fault in step.faults) == sorted(HOLDS)


@pytest.mark.parametrize("seed", range(5))
def test_overlaps(seed):
    pairs = [step.faults for step in first(300, seed) if len(step.faults) > 1]
    assert 50 < len(pairs) < 150
    for one, two in pairs:
        assert may_overlap(one.kind, two.kind) and two.after <= one.hold
        assert not (one.kind in GROUP and two.kind in GROUP)
        if "rolling restart" in (one.kind, two.kind):
            assert one.kind in CONFIG or two.kind in CONFIG
