"""A group of workers beside the peer's; called by `tools/bench group`, which starts a broker."""

import argparse
import datetime
import os
import pathlib
import sys
import tempfile
import traceback

from bench.group.lab import NAMES, Lab
from bench.group.scenarios import SCENARIOS


def cpu_model():
    with open("/proc/cpuinfo", encoding="ascii") as info:
        return next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), "?")


def table(lab, systems, command):
    rows = [f"{datetime.date.today()}, {os.cpu_count()} cores, {cpu_model()}; `{command}`.", "",
            f"| what | {' | '.join(NAMES[system] for system in systems)} | aim |", "|---" * (len(systems) + 2) + "|"]
    for what, found in lab.results.items():
        aim, missed = lab.aims.get(what, ("", []))
        shown = [f"**{found[system]}**" if system in missed else found.get(system, "") for system in systems]
        rows.append(f"| {what} | {' | '.join(shown)} | {aim} |")
    return "\n".join(rows) + "\n"


def main():
    parser = argparse.ArgumentParser(prog="tools/bench group")
    parser.add_argument("--only", default=",".join(SCENARIOS))
    parser.add_argument("--systems", default="sluice,java")
    parser.add_argument("--sources", type=int, default=6, help="connectors of one task each")
    parser.add_argument("--sinks", type=int, default=6, help="connectors of one task each")
    parser.add_argument("--shared-tasks", type=int, default=3, help="of one more sink")
    parser.add_argument("--tasks", type=int, default=1000, help="of the rebalance")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of all workers")
    parser.add_argument("--failover-timeout", type=float, default=400)
    parser.add_argument("--calm-seconds", type=float, default=10, help="before anything is done to a worker")
    parser.add_argument("--logs", type=pathlib.Path, help="where the workers' logs stay")
    parser.add_argument("--markdown", type=pathlib.Path)
    options = parser.parse_args()
    systems = options.systems.split(",")
    with tempfile.TemporaryDirectory(prefix="sluice-bench.") as folder:
        if options.logs:
            options.logs.mkdir(parents=True, exist_ok=True)
        lab = Lab(options, options.logs or pathlib.Path(folder))
        failed = False
        for system in systems:
            for name in options.only.split(","):
                try:
                    SCENARIOS[name](lab, system)
                except Exception:  # the others' figures stand
                    traceback.print_exc()
                    failed = True
        text = table(lab, systems, " ".join(["tools/bench group", *sys.argv[1:]]))
        print("\n" + text)
        if options.markdown:
            options.markdown.write_text(text, encoding="utf-8")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
