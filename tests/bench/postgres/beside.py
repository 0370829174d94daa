"""A million rows through one task, on each system in turn: the wall's time, the worker's and the server's own CPU time."""

import itertools
import os
import statistics
import sys

from database import Server
from orders import Orders

FIGURES = {"wall": "wall s per M", "cpu": "worker's CPU s per M", "server": "server's CPU s per M"}


class Beside(Orders):
    """A part of the benchmark: it has `title`, `modes`, `prepare(running)` and `measure(system, worker, mode)`."""

    title, modes = "", ()

    def __init__(self, folder, records, plugins):
        super().__init__(folder, records, plugins)
        self.server, self.numbers = Server(os.environ["SLUICE_POSTGRES"]), itertools.count(1)

    def row(self, mode, system, **figures):
        """Of seconds, for a million."""
        row = {name: seconds / (self.records / 1e6) for name, seconds in figures.items()}
        print(f"  {mode} {system:<13} " + " ".join(f"{name} {value:.2f}" for name, value in row.items()), file=sys.stderr,
              flush=True)
        return row

    def run(self, systems, rounds):
        """{mode: {system: [row]}}, alternating; before them one round that is not counted."""
        running, rows = {}, {mode: {system: [] for system in systems} for mode in self.modes}
        try:
            for system in systems:
                running[system] = self.start(system)
            self.prepare(running)
            for number, mode in itertools.product(range(rounds + 1), self.modes):
                for system in systems if number % 2 == 0 else reversed(systems):
                    row = self.measure(system, running[system], mode)
                    if number > 0:
                        rows[mode][system].append(row)
        finally:
            for worker in running.values():
                worker.stop()
        return rows

    def table(self, rows):
        systems = list(next(iter(rows.values())))
        lines = ["| " + " | ".join([self.title, *systems]) + " |", "|---" * (len(systems) + 1) + "|"]
        for mode, of_mode in rows.items():
            for figure, name in FIGURES.items():
                medians = [statistics.median(row[figure] for row in of_mode[system]) for system in systems]
                lines.append(f"| {mode}: {name} | " + " | ".join(f"{median:.2f}" for median in medians) + " |")
        return lines
