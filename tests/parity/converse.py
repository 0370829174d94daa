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
from support.worker import DIST, Standalone, Worker, free_port  # noqa: E402
from talk import Talk  # noqa: E402

LINES = ["one", "two", "abc"]  # 12 bytes with their ends
AUTH = "org.apache.kafka.connect.rest.basic.auth.extension"


class Peer(JavaWorker):
    """With the file connectors as its only ones."""

    def command(self):
        command = super().command()
        place = command.index("-cp") + 1
        command[place] = ":".join(str(jar) for jar in sorted(self.home.glob("*.jar"))
                                  if not jar.name.startswith(("connect-mirror", "connect-file")))
        return command


class PeerAlone(Peer):
    """A standalone worker."""

    def __init__(self, folder, name, kafka, **settings):
        super().__init__(folder, name, kafka, connector_files=[],
                         **{"offset.storage.file.filename": pathlib.Path(folder) / "offsets", **settings})


def _grouped(_worker):
    """A worker of a group, with nothing else set."""


def _alone(worker):
    """Without /admin; every origin is admitted."""
    worker.settings.update({
        "admin.listeners": "", "access.control.allow.origin": "*",
        "response.http.headers.config": 'set X-One: 1, add X-Two: a, add X-Two: b, "set Cache-Control: no-cache, no-store"'})


def _guarded(worker):
    """Asks for a password; has its own listener for /admin; admits some origins."""
    users, jaas = worker.folder / "users.properties", worker.folder / "jaas.conf"
    users.write_text("alice=secret\n")
    jaas.write_text(f'KafkaConnect {{\n  {AUTH}.PropertyFileLoginModule required\n  file="{users}";\n}};\n')
    option = f"-Djava.security.auth.login.config={jaas}"
    if isinstance(worker, Peer):
        worker.jvm_options.append(option)
    else:
        worker.environment["KAFKA_OPTS"] = option
    worker.headers["Authorization"] = "Basic YWxpY2U6c2VjcmV0"
    worker.admin_port = free_port()
    worker.settings.update({
        "rest.extension.classes": f"{AUTH}.BasicAuthSecurityRestExtension",
        "admin.listeners": f"http://127.0.0.1:{worker.admin_port}",
        "access.control.allow.origin": r"https://ui.example,https://.*\\.example\\.org", "access.control.allow.methods": "GET,PUT",
        "response.http.headers.config": "add X-One: 1, setDate Expires: 0, addDate Last-Modified: 60000"})


# Folders of conversation/, and the workers that their files are for.
PAIRS = {".": (Peer, Worker, _grouped), "standalone": (PeerAlone, Standalone, _alone), "guarded": (Peer, Worker, _guarded)}


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
    if not issubclass(kind, Peer):
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
    verdict = Verdict()
    for kind, pair in PAIRS.items():
        if steps := data.read_all(names, kind):
            (pathlib.Path(folder) / kind).mkdir(exist_ok=True)
            _converse(pathlib.Path(folder) / kind, kafka, pair, steps, verdict)
    if not verdict.count:
        raise ValueError(f"no file of {data.FOLDER} has a name with any of {names}")
    return verdict


def _converse(folder, kafka, pair, steps, verdict):
    """The steps with one pair of workers, added to the verdict."""
    *kinds, configure = pair
    workers = [prepare(kind, folder, kafka) for kind in kinds]
    for worker in workers:
        configure(worker)
    with concurrent.futures.ThreadPoolExecutor(2) as pool, workers[0], workers[1]:
        java, sluice = pool.map(lambda worker: Talk(worker, isinstance(worker, Peer)).hold(steps), workers)
    known = compare.rules()
    normal = [compare.Normal(worker) for worker in workers]
    for step, one, other in zip([step for step in steps if step.is_request], java, sluice, strict=True):
        verdict.add(step, *compare.judge(step, (normal[0], one), (normal[1], other), known))
    verdict.rules |= normal[0].seen


def main(names):
    with tempfile.TemporaryDirectory(prefix="sluice-parity.") as folder:
        verdict = converse(folder, Kafka(), names)
    print(verdict)
    return 1 if verdict.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
