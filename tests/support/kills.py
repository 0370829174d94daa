"""How many records the tests move in whose middle a worker is killed, a server restarts, the network fails: few by themselves;
SLUICE_KILL_RECORDS=1000000 makes them large (tests/README.md)."""

import concurrent.futures
import contextlib
import os

LARGE = 100_000
_ASKED = int(os.environ.get("SLUICE_KILL_RECORDS", "0"))


def records(default):
    """As many as a test has by itself, or as were asked for."""
    return _ASKED or default


def seconds(count):
    """In which so many are written, moved and read back, on a busy machine."""
    return 90 + count // 1000


def moments(count, first):
    """After how many records it happens: of few, once, after the first ones; of many three times."""
    return [count // 4, count // 2, count * 3 // 4] if count >= LARGE else [first]


@contextlib.contextmanager
def meanwhile(function, *arguments):
    """Runs it beside the block, which ends when it has."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        done = pool.submit(function, *arguments)
        yield
        done.result()
