"""The ledger tells what is missing, and who repeats."""

import pytest
from chaos.ledger import Ledger, Seen


def test_seen():
    seen = Seen(1)
    assert [seen.add(n) for n in (1, 2, 4, 5)] == [True] * 4
    assert (seen.next, seen.end(), seen.missing(6)) == (3, 6, [3])
    assert not seen.add(4) and not seen.add(2)
    assert seen.add(3)
    assert (seen.next, seen.end(), seen.missing(6), seen.missing(8)) == (6, 6, [], [6, 7])


def line(source, number, partition, offset):
    return b'{"v":"%b-%d","t":"t","p":%d,"o":%d}\n' % (source, number, partition, offset)


@pytest.fixture
def files(tmp_path):
    path = tmp_path / "out"

    def write(*lines):
        with open(path, "ab") as file:
            file.write(b"".join(lines))
    return path, write


def test_the_ledger_tells_who_repeats(files):
    path, write = files
    ledger = Ledger([path], {"a": 0, "m-0": 1})
    ledger.read()
    write(line(b"a", 0, 0, 0), line(b"a", 1, 1, 0), line(b"m-0", 1, 0, 1))
    ledger.read()
    assert ledger.duplicates() == ({}, {}) and ledger.records == 3
    write(line(b"a", 1, 1, 0), line(b"m-0", 1, 1, 1), line(b"a", 1, 1, 2), line(b"a", 0, 1, 3))
    ledger.read()
    assert ledger.duplicates() == ({"m-0": (1, 1), "a": (2, 0)}, {("t", 1): (1, 0)})
    assert ledger.duplicates() == ({}, {})
    assert ledger.ends() == {"a": 2, "m-0": 2}
    assert ledger.missing({"a": 3}, {("t", 0): 2, ("t", 1): 5}) == {"a": [2], ("t", 1): [4]}


def test_the_ledger_reads_whole_lines(files):
    """What a killed writer left is cut off by the next, or another writer's lines follow it."""
    path, write = files
    ledger = Ledger([path], {"a": 0})
    write(line(b"a", 0, 0, 0), b'{"v":"a-')
    ledger.read()
    assert ledger.records == 1
    with open(path, "r+b") as file:
        file.truncate(len(line(b"a", 0, 0, 0)))
    write(line(b"a", 1, 0, 1), b'{"v":"a-2"', line(b"a", 2, 0, 2), line(b"a", 3, 0, 3))
    ledger.read()
    assert (ledger.records, ledger.torn) == (4, 1)
    assert ledger.missing({"a": 4}, {("t", 0): 4}) == {}
    write(b"nonsense\n", line(b"a", 4, 0, 4))
    with pytest.raises(AssertionError, match="no sink writes"):
        ledger.read()
