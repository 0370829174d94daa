"""The benchmark behind tools/bench: the same pipelines on both workers, alternating within one run."""

import argparse
import datetime
import os
import pathlib
import platform
import random
import resource
import statistics
import subprocess
import sys
import time

import workers

ROOT = pathlib.Path(__file__).resolve().parents[2]
STRING = "org.apache.kafka.connect.storage.StringConverter"
JSON = "org.apache.kafka.connect.json.JsonConverter"
T = "org.apache.kafka.connect.transforms."
PIPELINES = ("source", "sink", "json")
# What a dead letter queue costs, on Sluice: the json pipeline over a clean topic, twice, and over one of which a record
# in a hundred is no JSON, which is skipped, or becomes a dead letter with context headers.
LETTERS = ("clean", "clean-again", "skipped", "dead-letters")
BAD_EVERY = 100
TITLES = {"source": "file -> topic", "sink": "topic -> file", "json": "topic -> JSON, 3 transforms -> file"}


def write_input(path, records):
    """Lines of JSON of about 120 bytes."""
    pick = random.Random(1)
    with open(path, "w", encoding="ascii") as out:
        for n in range(records):
            out.write('{"id": %d, "user": "user-%05d", "item": "item-%06d", "price": %.2f, "paid": %s, "note": "%s"}\n' % (
                1000000 + n, pick.randrange(99999), pick.randrange(999999), pick.uniform(1, 900),
                pick.choice(["true", "false"]), "abcdefghijklmnopqrstuvwxyz"[:20 + n % 6]))


def end_offset(kafka, topic):
    out = subprocess.run(["kcat", "-b", kafka, "-Q", "-t", f"{topic}:0:-1"], capture_output=True, text=True)
    tail = out.stdout.strip().rpartition("offset ")[2]
    return int(tail) if tail.isdigit() else 0


def count_lines(path):
    total = 0
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            total += block.count(b"\n")
    return total


