"""Lines on their way from a file to a file, each accounted for."""

import threading

from support import kills
from support.worker import wait_for

SOURCE = "org.apache.kafka.connect.file.FileStreamSourceConnector"
SINK = "org.apache.kafka.connect.file.FileStreamSinkConnector"
_EVERY_SECONDS = 0.01


class Feed:
    """Appends numbered lines to a file from a thread of its own, until its block ends, and there are as many as were asked for
(kills.py): so fast that they take half a minute."""

    def __init__(self, path, lines_per_second=1000):
        self._least = kills.records(0)
        self.path, self._batch = path, max(1, int(max(lines_per_second, self._least // 30) * _EVERY_SECONDS))
        self.count = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)
        path.touch()

    def _run(self):
        with open(self.path, "a", encoding="ascii", buffering=1 << 16) as out:
            while not self._end.wait(_EVERY_SECONDS) or self.count < self._least:
                out.writelines(f"line {n:08d}\n" for n in range(self.count, self.count + self._batch))
                out.flush()
                self.count += self._batch

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()


def lines(path):
    """The whole lines of a file."""
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def missing(source, target):
    """The lines of one file that another lacks; a few of them are enough to see."""
    return sorted(set(lines(source)) - set(lines(target)))[:5]


def wait_for_more(target, count=500):
    """So many lines have arrived after those that are there now."""
    want = len(lines(target)) + count
    wait_for(lambda: len(lines(target)) >= want, lambda: f"{want} lines in {target}, but {len(lines(target))}")


def wait_for_all(source, target, timeout=30):
    """All lines that are in the source now have arrived."""
    sent = set(lines(source))
    wait_for(lambda: sent <= set(lines(target)),
             lambda: f"every line; missing: {sorted(sent - set(lines(target)))[:5]}", timeout, interval=0.2)
