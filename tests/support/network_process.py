"""The program behind support/network.py: proxies on loopback, told by lines of JSON on stdin what to do.

Each link forwards the connections to its port to its target. It refuses connections while nobody listens at the
target, as the target would. The program ends when stdin does.
"""

import asyncio
import collections
import json
import socket
import struct
import sys

HELD_BYTES = 1 << 20  # of a direction that is delayed; what more is read would have to wait elsewhere, too
PROBE_SECONDS = 0.05
UP, DOWN = "up", "down"
END, RESET = "end", "reset"  # marks between the data of a direction


class Side(asyncio.Protocol):
    """One end of a connection. What comes in here goes out at the other side."""

    def __init__(self, link, direction, other=None):
        self.link, self.direction = link, direction  # the direction of what is read here
        self.transport, self.other = None, other
        self.waiting, self.waiting_bytes = collections.deque(), 0  # (due, data or mark)
        self.timer = None
        self.other_is_full = self.ended = False

    def held(self):
        return self.direction in self.link.held

    def update(self):
        """Reads while what is read may go on."""
        if self.transport is not None and not self.transport.is_closing():
            stuck = self.held() or self.waiting_bytes >= HELD_BYTES or self.other_is_full
            if stuck or self.other is None or self.other.transport is None:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()
        self._wait()

    def pause_writing(self):
        self.other.other_is_full = True
        self.other.update()

    def resume_writing(self):
        self.other.other_is_full = False
        self.other.update()

    def data_received(self, data):
        self.link.carried[self.direction] += len(data)
        self._pass_on(data)

    def eof_received(self):
        self._pass_on(END)
        return True  # the other direction may go on

    def connection_lost(self, exc):
        self.transport = None
        if self.other is not None and self in self.link.sides:
            self._pass_on(RESET if exc or not self.ended else END)
        self.link.sides.discard(self)

    def _pass_on(self, what):
        delay = self.link.delays.get(self.direction, 0)
        if not delay and not self.waiting and not self.held():
            self._write(what)
            return
        self.waiting.append((asyncio.get_running_loop().time() + delay, what))
        self.waiting_bytes += len(what)
        self.update()

    def _wait(self):
        if self.timer is None and self.waiting and not self.held():
            self.timer = asyncio.get_running_loop().call_at(self.waiting[0][0], self._due)

    def _due(self):
        self.timer = None
        now = asyncio.get_running_loop().time()
        while self.waiting and self.waiting[0][0] <= now and not self.held():
            what = self.waiting.popleft()[1]
            self.waiting_bytes -= len(what)
            self._write(what)
        self.update()

    def _write(self, what):
        out = self.other.transport
        self.ended |= what is END
        if out is None or out.is_closing():
            return
        if what is RESET:
            reset(out)
        elif what is not END:
            out.write(what)
        elif self.other.ended:  # both directions are done
            out.close()
            if self.transport is not None:
                self.transport.close()
        else:
            out.write_eof()


class Client(Side):
    """The side of whoever has connected to the link."""

    def __init__(self, link):
        super().__init__(link, UP)

    def connection_made(self, transport):
        self.transport = transport
        self.link.sides.add(self)
        asyncio.get_running_loop().call_soon(self.update)  # asyncio begins to read after this call
        self.link.connect(self)


class Target(Side):
    def __init__(self, link, client):
        super().__init__(link, DOWN, client)

    def connection_made(self, transport):
        if self.other not in self.link.sides:  # cut, or gone, meanwhile
            reset(transport)
            return
        self.transport, self.other.other = transport, self
        self.link.sides.add(self)
        asyncio.get_running_loop().call_soon(self.update)
        self.other.update()


def reset(transport):
    """The other end sees a reset, not an orderly end."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class Link:
    def __init__(self, target, port):
        self.target, self.port = target, port
        self.server = None
        self.sides = set()  # whose transports are open
        self.held, self.delays = set(), {}
        self.refuses = False
        self.prober = None
        self.passing = asyncio.Event()  # connections get through to the target
        self.passing.set()
        self.carried = {UP: 0, DOWN: 0}
        self.connecting = set()

    async def listen(self):
        if self.server is None:
            loop = asyncio.get_running_loop()
            self.server = await loop.create_server(lambda: Client(self), "127.0.0.1", self.port, reuse_address=True)
            self.port = self.server.sockets[0].getsockname()[1]

    def close(self):
        if self.server is not None:
            self.server.close()
            self.server = None

    def cut(self):
        for side in list(self.sides):
            self.sides.discard(side)
            if side.transport is not None:
                reset(side.transport)
        for task in list(self.connecting):
            task.cancel()

    def update(self):
        for side in list(self.sides):
            side.update()
        if UP in self.held:
            self.passing.clear()
        else:
            self.passing.set()

    def connect(self, client):
        """To the target, for a connection that has come in."""
        task = asyncio.get_running_loop().create_task(self._connect(client))
        self.connecting.add(task)
        task.add_done_callback(self.connecting.discard)

    async def _connect(self, client):
        try:
            await self.passing.wait()
            await asyncio.get_running_loop().create_connection(lambda: Target(self, client), "127.0.0.1", self.target)
        except OSError:
            self.sides.discard(client)
            if client.transport is not None:
                reset(client.transport)
            self.close()
            if self.prober is None:
                self.prober = asyncio.create_task(self.probe())

    async def probe(self):
        """Until somebody listens at the target."""
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.target)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(PROBE_SECONDS)
        self.prober = None
        if not self.refuses:
            await self.listen()

    # The verbs of support/network.py

    async def heal(self):
        self.refuses = False
        self.held.clear()
        self.delays.clear()
        self.update()
        if self.prober is None:
            await self.listen()

    async def refuse(self):
        self.refuses = True
        self.close()
        self.cut()

    async def hold(self, directions):
        self.held.update(directions)
        self.update()

    async def delay(self, directions, seconds):
        for direction in directions:
            self.delays[direction] = seconds

    async def end(self):
        if self.prober is not None:
            self.prober.cancel()
        self.close()
        self.cut()


class Program:
    def __init__(self):
        self.links = {}

    async def obey(self, order):
        do = order.pop("do")
        if do == "link":
            link = Link(order["target"], order["port"])
            await link.listen()
            self.links[link.port] = link
            return {"port": link.port}
        link = self.links[order.pop("link")]
        if do == "cut":
            link.cut()
        elif do == "count":
            return {"connections": sum(isinstance(side, Client) for side in link.sides), **link.carried}
        elif do == "end":
            del self.links[link.port]
            await link.end()
        else:
            await getattr(link, do)(**order)
        return {}

    async def run(self):
        loop = asyncio.get_running_loop()
        orders = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
        while line := await orders.readline():
            try:
                answer = await self.obey(json.loads(line))
            except (OSError, LookupError, TypeError, AttributeError) as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(Program().run())
