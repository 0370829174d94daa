"""Runs the parts named on the command line and prints the verdict. Called by tools/test."""

import argparse
import sys
import time

from testing.count import Count
from testing.parts import PARTS

_BY_PYTEST = {"integration", "chaos"}


def main():
    parser = argparse.ArgumentParser(prog="tools/test")
    parser.add_argument("parts", nargs="+", choices=PARTS)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("-k", default="", dest="match")
    options = parser.parse_args()
    if options.match and (others := set(options.parts) - _BY_PYTEST):
        parser.error(f"-k picks tests of {' and '.join(sorted(_BY_PYTEST))}, not of {', '.join(sorted(others))}")
    total = Count()
    rows = []
    empty = []
    for name in options.parts:
        print(f"== {name}", file=sys.stderr, flush=True)
        started = time.monotonic()
        count = PARTS[name](options.only, options.match) if options.match else PARTS[name](options.only)
        rows.append((name, count, time.monotonic() - started))
        total.add(count)
        if not count.passed and not count.failed:
            empty.append(name)
    sys.stderr.flush()
    print()
    for name, count, seconds in rows:
        skipped = f", {count.skipped} skipped" if count.skipped else ""
        counts = f"{count.passed:6} passed, {len(count.failed)} failed{skipped}"
        print(f"{name:12}{counts}, {seconds:.0f} s")
    for name in empty:
        total.failed.append(f"{name}: no test ran")
    for name in total.failed:
        print(f"FAILED {name}")
    print(f"{total.passed} passed, {len(total.failed)} failed", flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
