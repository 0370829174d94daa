"""One keep-alive HTTP/1.1 connection on asyncio, without a library: a client that is to measure a server must itself
cost little. Answers are taken to carry Content-Length, as this server's do."""

import asyncio
import json
import time


class Answer:
    __slots__ = ("status", "body", "seconds")

    def __init__(self, status, body, seconds):
        self.status, self.body, self.seconds = status, body, seconds

    @property
    def json(self):
        return json.loads(self.body)


class Connection(asyncio.Protocol):
    """One request at a time. Errors: ConnectionError when the server closes, TimeoutError after 30 s."""

    def __init__(self):
        self._transport = None
        self._buffer = b""
        self._needed = None  # bytes of the answer under way, once its header is here
        self._answer = None

    @classmethod
    async def open(cls, host, port):
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    def connection_made(self, transport):
        self._transport = transport

    def connection_lost(self, exc):
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError(f"the server closed the connection: {exc}"))

    def data_received(self, data):
        self._buffer += data
        if self._needed is None:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            at = self._buffer.find(b"\r\nContent-Length: ", 0, end)
            length = int(self._buffer[at + 18:self._buffer.find(b"\r\n", at + 18)]) if at >= 0 else 0
            self._needed = end + 4 + length
        if len(self._buffer) >= self._needed and not self._answer.done():
            self._answer.set_result((self._buffer[:self._needed], time.perf_counter()))

    async def request(self, method, path, body=None):
        text = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: load\r\n"
        if text:
            head += f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n"
        self._answer = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        self._transport.write(head.encode() + b"\r\n" + text)
        whole, arrived = await asyncio.wait_for(self._answer, 30)
        self._buffer, self._needed = self._buffer[len(whole):], None
        header, _, content = whole.partition(b"\r\n\r\n")
        return Answer(int(header[9:12]), content, arrived - started)

    def close(self):
        self._transport.close()
