"""An HTTP server of a test's own, which fails, delays, refuses and cuts where it is told to.

What it answers is a function of the test, `respond(request)`; before it come the answers of `next(...)`, one for each
request. It keeps what was asked. It keeps its port while it is stopped and started.
"""

import collections
import http.server
import json
import threading
import time
import urllib.parse

from support.worker import free_port

CUT = object()  # as an answer: the connection is reset, nothing is said
SILENT = object()  # nothing is said, and the connection stays


class Reply:
    def __init__(self, status=200, body=b"", headers=None):
        self.status, self.headers = status, headers or {}
        self.body = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()


class Request:
    def __init__(self, method, target, headers, body):
        self.method, self.headers, self.body = method, headers, body
        parts = urllib.parse.urlsplit(target)
        self.path = urllib.parse.unquote(parts.path)
        self.query = {name: values[-1] for name, values in
                      urllib.parse.parse_qs(parts.query, keep_blank_values=True).items()}

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class HttpServer:
    """Serves from the beginning on; `respond` may be replaced at any time."""

    def __init__(self, respond=lambda request: Reply(), tls=None):
        self.respond, self.tls = respond, tls
        self.port = free_port()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.requests = []
        self._next = collections.deque()
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._connections = set()
        self._server = None
        self.start()

    def start(self):
        self._released.clear()
        self._server = _Server(self)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self):
        """Nobody listens any more, and what there is is cut."""
        self._released.set()
        server, self._server = self._server, None
        if server:
            server.shutdown()
            server.server_close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            _reset(connection)

    def next(self, *answers, times=1):
        """Answers of the next requests: a Reply, CUT, SILENT, or a function of the request."""
        with self._lock:
            self._next.extend(answers * times)

    def asked(self, path=None, method=None):
        with self._lock:
            return [one for one in self.requests if path in (None, one.path) and method in (None, one.method)]

    def answer(self, request):
        with self._lock:
            self.requests.append(request)
            answer = self._next.popleft() if self._next else self.respond
        return answer(request) if callable(answer) else answer

    def wait_for_release(self):
        self._released.wait(60)

    def connected(self, connection, there):
        with self._lock:
            (self._connections.add if there else self._connections.discard)(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, owner):
        self.owner = owner
        super().__init__(("127.0.0.1", owner.port), _Handler)
        if owner.tls:
            self.socket = owner.tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request, client_address):
        """Connections that clients end are no news."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def setup(self):
        super().setup()
        self.server.owner.connected(self.connection, True)

    def finish(self):
        self.server.owner.connected(self.connection, False)
        super().finish()

    def log_message(self, *_):
        pass

    def _serve(self):
        owner = self.server.owner
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = owner.answer(Request(self.command, self.path, self.headers, body))
        if answer is SILENT:
            owner.wait_for_release()
        if answer in (SILENT, CUT):
            self.close_connection = True
            _reset(self.connection)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve


def _reset(connection):
    try:
        connection.shutdown(2)
    except OSError:
        pass  # it has ended by itself


class Limit:
    """Refuses from its first request on for as long as it says, and then lets all pass."""

    def __init__(self, respond, seconds=2):
        self.respond, self.seconds = respond, seconds
        self.until, self.refused, self.passed = None, 0, 0

    def __call__(self, request):
        now = time.monotonic()
        self.until = self.until or now + self.seconds
        if now < self.until - 0.1:  # the client's clock began a little later
            self.refused += 1
            return Reply(429, headers={"Retry-After": str(self.seconds)})
        self.passed += 1
        return self.respond(request)


class Tokens:
    """A token endpoint (client credentials) and what refuses requests without a token of it that is in force."""

    def __init__(self, lifetime=3600):
        self.lifetime, self.given, self.valid = lifetime, [], set()
        self.forms = []

    def give(self, request):
        self.forms.append((request.headers.get("Authorization"), dict(urllib.parse.parse_qsl(request.text))))
        token = f"token-{len(self.given) + 1}-s3cret"
        self.given.append(token)
        self.valid.add(token)
        return Reply(body={"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime})

    def revoke(self):
        self.valid.clear()

    def allows(self, request):
        return request.headers.get("Authorization", "").removeprefix("Bearer ") in self.valid
