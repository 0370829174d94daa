"""Holds one conversation with Apache Kafka Connect and with Sluice, and compares. By hand: tests/parity/converse."""

import concurrent.futures
import difflib
import pathlib
import sys
import tempfile
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import compare  # noqa: E402
import steps as data  # noqa: E402
from support.kafka import Kafka  # noqa: E402
from support.peer import JavaWorker  # noqa: E402
from support.worker import DIST, Worker  # noqa: E402
from talk import Talk  # noqa: E402

LINES = ["one", "two", "abc"]  # 12 bytes with their ends


class Peer(JavaWorker):
    """With the file connectors as its only ones."""

    def command(self):
        command = super().command()
        place = command.index("-cp") + 1
        command[place] = ":".join(str(jar) for jar in sorted(self.home.glob("*.jar"))
                                  if not jar.name.startswith(("connect-mirror", "connect-file")))
        return command


def only_file_connectors(folder):
    """A plugin folder with what the peer has, too."""
    plugins = pathlib.Path(folder) / "plugins"
    plugins.mkdir(exist_ok=True)
    for plugin in (DIST / "plugins").glob("*file*.so"):
        place = plugins / plugin.name
        if not place.exists():
            place.symlink_to(plugin)
    return plugins


def prepare(kind, folder, kafka, **settings):
    """A worker that is not started yet, its folder and topics."""
    folder = pathlib.Path(folder) / kind.__name__
    folder.mkdir()
    if kind is Worker:
        settings["plugin__path"] = only_file_connectors(folder)
    name = f"parity-{uuid.uuid4().hex[:8]}"
    (folder / "in.txt").write_text("".join(line + "\n" for line in LINES))
    for topic in ("t", "lines", "in"):
        kafka.create(f"{name}-{topic}")
    kafka.produce(f"{name}-in", LINES)
    return kind(folder, name, kafka.address, config__providers="file",
                config__providers__file__class="org.apache.kafka.common.config.provider.FileConfigProvider", **settings)


class Verdict:
    """How many pairs of answers agree, or differ as the table says, and each that does not."""

    def __init__(self):
        self.agree, self.declared, self.findings = 0, 0, []
        self.rules = set()  # of the table, that were seen to be needed

    @property
    def count(self):
        return self.agree + self.declared + len(self.findings)

    def add(self, step, finding, rule):
        if finding:
            self.findings.append((step, finding))
        elif rule:
            self.declared += 1
            self.rules.add(rule)
        else:
            self.agree += 1

    def __str__(self):
        text = []
        for step, (what, expected, found) in self.findings:
            text += ["", str(step), "  " + what]
            text += ["    " + line for line in difflib.unified_diff(expected, found, "java", "sluice", lineterm="", n=1)]
        text.append(f"\n{self.agree + self.declared} of {self.count} agree"
                    f" ({self.declared} of them differ as the table of differences says)")
        return "\n".join(text)


def converse(folder, kafka, names=()):
    """The verdict on the files that `names` choose, all of them if there are none."""
    files = data.read_all(names)
    if not files:
        raise ValueError(f"no file of {data.FOLDER} has a name with any of {names}")
    workers = prepare(Peer, folder, kafka), prepare(Worker, folder, kafka)
    steps = [step for part in files.values() for step in part]
    with concurrent.futures.ThreadPoolExecutor(2) as pool, workers[0], workers[1]:
        java, sluice = pool.map(lambda worker: Talk(worker, isinstance(worker, Peer)).hold(steps), workers)
    verdict, known = Verdict(), compare.rules()
    normal = [compare.Normal(worker) for worker in workers]
    for step, one, other in zip([step for step in steps if step.is_request], java, sluice, strict=True):
        verdict.add(step, *compare.judge(step, (normal[0], one), (normal[1], other), known))
    verdict.rules |= normal[0].seen
    return verdict


def main(names):
    with tempfile.TemporaryDirectory(prefix="sluice-parity.") as folder:
        verdict = converse(folder, Kafka(), names)
    print(verdict)
    return 1 if verdict.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
