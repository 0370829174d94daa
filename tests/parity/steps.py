"""The conversation as data: how the files of conversation/ are written, and read.

    # a comment
    PUT /connectors/src/config             a request; what belongs to it follows, indented:
      header Accept: text/html             a header; without a value it takes a default one away
      listener admin                       asks the worker's admin.listeners
      body {"connector.class": "..."}      one line of text, sent as application/json unless a header says otherwise
      bytes {"name": "\\xff"}               the same, with Python's escapes
      wait src RUNNING RUNNING             afterwards: until connector and tasks have these states (GONE: no status;
                                           A|B: either)
      once                                 is not repeated though the answer is that the worker is busy
      until "position":4                   is repeated until the answer contains this text
      unless RESTARTING|UNASSIGNED         is repeated until the answer contains none of these any more
      unordered                            the order of the answer's array, or of its `offsets`, means nothing
      part nothing                         of the answer only status and headers are compared
      differs 400 Rule of the table        differs on purpose: Sluice answers 400 (what comes back is JSON that says
                                           why), and the rule stands in the table of differences
    FILE secret.properties key=value       writes a file with one line into the folder of each worker
    REMOVE secret.properties

The files of conversation/ are for a worker of a group, those of its folders for the workers that converse.py names so.
$DIR is the worker's folder, $NAME begins the names of its topics, and of sinks: all workers share the broker's groups.
"""

import dataclasses
import pathlib
import re

FOLDER = pathlib.Path(__file__).parent / "conversation"
ACTIONS = ("FILE", "REMOVE")


@dataclasses.dataclass
class Step:
    place: str  # file and line
    method: str
    path: str
    headers: list = dataclasses.field(default_factory=list)
    listener: str = None
    body: bytes = None
    wait: list = None
    once: bool = False
    until: str = None
    unless: str = None
    unordered: bool = False
    part: str = None
    status: int = None  # Sluice's, of a difference on purpose
    rule: str = None

    @property
    def is_request(self):
        return self.method not in ACTIONS

    def __str__(self):
        body = "" if self.body is None else " " + self.body.decode(errors="backslashreplace")
        return f"{self.place}: {self.method} {self.path}{body}"


def _add(step, word, text):
    if word == "header":
        name, _, value = text.partition(":")
        step.headers.append((name, value.strip()))
    elif word == "body":
        step.body = text.encode()
    elif word == "bytes":
        step.body = text.encode("latin-1").decode("unicode_escape").encode("latin-1")
    elif word == "wait":
        step.wait = text.split()
    elif word in ("listener", "part", "unless", "until"):
        setattr(step, word, text)
    elif word in ("once", "unordered"):
        setattr(step, word, True)
    elif word == "differs":
        status, step.rule = text.split(" ", 1)
        step.status = int(status)
    else:
        raise ValueError(f"{step.place}: '{word}' is no word of a step; steps.py says which are")


def read(text, name):
    """The steps of one file's text."""
    steps = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        place = f"{name}:{number}"
        if line.startswith(" "):
            if not steps:
                raise ValueError(f"{place}: belongs to no step")
            word, _, rest = line.strip().partition(" ")
            _add(steps[-1], word, rest)
        else:
            found = re.fullmatch(r"([A-Z]+) (\S.*)", line)
            if not found:
                raise ValueError(f"{place}: expected a method and a path, found '{line}'")
            steps.append(Step(place, *found.groups()))
    return steps


def read_all(names=(), kind="."):
    """The steps of all files for one kind of worker (a folder of conversation/), in order; `names` chooses files by a part
    of their paths."""
    files = [str(file.relative_to(FOLDER)) for file in sorted((FOLDER / kind).glob("*.txt"))]
    return [step for file in files if not names or any(name in file for name in names)
            for step in read((FOLDER / file).read_text(encoding="utf-8"), file)]
