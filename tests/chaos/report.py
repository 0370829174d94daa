"""What a run tells: a line for each step, and a table at the end."""

import dataclasses
import statistics
import sys
import time


@dataclasses.dataclass
class Row:
    """One step."""
    step: object
    verdict: object
    take_over: float  # seconds, or None
    answer: float     # the longest, seconds
    write: float
    rate: float       # records a second at the destination, in the quiet time before it


class Report:
    def __init__(self, seed, rate, out=sys.stdout):
        self.seed, self.rate, self._out = seed, rate, out
        self._began = time.monotonic()
        self.rows = []

    def say(self, text):
        seconds = int(time.monotonic() - self._began)
        print(f"{seconds // 60:3}:{seconds % 60:02} {text}", file=self._out, flush=True)

    def add(self, row, told):
        self.rows.append(row)
        verdict = row.verdict
        took = f", taken over after {row.take_over:.1f} s" if row.take_over is not None else ""
        self.say(f"{row.step.number:4} {row.step} ({'; '.join(told)}){took}, settled after {verdict.settled:.1f} s, "
                 f"all arrived after {verdict.caught_up:.1f} s, sent twice {verdict.sent_twice}, delivered twice "
                 f"{verdict.delivered_twice}, longest GET {row.answer:.2f} s, PUT {row.write:.2f} s, before it "
                 f"{row.rate:.0f} records/s")
        for line in verdict.excuse:
            self.say(f"     twice, since a worker had no time: {line}")

    def table(self, ledger, watch):
        rows = ["| faults | times | settled after s, median, longest | taken over after s, longest | sent twice, most |"
                " delivered twice, most | longest GET s | longest PUT s |", "|---|---|---|---|---|---|---|---|"]
        kinds = {}
        for row in self.rows:
            kinds.setdefault(self._kind(row.step), []).append(row)
        for kind in sorted(kinds, key=lambda kind: ("two of" in kind, kind)):
            rows.append(self._line(kind, kinds[kind]))
        rows.append(self._line("all", self.rows))
        return "\n".join([*rows, "", *self._totals(ledger, watch)])

    @staticmethod
    def _kind(step):
        if len(step.faults) == 1:
            return str(step)
        return "two of them at once, all clean" if step.clean() else "two of them at once"

    @staticmethod
    def _line(kind, rows):
        settled = [row.verdict.settled for row in rows]
        taken = [row.take_over for row in rows if row.take_over is not None]
        return (f"| {kind} | {len(rows)} | {statistics.median(settled):.1f}, {max(settled):.1f} | "
                f"{f'{max(taken):.1f}' if taken else ''} | {max(row.verdict.sent_twice for row in rows)} | "
                f"{max(row.verdict.delivered_twice for row in rows)} | {max(row.answer for row in rows):.2f} | "
                f"{max(row.write for row in rows):.2f} |")

    def _totals(self, ledger, watch):
        minutes = (time.monotonic() - self._began) / 60
        rates = [row.rate for row in self.rows]
        held = sum(rate >= self.rate for rate in rates)
        faults = sum(len(row.step.faults) for row in self.rows)
        starved = sum(bool(row.verdict.excuse) for row in self.rows)
        sent, delivered = (sum(counts) for counts in zip(
            *((row.verdict.sent_twice, row.verdict.delivered_twice) for row in self.rows)))
        return [f"{minutes:.0f} minutes, seed {self.seed}: {len(self.rows)} steps, {faults} faults, {ledger.records} "
                f"records at the destination, 0 missing, {sent} sent twice, {delivered} delivered twice, no task owned "
                f"twice; {ledger.torn} torn lines of killed sinks.",
                "Clean steps after which something came twice, since a worker had no time to stop or to be heard: "
                f"{starved}.",
                f"{watch.answers} GETs, all answered; {watch.writes} writes, {watch.refused} of them refused, none of "
                "the others lost.",
                f"Quiet times: median {statistics.median(rates):.0f} records/s, lowest {min(rates):.0f}; {self.rate} "
                f"or more in {held} of {len(rates)}."]
