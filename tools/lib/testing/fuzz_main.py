"""The command tools/fuzz."""

import argparse
import os
import shlex
import subprocess
import sys

from testing.fuzz import ROOT, fuzz


def run_bazel(command, *arguments):
    startup = shlex.split(os.environ.get("SLUICE_BAZEL_FLAGS", ""))
    stderr = subprocess.DEVNULL if command in ("query", "info") else None
    return subprocess.run(["bazel", *startup, command, *arguments], cwd=ROOT, check=True, text=True,
                          stdout=subprocess.PIPE, stderr=stderr).stdout


def bazel_bin():
    return run_bazel("info", "--config=fuzz", "bazel-bin").strip()


def main():
    parser = argparse.ArgumentParser(prog="tools/fuzz")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--minutes", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("targets", nargs="*")
    options = parser.parse_args()
    seconds = 60 * options.minutes or options.seconds
    try:
        held, wrong = fuzz(run_bazel, bazel_bin, seconds, options.targets, options.jobs)
    except ValueError as error:
        sys.exit(str(error))
    for text in wrong:
        print(f"FAILED {text}")
    print(f"{len(held)} passed, {len(wrong)} failed")
    return 1 if wrong or not held else 0


if __name__ == "__main__":
    sys.exit(main())
