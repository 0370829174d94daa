"""Builds every fuzz target (sluice_fuzz) and runs each for a while. Used by tools/fuzz and tools/test.

What libFuzzer finds on its way is kept in the cache and is where the next run begins. An input that breaks a target goes
into its folder corpus/NAME, so that NAME_corpus_test fails until it is mended, and ever after should it come back."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(os.environ["SLUICE_ROOT"])
_CACHE = Path(os.environ["SLUICE_CACHE"]) / "fuzz"
_FOLDERS = ("runtime", "rest_api", "connectors")


@dataclass(frozen=True)
class Target:
    """Label //package:name."""

    label: str

    @property
    def package(self):
        return self.label[2:].partition(":")[0]

    @property
    def name(self):
        return self.label.partition(":")[2]

    @property
    def corpus(self):
        return ROOT / self.package / "corpus" / self.name


def _query():
    """Targets with the tag that the macro sets: a new one is found by itself."""
    folders = [f"//{name}/..." for name in _FOLDERS if any((ROOT / name).rglob("BUILD.bazel"))]
    return f'attr("tags", "[\\[ ]fuzz[,\\]]", {" + ".join(folders)})'


def find_targets(bazel, names=()):
    """All, or those whose name or label is in `names`. ValueError: a name that no target has."""
    found = [Target(label) for label in bazel("query", _query()).split()]
    for name in names:
        if not any(name in (target.name, target.label) for target in found):
            raise ValueError(f"no fuzz target {name}; there are: " + ", ".join(t.name for t in found))
    return [t for t in found if not names or t.name in names or t.label in names]


def run_target(target, binary, seconds):
    """Answers what is wrong, or nothing."""
    grown = _CACHE / target.name
    grown.mkdir(parents=True, exist_ok=True)
    target.corpus.mkdir(parents=True, exist_ok=True)
    log = _CACHE / f"{target.name}.log"
    command = [binary, grown, target.corpus, f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=2048",
               "-use_value_profile=1", "-print_final_stats=1", f"-artifact_prefix={target.corpus}/"]
    before = set(target.corpus.iterdir())
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1",
                   "ASAN_SYMBOLIZER_PATH": "/usr/bin/llvm-symbolizer-16"}
    with open(log, "wb") as file:
        status = subprocess.run(["nice", *command], stdout=file, stderr=file, env=environment, check=False).returncode
    text = log.read_text(errors="replace")
    runs = [line.split()[-1] for line in text.splitlines() if line.startswith("stat::number_of_executed_units")]
    if status == 0 and runs and int(runs[0]) > 0:
        print(f"{target.label}: {int(runs[0]):,} inputs in {seconds} s", file=sys.stderr, flush=True)
        return None
    new = [str(path.relative_to(ROOT)) for path in set(target.corpus.iterdir()) - before]
    print(text[-6000:], file=sys.stderr)
    return f"{target.label}: ended with status {status}; input: {', '.join(new) or 'none'}; log: {log}"


def fuzz(bazel, bazel_bin, seconds, names=(), jobs=2):
    """(labels that held, what is wrong with the others). `bazel(command, *args)` answers its output."""
    targets = find_targets(bazel, names)
    if targets:
        bazel("build", "--config=fuzz", *(target.label for target in targets))

    def run(target):
        return run_target(target, Path(bazel_bin()) / target.package / target.name, seconds)

    with ThreadPoolExecutor(jobs) as pool:
        wrong = list(pool.map(run, targets))
    return [t.label for t, text in zip(targets, wrong) if text is None], [text for text in wrong if text]