class Bench:
    def __init__(self, options):
        self.options = options
        self.kafka = os.environ["SLUICE_KAFKA"]
        self.folder = ROOT / ".bench"
        self.input = self.folder / "input.jsonl"
        self.run_number = 0
        self.topic = f"bench-input-{int(time.time())}"
        self.results = {}  # (pipeline, system) -> list of dicts
        write_input(self.input, options.records)
        self.new_topic(self.topic)
        subprocess.run(["kcat", "-b", self.kafka, "-P", "-t", self.topic, "-l", str(self.input)], check=True)

    def new_topic(self, topic):
        """One partition, made by the first metadata request that names it."""
        subprocess.run(["kcat", "-b", self.kafka, "-L", "-t", topic], check=True, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            out = subprocess.run(["kcat", "-b", self.kafka, "-Q", "-t", f"{topic}:0:-1"], capture_output=True)
            if out.returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError(f"topic {topic} does not appear")

    def start(self, system):
        port = {"java": 28090, "sluice": 28091, "sluice-again": 28092, "other": 28093}[system]
        if system == "java":
            return workers.java(system, os.environ["SLUICE_KAFKA_HOME"], self.folder, self.kafka, port)
        binary = self.options.worker if system == "other" else ROOT / "dist/bin/sluice-worker"
        return workers.sluice(system, binary, self.folder, self.kafka, port, ROOT / "dist/plugins")

    def config(self, pipeline, name, target):
        if pipeline == "source":
            return {"connector.class": "FileStreamSource", "file": str(self.input), "topic": name,
                    "value.converter": STRING}
        config = {"connector.class": "FileStreamSink", "topics": self.topic, "file": str(target),
                  "value.converter": STRING}
        if pipeline == "json":
            config.update({
                "value.converter": JSON, "value.converter.schemas.enable": "false",
                "transforms": "add,drop,mask",
                "transforms.add.type": T + "InsertField$Value", "transforms.add.static.field": "region",
                "transforms.add.static.value": "eu-west-1",
                "transforms.drop.type": T + "ReplaceField$Value", "transforms.drop.exclude": "note",
                "transforms.drop.renames": "user:customer",
                "transforms.mask.type": T + "MaskField$Value", "transforms.mask.fields": "item",
                "transforms.mask.replacement": "***"})
        return config

    def write_bad_topic(self):
        """The same lines, but every hundredth is cut short."""
        self.bad_topic, bad = self.topic + "-bad", self.folder / "bad.jsonl"
        with open(self.input, encoding="ascii") as lines, open(bad, "w", encoding="ascii") as out:
            for n, line in enumerate(lines):
                out.write(line[:-3] + "\n" if n % BAD_EVERY == BAD_EVERY // 2 else line)
        self.new_topic(self.bad_topic)
        subprocess.run(["kcat", "-b", self.kafka, "-P", "-t", self.bad_topic, "-l", str(bad)], check=True)
        bad.unlink()

    def measure_letters(self, worker, variant):
        self.run_number += 1
        name = f"{variant}-{self.run_number}"
        target, letters = self.folder / (name + ".out"), name + "-letters"
        clean = variant.startswith("clean")
        bad = 0 if clean else self.options.records // BAD_EVERY
        config = self.config("json", name, target) | {
            "topics": self.topic if clean else self.bad_topic, "errors.tolerance": "all"}
        if variant != "skipped":  # on the clean topic, too: it is there, and has nothing to do
            self.new_topic(letters)
            config |= {"errors.deadletterqueue.topic.name": letters,
                       "errors.deadletterqueue.topic.replication.factor": "1",
                       "errors.deadletterqueue.context.headers.enable": "true"}
        cpu, started = worker.cpu_seconds(), time.monotonic()
        worker.create(name, config)
        self.wait(worker, "json", name, target, self.options.records - bad)
        while variant == "dead-letters" and end_offset(self.kafka, letters) < bad:
            if time.monotonic() - started > 300:
                raise RuntimeError(f"{name}: only {end_offset(self.kafka, letters)} of {bad} dead letters")
            time.sleep(0.02)
        wall, cpu = time.monotonic() - started, worker.cpu_seconds() - cpu
        if count_lines(target) != self.options.records - bad:
            raise RuntimeError(f"{name}: {count_lines(target)} records arrived, not {self.options.records - bad}")
        worker.delete(name)
        target.unlink(missing_ok=True)
        millions = self.options.records / 1e6
        return {"wall": wall / millions, "cpu": cpu / millions}

    def run_letters(self):
        self.write_bad_topic()
        worker = self.start("sluice")
        try:
            for variant in LETTERS:  # not counted
                self.measure_letters(worker, variant)
            for number in range(self.options.rounds):
                for variant in LETTERS if number % 2 == 0 else reversed(LETTERS):
                    self.add(variant, "sluice", self.measure_letters(worker, variant))
        finally:
            worker.stop()

    def letters_table(self):
        """Each variant beside the clean topic of its round."""
        clean = self.results.get(("clean", "sluice"))
        if not clean:
            return []
        lines = ["", "| 1 % of the records are no JSON | CPU s per M | wall s per M | CPU beside clean: median, least, most |",
                 "|---|---|---|---|"]
        titles = {"clean": "none of them is bad", "clean-again": "the same once more (A/A)",
                  "skipped": "skipped (errors.tolerance=all)", "dead-letters": "dead letters with context headers"}
        for variant in LETTERS:
            ratios = [row["cpu"] / base["cpu"] for row, base in zip(self.results[(variant, "sluice")], clean)]
            shown = "" if variant == "clean" else ", ".join(
                f"{100 * (ratio - 1):+.1f} %" for ratio in (statistics.median(ratios), min(ratios), max(ratios)))
            lines.append(f"| {titles[variant]} | {self.median(variant, 'sluice', 'cpu'):.3f} | "
                         f"{self.median(variant, 'sluice', 'wall'):.2f} | {shown} |")
        return lines

    def measure(self, worker, pipeline):
        """One round: from the PUT until the last record is at its destination."""
        self.run_number += 1
        name = f"{pipeline}-{worker.name}-{self.run_number}"
        target = self.folder / (name + ".out")
        if pipeline == "source":
            self.new_topic(name)
        worker.reset_peak()
        cpu, started = worker.cpu_seconds(), time.monotonic()
        worker.create(name, self.config(pipeline, name, target))
        self.wait(worker, pipeline, name, target)
        wall, cpu = time.monotonic() - started, worker.cpu_seconds() - cpu
        peak = worker.memory_mb("VmHWM")
        arrived = end_offset(self.kafka, name) if pipeline == "source" else count_lines(target)
        if arrived != self.options.records:
            raise RuntimeError(f"{name}: {arrived} records arrived, not {self.options.records}")
        worker.delete(name)
        target.unlink(missing_ok=True)
        millions = self.options.records / 1e6
        return {"wall": wall / millions, "cpu": cpu / millions, "peak": peak}

    def wait(self, worker, pipeline, name, target, records=None):
        records = self.options.records if records is None else records
        deadline = time.monotonic() + 600
        size, checked = -1, time.monotonic()
        while time.monotonic() < deadline:
            time.sleep(0.1 if pipeline == "source" else 0.02)
            if pipeline == "source":
                if end_offset(self.kafka, name) >= records:
                    return
            elif target.exists() and target.stat().st_size != size:
                size = target.stat().st_size
            elif size > 0 and count_lines(target) >= records:
                return
            if time.monotonic() - checked > 2:
                checked = time.monotonic()
                worker.check(name)
        raise RuntimeError(f"{name} does not end; see {worker.log}")

    def raw(self, pipeline):
        """librdkafka alone; the CPU time is the child's own."""
        self.run_number += 1
        name, target = f"raw-{self.run_number}", self.folder / "raw.out"
        if pipeline == "source":
            self.new_topic(name)
            command = ["produce", self.kafka, name, str(self.input)]
        else:
            command = ["consume", self.kafka, self.topic, str(target), str(self.options.records)]
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run([self.options.raw_client] + command, check=True)
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - started
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        millions = self.options.records / 1e6
        return {"wall": wall / millions, "cpu": cpu / millions}

    def add(self, key, system, row):
        self.results.setdefault((key, system), []).append(row)
        shown = "  ".join(f"{k} {v:.3f}" for k, v in row.items())
        print(f"  {key:<8} {system:<13} {shown}", file=sys.stderr, flush=True)

    def systems(self):
        systems = ["sluice"] + (["other"] if self.options.worker else [])
        return ([] if self.options.no_java else ["java"]) + systems + ["sluice-again"]

    def run(self):
        wanted = self.options.only.split(",")
        for system in self.systems():  # makes the internal topics, so that starts are alike
            self.start(system).stop()
        if "start" in wanted:
            for _ in range(self.options.rounds):
                for system in self.systems():
                    worker = self.start(system)
                    time.sleep(5)
                    self.add("start", system, {"start": worker.start_seconds, "idle": worker.memory_mb()})
                    worker.stop()
        pipelines = [p for p in PIPELINES if p in wanted]
        if pipelines:
            (self.run_fresh_pipelines if self.options.fresh else self.run_pipelines)(pipelines)
        if "letters" in wanted:
            self.run_letters()
        if "idle-tasks" in wanted:
            self.run_idle_tasks()

    def run_fresh_pipelines(self, pipelines):
        """Each measurement on a worker that has just started: what a JVM compiles meanwhile is counted."""
        for number in range(self.options.rounds):
            order = self.systems() if number % 2 == 0 else list(reversed(self.systems()))
            for pipeline in pipelines:
                for system in order:
                    worker = self.start(system)
                    try:
                        time.sleep(2)
                        self.add(pipeline, system, self.measure(worker, pipeline))
                    finally:
                        worker.stop()
                if pipeline != "json":
                    self.add(pipeline, "librdkafka", self.raw(pipeline))

    def run_pipelines(self, pipelines):
        running = {system: self.start(system) for system in self.systems()}
        try:
            for system in running:  # one round that is not counted: a JVM's compiler, page caches
                for pipeline in pipelines:
                    self.measure(running[system], pipeline)
            for number in range(self.options.rounds):
                order = list(running) if number % 2 == 0 else list(reversed(running))
                for pipeline in pipelines:
                    for system in order:
                        self.add(pipeline, system, self.measure(running[system], pipeline))
                    if pipeline != "json":
                        self.add(pipeline, "librdkafka", self.raw(pipeline))
        finally:
            for worker in running.values():
                worker.stop()

    def run_idle_tasks(self, tasks=500):
        """Sinks with nothing to consume: 10 connectors of 50 tasks on a topic of 50 partitions."""
        topic = "bench-idle"
        jars = os.environ["SLUICE_KAFKA_HOME"] + "/*"
        subprocess.run(["java", "-cp", jars, "org.apache.kafka.tools.TopicCommand", "--bootstrap-server", self.kafka,
                        "--create", "--topic", topic, "--partitions", "50"], check=True, stdout=subprocess.DEVNULL)
        worker = self.start("sluice")
        for n in range(10):
            worker.create(f"idle-{n}", {"connector.class": "FileStreamSink", "topics": topic, "value.converter": STRING,
                                        "tasks.max": str(tasks // 10), "file": f"{self.folder}/idle-{n}.out"})
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            status = worker.call("GET", "/connectors?expand=status")
            states = [t["state"] for c in status.values() for t in c["status"]["tasks"]]
            if states.count("RUNNING") == tasks:
                break
            time.sleep(0.5)
        else:
            raise RuntimeError(f"only {states.count('RUNNING')} of {tasks} tasks run")
        time.sleep(30)  # groups settle
        cpu, started = worker.cpu_seconds(), time.monotonic()
        time.sleep(30)
        share = (worker.cpu_seconds() - cpu) / (time.monotonic() - started)
        self.add("idle", "sluice", {"core": share, "memory": worker.memory_mb()})
        worker.stop()

    def median(self, key, system, figure):
        rows = self.results.get((key, system))
        values = [row[figure] for row in rows or [] if figure in row]
        return statistics.median(values) if values else None

    def report(self):
        cpu_model = next((line.partition(":")[2].strip() for line in open("/proc/cpuinfo")
                          if line.startswith("model name")), platform.machine())
        lines = [f"{datetime.date.today()}, {os.cpu_count()} cores, {cpu_model}; `tools/bench {' '.join(sys.argv[3:])}`; "
                 f"{self.options.records} records, medians of {self.options.rounds} rounds.", "",
                 "| what | figure | Apache Kafka Connect | Sluice | ratio | Sluice again (A/A) | librdkafka alone | Sluice / librdkafka |",
                 "|---|---|---|---|---|---|---|---|"]
        rows = [(p, TITLES[p], f, t) for p in PIPELINES for f, t in
                (("wall", "wall s per M"), ("cpu", "CPU s per M"), ("peak", "peak MB"))]
        rows += [("start", "start", "start", "s to GET / and /connectors"), ("start", "idle worker", "idle", "MB")]
        for key, title, figure, text in rows:
            sluice = self.median(key, "sluice", figure)
            if sluice is None:
                continue
            java, again, raw = (self.median(key, s, figure) for s in ("java", "sluice-again", "librdkafka"))
            show = lambda v: "" if v is None else f"{v:.2f}" if v < 100 else f"{v:.0f}"
            lines.append(f"| {title} | {text} | {show(java)} | {show(sluice)} | {show(java / sluice) if java else ''} | "
                         f"{show(again)} | {show(raw)} | {show(sluice / raw) if raw else ''} |")
        if idle := self.results.get(("idle", "sluice")):
            lines.append(f"| 500 idle sink tasks | share of a core | | {idle[0]['core']:.3f} | | | | |")
            lines.append(f"| 500 idle sink tasks | MB | | {idle[0]['memory']:.0f} | | | | |")
        return "\n".join(lines + self.letters_table()) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--raw-client", required=True)
    parser.add_argument("--records", type=int, default=1000000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="start,source,sink,json,letters,idle-tasks")
    parser.add_argument("--no-java", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--worker")
    parser.add_argument("--markdown")
    bench = Bench(parser.parse_args())
    try:
        bench.run()
    finally:
        table = bench.report()
        print(table)
        if bench.options.markdown:
            pathlib.Path(bench.options.markdown).write_text(table)


if __name__ == "__main__":
    main()
