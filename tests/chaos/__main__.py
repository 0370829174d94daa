"""The long run: three brokers, a group, and what a seed has for them. Called by tests/chaos/run, which describes it."""

import argparse
import pathlib
import shutil
import signal
import sys
import tempfile

from chaos.report import Report
from chaos.runner import RATE, Failure, run
from chaos.schedule import schedule, selection


def main():
    parser = argparse.ArgumentParser(prog="tests/chaos/run")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--from-step", type=int, default=1)
    parser.add_argument("--selection", action="store_true")
    parser.add_argument("--logs", type=pathlib.Path)
    parser.add_argument("--markdown", type=pathlib.Path)
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):  # what was started is ended first
        signal.signal(number, lambda *_: sys.exit(1))
    folder = options.logs or pathlib.Path(tempfile.mkdtemp(prefix="sluice-chaos."))
    folder.mkdir(parents=True, exist_ok=True)
    report = Report(options.seed, options.rate)
    steps = (step for step in (selection if options.selection else schedule)(options.seed)
             if step.number >= options.from_step)
    try:
        table = run(folder, report, steps, None if options.selection else 60 * options.minutes)
    except Failure as failure:
        report.say(f"FAILED: {failure}")
        return 1
    print(table)
    if options.markdown:
        options.markdown.write_text(table + "\n", encoding="utf-8")
    if not options.logs:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
