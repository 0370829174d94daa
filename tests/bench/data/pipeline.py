"""Avro -> three transforms -> lines of JSON, on both workers: CPU and wall time of a million records."""

import itertools
import pathlib
import statistics
import subprocess
import sys
import time

from bench import T, count_lines
from orders import PORTS, STRING, Orders

HERE = pathlib.Path(__file__).resolve().parent
TRANSFORMS = {
    "transforms": "add,drop,mask",
    "transforms.add.type": T + "InsertField$Value", "transforms.add.static.field": "region",
    "transforms.add.static.value": "eu-west-1",
    "transforms.drop.type": T + "ReplaceField$Value", "transforms.drop.exclude": "quantity",
    "transforms.drop.renames": "customer:client",
    "transforms.mask.type": T + "MaskField$Value", "transforms.mask.fields": "item", "transforms.mask.replacement": "***"}


def java_plugins(folder, class_path, avro_jars):
    """Where the peer finds Apicurio's AvroConverter, and a sink that writes JSON."""
    plugins = folder / "data-plugins"
    sink, avro = plugins / "sink", plugins / "avro"
    avro.mkdir(parents=True, exist_ok=True)
    for jar in pathlib.Path(avro_jars).glob("*.jar"):
        if not (avro / jar.name).exists():
            (avro / jar.name).symlink_to(jar)
    (sink / "META-INF/services").mkdir(parents=True, exist_ok=True)
    subprocess.run(["javac", "-nowarn", "-cp", class_path, "-d", sink, HERE / "JsonFileSink.java"], check=True)
    (sink / "META-INF/services/org.apache.kafka.connect.sink.SinkConnector").write_text("JsonFileSink\n")
    return plugins


class Pipeline(Orders):
    def __init__(self, folder, plugins, records):
        super().__init__(folder, records, plugins)
        self.numbers = itertools.count(1)

    def measure(self, system, worker):
        """From the PUT until the last record is in the file."""
        name = f"avro-{system}-{next(self.numbers)}"
        target = self.folder / (name + ".out")
        config = {"connector.class": "JsonFileSink" if system == "java" else "FileStreamSink", "topics": self.topic,
                  "file": str(target), "key.converter": STRING, **self.avro(system), **TRANSFORMS}
        if system != "java":
            config["format"] = "json"
        cpu, started, size = worker.cpu_seconds(), time.monotonic(), -1
        worker.create(name, config)
        while time.monotonic() - started < 600:
            time.sleep(0.02)
            if target.exists() and target.stat().st_size != size:
                size = target.stat().st_size
            elif size > 0 and count_lines(target) >= self.records:
                break
            else:
                worker.check(name)
        wall, cpu = time.monotonic() - started, worker.cpu_seconds() - cpu
        if count_lines(target) != self.records:
            raise RuntimeError(f"{name}: {count_lines(target)} records arrived, not {self.records}; see {worker.log}")
        with open(target, encoding="utf-8") as file:
            first = file.readline()
        worker.delete(name)
        target.unlink()
        millions = self.records / 1e6
        print(f"  {system:<13} cpu {cpu / millions:.3f} wall {wall / millions:.2f}", file=sys.stderr, flush=True)
        return {"cpu": cpu / millions, "wall": wall / millions, "first": first}

    def run(self, systems, rounds):
        """{system: [row]}, alternating; before them one round that is not counted."""
        running, rows = {}, {system: [] for system in systems}
        try:
            for system in systems:
                running[system] = self.start(system)
            self.fill(running["sluice"], drop=None)
            seen = {system: self.measure(system, running[system])["first"] for system in systems}
            if len(set(seen.values())) != 1:
                raise RuntimeError(f"not the same records: {seen}")
            for number in range(rounds):
                for system in systems if number % 2 == 0 else reversed(systems):
                    rows[system].append(self.measure(system, running[system]))
        finally:
            for worker in running.values():
                worker.stop()
        return rows


def table(rows):
    lines = ["| Avro -> 3 transforms -> JSON in a file | Java | Sluice | ratio | Sluice again (A/A) |", "|---|---|---|---|---|"]
    for figure, title in (("cpu", "CPU s per M"), ("wall", "wall s per M")):
        java, sluice, again = (statistics.median(row[figure] for row in rows[system]) for system in PORTS)
        lines.append(f"| {title} | {java:.2f} | {sluice:.2f} | {java / sluice:.1f} | {again:.2f} |")
    return lines + [""]
