"""Faults of the network between two servers of a test: a link is a proxy that one of them is told to be the other.

All bytes go through a process of their own (network_process.py), so a test that is busy holds nothing up.
"""

import json
import pathlib
import subprocess
import sys
import threading

_PROGRAM = pathlib.Path(__file__).with_name("network_process.py")
UP, DOWN = "up", "down"  # to the target; from it
_BOTH = (UP, DOWN)


class Network:
    """Makes links; they live until it ends."""

    def __init__(self):
        self._lock = threading.Lock()
        self._process = subprocess.Popen([sys.executable, str(_PROGRAM)], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)

    def link(self, target_port, port=0):
        """From 127.0.0.1:`port` (0: any free one) to 127.0.0.1:`target_port`, where nobody need listen yet."""
        return Link(self, self.order("link", target=target_port, port=port)["port"])

    def order(self, do, **order):
        with self._lock:
            self._process.stdin.write(json.dumps({"do": do, **order}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        assert line, f"the network's process has ended: {self._process.poll()}"
        answer = json.loads(line)
        assert "error" not in answer, f"{do} {order}: {answer['error']}"
        return answer

    def end(self):
        if self._process.poll() is None:
            self._process.stdin.close()
            self._process.wait(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


class Link:
    """It passes everything on until it is told otherwise; each verb is in force when it returns. A link refuses
    connections also while nobody listens at its target."""

    def __init__(self, network, port):
        self._network, self.port = network, port
        self.address = f"127.0.0.1:{port}"

    def _order(self, do, **order):
        return self._network.order(do, link=self.port, **order)

    def heal(self):
        """It passes everything on again, also what a black hole has held back, as TCP would send that again."""
        self._order("heal")

    def cut(self):
        """Resets the connections that there are, at both ends. What was held back is lost. New ones are served."""
        self._order("cut")

    def refuse(self):
        """Nobody listens any more, and what there is is cut."""
        self._order("refuse")

    def black_hole(self, direction=None):
        """Connections stay, new ones begin, but no byte comes through, in one `direction` or both."""
        self._order("hold", directions=[direction] if direction else _BOTH)

    def delay(self, seconds, direction=None):
        """Whatever is sent arrives so much later; 0: at once."""
        self._order("delay", seconds=seconds, directions=[direction] if direction else _BOTH)

    def connections(self):
        return self._order("count")["connections"]

    def carried(self):
        """Bytes so far, by direction."""
        count = self._order("count")
        return {direction: count[direction] for direction in _BOTH}

    def end(self):
        self._order("end")


class Links:
    """Several by the verbs of one."""

    def __init__(self, links):
        self.links = list(links)

    @property
    def address(self):
        return ",".join(link.address for link in self.links)

    def heal(self):
        for link in self.links:
            link.heal()

    def cut(self):
        for link in self.links:
            link.cut()

    def refuse(self):
        for link in self.links:
            link.refuse()

    def black_hole(self, direction=None):
        for link in self.links:
            link.black_hole(direction)

    def delay(self, seconds, direction=None):
        for link in self.links:
            link.delay(seconds, direction)

    def connections(self):
        return sum(link.connections() for link in self.links)
