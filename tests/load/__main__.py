"""Load and size of a worker; called by tools/load, which starts a broker and says where the worker is."""

import argparse
import asyncio
import os
import pathlib
import statistics
import tempfile
import time

from bench.workers import sluice
from load.http_client import Connection
from load.rest_load import Load

SINK = "org.apache.kafka.connect.file.FileStreamSinkConnector"
SOURCE = "org.apache.kafka.connect.file.FileStreamSourceConnector"


class Scenarios:
    def __init__(self, options, folder):
        self.options, self.folder, self.count = options, folder, 0
        self.rows = []

    def row(self, what, figure, aim=""):
        self.rows.append((what, figure, aim))
        print(f"{what}: {figure}" + (f" (aim: {aim})" if aim else ""), flush=True)

    def worker(self):
        self.count += 1
        name = f"load-{os.getpid()}-{self.count}"
        return sluice(name, self.options.worker, self.folder, os.environ["SLUICE_KAFKA"], self.options.port,
                      self.options.plugins)

    def latency(self):
        """One client, one request after the other, on an idle worker with one connector."""
        worker = self.worker()
        try:
            worker.create("idle", self.idle("source", "idle"))
            self.wait_for_tasks(worker, 1)
            paths = ["/", "/connectors", "/connectors?expand=status&expand=info", "/connectors/idle",
                     "/connectors/idle/status", "/connectors/idle/tasks", "/connector-plugins"]

            async def measure():
                connection = await Connection.open("127.0.0.1", self.options.port)
                times = []
                for _ in range(300):
                    for path in paths:
                        answer = await connection.request("GET", path)
                        assert answer.status == 200, answer.body
                        times.append(answer.seconds)
                return times
            times = sorted(asyncio.run(measure()))
            self.row("idle worker, one client: median answer, ms", f"{1000 * statistics.median(times):.2f}", "2")
            self.row("idle worker, one client: 99 of 100, ms", f"{1000 * times[int(.99 * len(times))]:.2f}")
        finally:
            worker.stop()

    def many(self, kind):
        """500 connectors made by 8 clients, listed, and left alone."""
        worker, total = self.worker(), self.options.connectors
        empty = worker.memory_mb()
        try:
            seconds, bad = asyncio.run(self.create_many(kind, total))
            self.row(f"{total} idle {kind}s, 8 clients: made in s", f"{seconds:.2f}", "10")
            self.row(f"{total} idle {kind}s: answers that were no 201", str(bad), "0")
            self.wait_for_tasks(worker, total)
            times = []
            for _ in range(21):
                started = time.perf_counter()
                listed = worker.call("GET", "/connectors?expand=info&expand=status")
                times.append(1000 * (time.perf_counter() - started))
                assert len(listed) == total
            self.row(f"{total} idle {kind}s: list with expand, ms", f"{statistics.median(times):.0f}", "200")
            cpu = worker.cpu_seconds()
            time.sleep(self.options.settle)
            share = (worker.cpu_seconds() - cpu) / self.options.settle
            self.row(f"{total} idle {kind}s: MB (before: {empty:.0f})", f"{worker.memory_mb():.0f}", "200")
            self.row(f"{total} idle {kind}s: threads", f"{worker.threads()}")
            self.row(f"{total} idle {kind}s: share of a core", f"{share:.3f}")
        finally:
            worker.stop()

    def idle(self, kind, name):
        file = self.folder / f"{name}.txt"
        if kind == "source":
            file.touch()
            return {"connector.class": SOURCE, "file": str(file), "topic": "load-idle"}
        return {"connector.class": SINK, "file": str(file), "topics": "load-idle"}

    async def create_many(self, kind, total):
        bad = 0

        async def client(first):
            nonlocal bad
            connection = await Connection.open("127.0.0.1", self.options.port)
            for n in range(first, total, 8):
                answer = await connection.request(
                    "POST", "/connectors", {"name": f"{kind}-{n}", "config": self.idle(kind, f"{kind}-{n}")})
                if answer.status != 201:
                    bad += 1
                    print(answer.status, answer.body[:200])
            connection.close()
        started = time.perf_counter()
        await asyncio.gather(*[client(first) for first in range(8)])
        return time.perf_counter() - started, bad

    @staticmethod
    def wait_for_tasks(worker, total):
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            found = worker.call("GET", "/connectors?expand=status").values()
            if sum(t["state"] == "RUNNING" for one in found for t in one["status"]["tasks"]) == total:
                return
            time.sleep(0.2)
        raise RuntimeError(f"{total} tasks are not RUNNING after 120 s")

    def rest(self):
        """200 clients while records flow."""
        worker = self.worker()
        try:
            topic, out = f"load-{os.getpid()}", self.folder / "pipeline.txt"
            pipeline = {"pipe-in": {"connector.class": "DatagenSource", "topic": topic,
                                    "rate": str(self.options.rate)},
                        "pipe-out": {"connector.class": SINK, "topics": topic, "file": str(out)}}
            idle = {f"idle-{n}": self.idle("source" if n % 2 else "sink", f"idle-{n}") for n in range(20)}
            for name, config in {**pipeline, **idle}.items():
                worker.create(name, config)
            self.wait_for_tasks(worker, 22)
            time.sleep(self.options.warm)  # until the pipeline's buffers have their size
            Load("127.0.0.1", self.options.port, idle, clients=self.options.clients, seconds=5).run()
            before, lines, cpu = worker.memory_mb(), count_lines(out), worker.cpu_seconds()
            load = Load("127.0.0.1", self.options.port, idle, clients=self.options.clients,
                        seconds=self.options.seconds).run()
            after, cpu = worker.memory_mb(), worker.cpu_seconds() - cpu
            what = f"{self.options.clients} clients, {self.options.seconds:.0f} s"
            self.row(f"{what}: requests a second", f"{len(load.latencies) / self.options.seconds:.0f}")
            for share, aim in ((.5, ""), (.99, "50"), (.999, ""), (1, "")):
                self.row(f"{what}: {100 * share:g} of 100 answered within ms", f"{load.percentile_ms(share):.1f}", aim)
            self.row(f"{what}: 99 of 100 timers of the client itself late by ms", f"{load.lag_ms():.1f}")
            self.row(f"{what}: errors", str(len(load.errors)), "0")
            for error in load.errors[:5]:
                print("  " + error)
            self.row(f"{what}: records a second beside them", f"{(count_lines(out) - lines) / self.options.seconds:.0f}")
            self.row(f"{what}: MB before, after", f"{before:.1f}, {after:.1f}", "flat")
            self.row(f"{what}: CPU of the worker, s", f"{cpu:.1f}")
        finally:
            worker.stop()


def count_lines(path):
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def main():
    parser = argparse.ArgumentParser(prog="tools/load")
    parser.add_argument("--worker", type=pathlib.Path, required=True)
    parser.add_argument("--plugins", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="latency,rest,sources,sinks")
    parser.add_argument("--port", type=int, default=18983)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=int, default=5000, help="records a second of the pipeline")
    parser.add_argument("--warm", type=float, default=50, help="seconds of the pipeline before the clients come")
    parser.add_argument("--connectors", type=int, default=500)
    parser.add_argument("--settle", type=float, default=20, help="seconds before memory is read")
    parser.add_argument("--markdown", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sluice-load.") as folder:
        scenarios = Scenarios(options, pathlib.Path(folder))
        runs = {"latency": scenarios.latency, "rest": scenarios.rest, "sources": lambda: scenarios.many("source"),
                "sinks": lambda: scenarios.many("sink")}
        for name in options.only.split(","):
            runs[name]()
    if options.markdown:
        lines = ["| what | figure | aim |", "|---|---|---|"] + [f"| {' | '.join(row)} |" for row in scenarios.rows]
        options.markdown.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
