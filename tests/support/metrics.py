"""A worker's /metrics seen from a test, and the table of its names."""

import pathlib
import re

_LINE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)')
REFERENCE = pathlib.Path(__file__).resolve().parents[2] / "runtime" / "metrics" / "reference.md"


class Metrics:
    def __init__(self, text):
        self.text, self.samples, self.help, self.type = text, [], {}, {}
        for line in text.splitlines():
            if line.startswith("#"):
                _, kind, name, rest = line.split(" ", 3)
                {"HELP": self.help, "TYPE": self.type}[kind][name] = rest
                continue
            name, labels, value = _LINE.fullmatch(line).groups()
            self.samples.append((name, dict(_LABEL.findall(labels or "")), float(value)))

    def names(self):
        return {name for name, _, _ in self.samples}

    def all(self, name, **labels):
        """The values of a metric's series with these labels, kafka_connect_ in front left out."""
        return [value for found, has, value in self.samples
                if found in (name, "kafka_connect_" + name) and labels.items() <= has.items()]

    def get(self, name, **labels):
        """The one value; None if there is none."""
        values = self.all(name, **labels)
        assert len(values) <= 1, f"{name} {labels}: {values}"
        return values[0] if values else None


def scrape(worker):
    answer = worker.get("/metrics")
    assert answer.code == 200 and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return Metrics(answer.text)


def labels_of(metrics):
    """By family: the labels that its series have, in their order."""
    found = {}
    for name, labels, _ in metrics.samples:
        family = name if name in metrics.type else re.sub("_(bucket|sum|count)$", "", name)
        for label in labels:
            if label != "le" and label not in found.setdefault(family, []):
                found[family].append(label)
    return found


def reference(metrics):
    """The rows of the reference table, one a family."""
    labels = labels_of(metrics)
    return [f"| `{name}` | {metrics.type[name]} | {', '.join(labels.get(name, []))} | {metrics.help[name]} |"
            for name in sorted(metrics.type) if not name.startswith("kafka_connect_plugins_")]



def write_reference(metrics):
    head = REFERENCE.read_text(encoding="utf-8").split("| metric |")[0]
    REFERENCE.write_text(head + "| metric | type | labels | what |\n|---|---|---|---|\n" +
                         "\n".join(reference(metrics)) + "\n", encoding="utf-8")
