"""What has arrived at the destination: every record by its number at the source, and by its place in the topic.

A line there is made by the sinks' transforms: {"v":"SOURCE-NUMBER","t":TOPIC,"p":PARTITION,"o":OFFSET}. The same place
twice was delivered twice by a sink; a number that has two places was sent twice by a source.
"""

import collections
import os
import re
import threading

_LINE = re.compile(rb'\{"v":"([^"{]+)-(\d+)","t":"([^"]+","p":\d+),"o":(\d+)\}\n')
_BETWEEN = b'","p":'  # a topic and its partition
_BLOCK = 1 << 20


class Seen:
    """Integers that have been seen: all from `first` up to `next`, and some above it."""

    __slots__ = ("next", "_above")

    def __init__(self, first=0):
        self.next, self._above = first, set()

    def add(self, number):
        """False: it has been seen already."""
        if number < self.next or number in self._above:
            return False
        self.add_new({number})
        return True

    def are_new(self, numbers):
        """Whether none of a list has been seen, and each is there once."""
        return min(numbers) >= self.next and len(set(numbers)) == len(numbers) and self._above.isdisjoint(numbers)

    def add_new(self, numbers):
        above = self._above
        above.update(numbers)
        while self.next in above:
            above.remove(self.next)
            self.next += 1

    def end(self):
        """Behind the highest of them."""
        return max(self._above) + 1 if self._above else self.next

    def missing(self, end):
        """Some of those below `end` that have not been seen."""
        return [n for n in range(self.next, min(end, self.next + 100_000)) if n not in self._above][:5]


class Ledger:
    """Reads the sinks' files from a thread of its own, or when it is asked to."""

    def __init__(self, files, first):
        """`first`: by source, its first number."""
        self._files = {path: 0 for path in files}  # how far each has been read
        self._numbers = {source.encode(): Seen(number) for source, number in first.items()}
        self._places = collections.defaultdict(Seen)  # by topic and partition
        self._twice_sent, self._twice_delivered = {}, {}
        self._lock, self._end = threading.Lock(), threading.Event()
        self.records = self.torn = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.error = None

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def _run(self):
        try:
            while not self._end.wait(0.1):
                self.read()
        except Exception as error:  # the main thread asks
            self.error = error

    def read(self):
        """To the ends that the files have now. Whole lines only: what is torn at the end may be cut off yet."""
        with self._lock:
            for path in self._files:
                if path.exists():
                    self._read(path, path.stat().st_size)

    def _read(self, path, size):
        with open(path, "rb") as file:
            while self._files[path] < size:
                block = os.pread(file.fileno(), _BLOCK, self._files[path])
                end = block.rfind(b"\n") + 1
                if not end:
                    return
                self._take_lines(path, block, end)
                self._files[path] += end

    def _take_lines(self, path, block, end):
        found = _LINE.findall(block, 0, end)
        if len(found) != block.count(b"\n", 0, end):
            raise AssertionError(f"{path} has lines that no sink writes, among {block[:300]!r}...")
        # The beginning of a line whose writer was killed while others went on with the file.
        self.torn += block.count(b"{", 0, end) - len(found)
        self.records += len(found)
        if not self._take_new(found):
            for record in found:
                self._take(*record)

    def _take_new(self, found):
        """If nothing has come before: the usual case, and the quick way."""
        offsets, numbers = collections.defaultdict(list), collections.defaultdict(list)
        for source, number, place, offset in found:
            offsets[place].append(int(offset))
            numbers[source].append(int(number))
        for seen, new in ((self._places, offsets), (self._numbers, numbers)):
            if not all(seen[key].are_new(of_key) for key, of_key in new.items()):
                return False
        for seen, new in ((self._places, offsets), (self._numbers, numbers)):
            for key, of_key in new.items():
                seen[key].add_new(of_key)
        return True

    def _take(self, source, number, place, offset):
        number, offset = int(number), int(offset)
        if not self._places[place].add(offset):
            self._note(self._twice_delivered, place, offset)
        elif not self._numbers[source].add(number):
            self._note(self._twice_sent, source, number)

    @staticmethod
    def _note(book, key, number):
        count, lowest = book.get(key, (0, number))
        book[key] = count + 1, min(lowest, number)

    def duplicates(self):
        """Since the last call: by source, and by topic and partition, how many and the lowest number or offset."""
        with self._lock:
            sent, delivered = self._twice_sent, self._twice_delivered
            self._twice_sent, self._twice_delivered = {}, {}
        return ({source.decode(): found for source, found in sent.items()},
                {_place(place): found for place, found in delivered.items()})

    def ends(self):
        """By source, behind the highest number that has arrived."""
        with self._lock:
            return {source.decode(): seen.end() for source, seen in self._numbers.items()}

    def missing(self, sources, places):
        """What has not arrived of that which lies below these ends. `places`: by topic and partition."""
        with self._lock:
            gaps = {source: self._numbers[source.encode()].missing(end) for source, end in sources.items()}
            found = {_place(place): seen for place, seen in self._places.items()}
            gaps.update({place: found.get(place, Seen()).missing(end) for place, end in places.items()})
        return {key: numbers for key, numbers in gaps.items() if numbers}


def _place(text):
    topic, partition = text.split(_BETWEEN)
    return topic.decode(), int(partition)
