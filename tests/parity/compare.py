"""Whether two answers agree, after what must differ (ports, folders, times, stack frames) was made alike."""

import json
import pathlib
import re

HEADERS = ("Content-Type", "Location", "Allow", "Www-Authenticate", "Vary", "Access-Control-Allow-Origin",
           "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Allow-Credentials",
           "Access-Control-Max-Age", "Access-Control-Expose-Headers")
ADDED = ("X-One", "X-Two", "Cache-Control", "Expires", "Last-Modified")  # by the workers of converse.py that add some
# Classes that the peer has as other people's plugins only, which are not installed here, and those that it never has.
INSTALLED = ("io.confluent.", "dev.sluice.")
# Members whose own members come in the order of a Java HashMap, and so in no order.
UNORDERED = ("config", "partition", "offset")
# Rules of the table that many answers fall under: no step declares them.
TYPELESS = "Errors of HTTP itself"  # the peer's are without a type, and 405 without Allow
ORDER = "Order of schemaless maps"  # and of the settings in a text
JVM = "Texts that the JVM makes"  # class lists, and what Jackson says of bad JSON in a record
_CLASS = re.compile(r"PluginDesc\{klass=[^}]* name='([^']*)', version='([^']*)'[^}]*\}")
_PREFIX = re.compile(r"org\.apache\.kafka\.connect\.errors\.ConnectException: (Failed to find any class)")
_JACKSON = re.compile(r"(com\.fasterxml\.jackson\.core\.\w+:) [^\n]*")
_SETTINGS = re.compile(r"(Connector config \{)([^}]*)(\} contains no connector type)")
TABLE = pathlib.Path(__file__).with_name("README.md")


def rules():
    """The rules of the table of differences."""
    rows = re.findall(r"^\| ([^|]+) \| (?:safer|clearer|different) \|", TABLE.read_text(encoding="utf-8"), re.M)
    return {row.strip() for row in rows}


def _sorted(name, value):
    """Without the order of a Java HashSet."""
    return ",".join(sorted(value.split(","))) if name == "Access-Control-Allow-Methods" else value


class Normal:
    """Makes the answers of one worker free of what is its own. `seen`: the rules that it had to look away for."""

    def __init__(self, worker):
        self.seen = set()
        port = re.escape(str(worker.port))
        self.patterns = [
            (re.compile(re.escape(str(worker.folder))), "$DIR"),
            (re.compile(re.escape(worker.name)), "$NAME"),
            (re.compile(rf"127\.0\.0\.1:{port}\b"), "$WORKER"),
            (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "$TIME"),
            (re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"), "$DATE")]

    def text(self, text):
        for pattern, name in ((_CLASS, r"\1 \2"), (_PREFIX, r"\1"), (_JACKSON, r"\1 $TEXT")):
            text, count = pattern.subn(name, text)
            if count:
                self.seen.add(JVM)
        text = _SETTINGS.sub(lambda found: found[1] + ", ".join(sorted(found[2].split(", "))) + found[3], text)
        for pattern, name in self.patterns:
            text = pattern.sub(name, text)
        return text

    def _value(self, value, key=None):
        if isinstance(value, dict):
            pairs = [(self.text(name), self._value(item, name)) for name, item in value.items()]
            return dict(sorted(pairs, key=lambda pair: pair[0]) if key in UNORDERED else pairs)
        if isinstance(value, list):
            if key == "recommended_values":
                value = [item for item in value if not str(item).startswith(INSTALLED)]
            return [self._value(item) for item in value]
        if isinstance(value, str):
            return self._string(value, key)
        if key == "last_modified" and value is not None:
            return "$TIME"
        return value

    def _string(self, text, key):
        if key == "trace":  # the exceptions, without the way to them
            lines = [line for line in text.splitlines() if not re.match(r"\s*(at |\.\.\. )", line)]
            return self.text("\n".join(lines))
        if key == "commit":
            return "$COMMIT"
        if key == "documentation":
            return "$TEXT" if text else text
        return self.text(text)

    def body(self, step, said):
        """Its body as lines of text: JSON where it is JSON."""
        try:
            value = json.loads(said.body)
        except ValueError:
            return self.text(said.text).splitlines()
        if step.part == "nothing":
            return []
        path = step.path.rstrip("/")
        whole_config = step.method == "GET" and path.endswith("/config") and "plugins" not in path
        listing = step.path.startswith("/connectors?") and "expand" in step.path
        value = self._value(value, "config" if whole_config or listing else None)
        if step.unordered:
            (value["offsets"] if isinstance(value, dict) else value).sort(key=json.dumps)
        return json.dumps(value, indent=1).splitlines()

    def lines(self, step, said):
        """All of an answer that is compared."""
        if said.error:
            return [f"error: {self.text(said.error)}"]
        lines = [f"status: {said.status}"]
        names = HEADERS + (ADDED if "/" in step.place else ())
        lines += [f"{name}: {self.text(_sorted(name, said.headers[name]))}" for name in names
                  if name in said.headers and (name != "Content-Type" or said.body or step.method == "HEAD")]
        return lines + self.body(step, said)


def explains(said):
    """Whether an error is JSON with a code and a text."""
    try:
        body = json.loads(said.body)
        return body["error_code"] == said.status and isinstance(body["message"], str) and len(body["message"]) > 10
    except (ValueError, KeyError, TypeError):
        return False


def _without_what_the_peer_lacks(java, lines):
    """Of an error that Jetty or Jersey made."""
    if java.status < 400 or "Content-Type" in java.headers:
        return lines
    return [line for line in lines if not line.startswith(("Content-Type: application/json", "Allow: "))]


def judge(step, java, sluice, known_rules):
    """What is wrong with a pair of answers, (what, Java's lines, Sluice's lines), or None; and the rule of the table
    that they differ by, or None. `java` and `sluice` are pairs of Normal and Said."""
    expected, found = java[0].lines(step, java[1]), sluice[0].lines(step, sluice[1])
    if step.rule is None:
        alike = _without_what_the_peer_lacks(java[1], found)
        return (None if expected == alike else ("differs", expected, alike)), TYPELESS if alike != found else None
    wrong = None
    said = sluice[1]
    if step.rule not in known_rules:
        wrong = f"'{step.rule}' is no rule of the table of differences"
    elif expected == found:
        wrong = "agrees, though a difference is declared"
    elif said.error or said.status != step.status:
        wrong = f"expected Sluice to answer {step.status}"
    elif said.status >= 400 and said.status != 401 and step.method != "HEAD" and not explains(said):
        wrong = "Sluice's error is not JSON that says why"
    return (wrong and (wrong, expected, found)), step.rule
