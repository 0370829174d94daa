"""Makes the quick start's connectors, waits for the data, and tells: show.py STATE KAFKA."""

import json
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request

DEADLINE_S = 60
DEAD_LETTERS = "orders-dead-letters"


class Worker:
    """The worker's REST API."""

    def __init__(self, state):
        self.state = state
        self.url = "http://127.0.0.1:" + (state / "port").read_text()

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def fail(self, why):
        log = (self.state / "worker.log").read_text(errors="replace").splitlines()[-25:]
        sys.exit("\n".join(["error: " + why, "The end of the worker's log, .quickstart/worker.log:"] + log))

    def wait_until_ready(self):
        def ready():
            try:
                return self.call("GET", "/health")["status"] == "healthy"
            except (urllib.error.URLError, ConnectionError):
                return False
        self.wait(ready, "the worker does not answer at " + self.url)

    def wait(self, condition, why):
        deadline = time.monotonic() + DEADLINE_S
        while not condition():
            if time.monotonic() > deadline:
                self.fail(f"{why} after {DEADLINE_S} s")
            time.sleep(0.05)

    def put(self, name):
        wanted = json.loads((self.state / name).read_text())
        self.call("PUT", f"/connectors/{wanted['name']}/config", wanted["config"])
        return wanted["name"]

    def check(self, connector):
        try:
            status = self.call("GET", f"/connectors/{connector}/status")
        except urllib.error.HTTPError as error:
            if error.code == 404:  # it has just been created
                return
            raise
        for part in [status["connector"]] + status["tasks"]:
            if part["state"] == "FAILED":
                self.fail(f"{connector} has failed:\n{part.get('trace')}")


def count_lines(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


def topic_size(kafka, topic):
    """Records in a topic of one partition."""
    out = subprocess.run(["kcat", "-b", kafka, "-Q", "-t", f"{topic}:0:-1"], capture_output=True, text=True)
    tail = out.stdout.strip().rpartition("offset ")[2]
    return int(tail) if tail.isdigit() else 0


def show_dead_letter(kafka):
    out = subprocess.run(
        ["kcat", "-b", kafka, "-C", "-q", "-e", "-t", DEAD_LETTERS, "-o", "beginning", "-c", "1",
         "-f", "%s\\n--\\n%h"], capture_output=True, timeout=30)
    value, _, headers = out.stdout.decode(errors="replace").partition("\n--\n")
    print(f"\nA dead letter (topic {DEAD_LETTERS}), with what is known of it:\n\n    {value}\n")
    parts = headers.split(",__connect.errors.")
    for number, part in enumerate(parts):
        key, _, text = part.partition("=")
        if number:
            key = "__connect.errors." + key
        lines = text.strip().splitlines() or [""]
        print(f"    {key:<42} {lines[0][:110]}{' ...' if len(lines) > 1 or len(lines[0]) > 110 else ''}")


def main(state, kafka):
    state = pathlib.Path(state)
    worker = Worker(state)
    started = time.monotonic()
    worker.wait_until_ready()
    print(f"\nThe worker is up at {worker.url} ({time.monotonic() - started:.2f} s).")
    names = [worker.put("source.json"), worker.put("sink.json")]
    lines = count_lines(state / "orders.jsonl")

    def arrived():
        for name in names:
            worker.check(name)
        return count_lines(state / "delivered.jsonl") + topic_size(kafka, DEAD_LETTERS) >= lines

    worker.wait(arrived, "not every record has arrived")
    dead = topic_size(kafka, DEAD_LETTERS)
    print(f"""
    orders.jsonl --> orders-source --> topic orders --> orders-sink --> delivered.jsonl
                                                             |
                                                             +--> topic {DEAD_LETTERS}

    records in    {lines:>5}   .quickstart/orders.jsonl, topic orders: {topic_size(kafka, "orders")}
    records out   {count_lines(state / "delivered.jsonl"):>5}   .quickstart/delivered.jsonl
    dead letters  {dead:>5}   lines that are no JSON""")
    if dead:
        show_dead_letter(kafka)
    first = (state / "delivered.jsonl").read_text().splitlines()[0]
    print(f"""
A delivered order: its card number is masked, its offset added on the way.

    {first}

Try next:

    curl -s {worker.url}/connectors?expand=status | python3 -m json.tool
    echo '{{"order_id": 2000, "customer": "you", "card": "4000-1"}}' >> .quickstart/orders.jsonl
    tail -n 1 .quickstart/delivered.jsonl
    curl -s -X PUT {worker.url}/connectors/orders-sink/pause
    kcat -b {kafka} -C -e -q -t {DEAD_LETTERS} -f '%s\\n'
    less .quickstart/worker.log
    tools/quickstart --down
""")


if __name__ == "__main__":
    main(*sys.argv[1:])
