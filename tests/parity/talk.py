"""Holds the conversation with one worker."""

import http.client
import time
import urllib.parse

from support.worker import wait_for

# The peer's way to say that it is busy: it is asked again.
BUSY = ("Cannot complete request momentarily due to", "Cannot complete request because of a conflicting operation",
        "Request cannot be completed because a rebalance is expected")
WAIT_SECONDS = 40


class Said:
    """What a worker answered; `error` is set where there was no answer, or not the awaited one."""

    def __init__(self, status=0, headers=(), body=b"", error=None):
        self.status, self.headers, self.body, self.error = status, {}, body, error
        for name, value in headers:  # one that comes twice is one with a list
            name = name.title()
            self.headers[name] = f"{self.headers[name]}, {value}" if name in self.headers else value

    @property
    def text(self):
        return self.body.decode(errors="backslashreplace")


class Talk:
    """`forgiving`: a busy worker is asked again."""

    def __init__(self, worker, forgiving):
        self.worker, self.forgiving = worker, forgiving

    def fill(self, text):
        return text.replace("$DIR", str(self.worker.folder)).replace("$NAME", self.worker.name)

    def hold(self, steps):
        """One answer for each request."""
        answers = []
        for step in steps:
            if step.method == "FILE":
                name, line = self.fill(step.path).split(" ", 1)
                (self.worker.folder / name).write_text(line + "\n", encoding="utf-8")
            elif step.method == "REMOVE":
                (self.worker.folder / step.path).unlink()
            else:
                answers.append(self._step(step))
        return answers

    def _step(self, step):
        until = step.until and self.fill(step.until)
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            said = self._ask(step)
            busy = self.forgiving and not step.once and said.status in (409, 500) and any(text in said.text for text in BUSY)
            early = (until and until not in said.text) or any(text in said.text for text in (step.unless or "").split("|") if text)
            if not busy and not early:
                break
            if time.monotonic() > deadline:
                said.error = f"still {said.status} {said.text[:500]} after {WAIT_SECONDS} s"
                break
            time.sleep(0.1)
        if step.wait and not said.error:
            said.error = self._wait(*step.wait)
        return said

    def _wait(self, connector, *states):
        connector = self.fill(connector)
        path = f"/connectors/{connector}/status"
        expected = [] if states == ("GONE",) else [one.split("|") for one in states]
        name = urllib.parse.unquote(connector)

        def there():
            found = self.worker.states(name) or []
            return len(found) == len(expected) and all(map(lambda one, wanted: one in wanted, found, expected))

        try:
            wait_for(there, path, WAIT_SECONDS)
        except AssertionError:
            return f"{name} never came to {' '.join(states)}: {self.worker.get(path).text[:2000]}"
        return None

    def _ask(self, step):
        headers = {"Accept": "application/json", **self.worker.headers}
        port = self.worker.admin_port if step.listener == "admin" else self.worker.port
        body = None if step.body is None else self.fill(step.body.decode("latin-1")).encode("latin-1")
        if body is not None:
            headers["Content-Type"] = "application/json"
        host = None
        for name, value in step.headers:
            if name == "Host":
                host = value
            elif value:
                headers[name] = value
            else:
                headers.pop(name, None)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=100)
        try:
            connection.putrequest(step.method, self.fill(step.path), skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", host or f"127.0.0.1:{port}")
            for name, value in headers.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            elif step.method in ("POST", "PUT", "PATCH"):
                connection.putheader("Content-Length", "0")
            connection.endheaders(body)
            answer = connection.getresponse()
            return Said(answer.status, answer.getheaders(), answer.read())
        except (OSError, http.client.HTTPException) as error:
            return Said(error=f"no answer: {error!r}")
        finally:
            connection.close()
