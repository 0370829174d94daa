"""tools/bench data: ns of a record in each converter, here and in Java, and whole pipelines of Avro."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

import pipeline
from services import maven

HERE = pathlib.Path(__file__).resolve().parent
# What is compared: a binary of Google's benchmark library, and a Java program that knows its names (Bench.java).
SUITES = {"converters": ("runtime/convert/convert_benchmark", "ConverterBench"),
          "transforms": ("runtime/transform/transform_benchmark", "TransformBench")}
SLICES, SLICE_S = 5, 0.3  # as Bench.java's
DEBEZIUM = "3.3.1.Final"
SYSTEMS = ("java", "sluice", "sluice-again")


def debezium_jars():
    return maven.fetch_jars(f"debezium-{DEBEZIUM}", "Debezium's transforms", [f"io.debezium:debezium-core:{DEBEZIUM}"])


def compile_java(folder, more=""):
    """The class path that the Java programs run with: the peer's own classes first."""
    path = f"{os.environ['SLUICE_KAFKA_HOME']}/*:{maven.fetch_apicurio_converters()}/*:{debezium_jars()}/*" + (more and f":{more}")
    classes = folder / "classes"
    classes.mkdir(parents=True, exist_ok=True)
    subprocess.run(["javac", "-nowarn", "-cp", path, "-d", classes, *sorted(HERE.glob("*Bench.java"))], check=True)
    return f"{classes}:{path}"


def ask(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Suite:
    """The loops of one pair of programs."""

    def __init__(self, binary, main, class_path):
        self.binary = binary
        self.java = ["java", "-Xmx1g", "-cp", class_path, main]
        self.names = ask([binary, "--benchmark_list_tests=true"]).splitlines()
        self.known_to_java = set(ask(self.java).splitlines())

    def time(self, system, name):
        """ns of a record; None: there is no such thing."""
        if system == "java":
            return float(ask([*self.java, name])) if name in self.known_to_java else None
        pattern = "^" + "".join("\\" + c if c in "$.()[]+*?{}|^\\" else c for c in name) + "$"
        answer = json.loads(ask([
            self.binary, f"--benchmark_filter={pattern}", f"--benchmark_min_time={SLICE_S}",
            f"--benchmark_repetitions={SLICES}", "--benchmark_format=json"]))
        times = [run["cpu_time"] for run in answer["benchmarks"] if run["run_type"] == "iteration"]
        assert len(times) == SLICES, f"{name}: {answer}"
        return statistics.median(times)


def measure(suite, rounds):
    """{name: {system: median ns}}, alternating."""
    times = {}
    for number in range(rounds):
        for name in suite.names:
            for system in SYSTEMS if number % 2 == 0 else reversed(SYSTEMS):
                spent = suite.time(system, name)
                times.setdefault(name, {}).setdefault(system, []).append(spent)
                print(f"  {name:<44} {system:<13} {spent}", file=sys.stderr, flush=True)
    return {name: {system: statistics.median(spent) for system, spent in row.items() if None not in spent}
            for name, row in times.items()}


def table(times):
    lines = ["| ns of CPU a record | Java | Sluice | ratio | Sluice again (A/A) |", "|---|---|---|---|---|"]
    for name, row in times.items():
        java, sluice = row.get("java"), row["sluice"]
        lines.append(f"| {name} | {f'{java:.0f}' if java else ''} | {sluice:.0f} | {f'{java / sluice:.1f}' if java else ''} | "
                     f"{row['sluice-again']:.0f} |")
    both = {name: row for name, row in times.items() if "java" in row}
    mean = statistics.geometric_mean(row["java"] / row["sluice"] for row in both.values())
    slowest = max(both, key=lambda name: both[name]["sluice"] - both[name]["java"])
    slower = both[slowest]["sluice"] - both[slowest]["java"]
    return lines + ["", f"Geometric mean of the ratios of {len(both)}: {mean:.1f}. Slowest beside Java: {slowest}, "
                        f"{slower:+.0f} ns.", ""]


def heading(rounds):
    model = next((line.partition(":")[2].strip() for line in open("/proc/cpuinfo", encoding="ascii")
                  if line.startswith("model name")), platform.machine())
    return [f"{datetime.date.today()}, {os.cpu_count()} cores, {model}; `tools/bench data {' '.join(sys.argv[3:])}`; medians of "
            f"{rounds} rounds, which alternate.", ""]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binaries", required=True, type=pathlib.Path)  # bazel-bin
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join([*SUITES, "pipeline"]))
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--class-path", default="",
                        help="Java classes that no public repository has: Confluent's converters, Aiven's transforms")
    parser.add_argument("--markdown", type=pathlib.Path)
    options = parser.parse_args()
    folder = pathlib.Path(os.environ["SLUICE_ROOT"]) / ".bench"
    lines = heading(options.rounds)
    for title, (binary, main_class) in SUITES.items():
        if title in options.only.split(","):
            suite = Suite(options.binaries / binary, main_class, compile_java(folder, options.class_path))
            lines += table(measure(suite, options.rounds))
    if "pipeline" in options.only.split(","):
        plugins = pipeline.java_plugins(folder, compile_java(folder), maven.fetch_apicurio_converters())
        lines += pipeline.table(pipeline.Pipeline(folder, plugins, options.records).run(SYSTEMS, options.rounds))
    print("\n".join(lines))
    if options.markdown:
        options.markdown.write_text("\n".join(lines))


if __name__ == "__main__":
    main()
