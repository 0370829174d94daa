"""Holds what both workers say of a configuration side by side: PUT .../config/validate, and what they list.

`compare(java, sluice)` asks both and prints `N of M agree` with each difference. By hand, with a broker:
`python3 tests/parity/validate.py` starts both workers.
"""

import json
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from parity.validate_cases import all_cases  # noqa: E402
from support.kafka import Kafka  # noqa: E402
from support.peer import JavaWorker  # noqa: E402
from support.worker import Worker  # noqa: E402

# Keys of our connectors beyond their originals'.
OWN_KEYS = {"FileStreamSource": set(), "FileStreamSink": {"format"}}
# Where the peer fails over its own null pointers (500) or loses an error, and Sluice names what is wrong; see README.md.
PEER_FAILS = {"null values of a sink", "version: not there", "version: range that is not there", "version: empty",
              "null for a key of the connector", "keys of InsertField$Value", "transform: predicate that is none"}
# What the two say in words of their own: the regex engine's complaint, and the list of classes.
WORDS = [(r"(Invalid regex: ).*", r"\1..."), (r"(available connectors are: ).*", r"\1..."),
         (r"\[VERSION(, VERSION)+\]", "[VERSION]"), (r"org\.apache\.kafka\.connect\.errors\.ConnectException: ", "")]


def known_classes(worker):
    return {plugin["class"] for plugin in worker.get("/connector-plugins?connectorsOnly=false").json}


class Comparison:
    def __init__(self, java, sluice):
        self.java, self.sluice = java, sluice
        self.common = known_classes(java) & known_classes(sluice)
        self.all = known_classes(java) | known_classes(sluice)
        self.versions = {worker: next(plugin["version"] for plugin in worker.get("/connector-plugins/").json
                                      if plugin["class"] in self.common) for worker in (java, sluice)}
        self.asked, self.differences = 0, []

    def request(self, worker, method, path, body=None):
        """The answer with what must differ taken out: versions, the workers' names, classes that only one has."""
        text = json.dumps(body)
        for word, value in (("GROUP", worker.name), ("NAME", worker.name.removeprefix("connect-")),
                            ("VERSION", self.versions[worker])):
            text = text.replace(f'"{word}"', f'"{value}"')
            path = path.replace(word, value)
        answer = worker.request(method, path, None if body is None else text.encode())
        found = json.loads(answer.text.replace(worker.name, "GROUP").replace(worker.name.removeprefix("connect-"), "NAME")
                           .replace(self.versions[worker], "VERSION") or "null")
        return self.as_client_mistake({"code": answer.code, "body": self.normal(found)})

    @staticmethod
    def as_client_mistake(answer):
        """The peer's validate wraps a 400 into a 500, with the exception's class before the text."""
        prefix = "org.apache.kafka.connect.runtime.rest.errors.BadRequestException: "
        if answer["code"] == 500 and answer["body"]["message"].startswith(prefix):
            return {"code": 400, "body": {"error_code": 400, "message": answer["body"]["message"].removeprefix(prefix)}}
        return answer

    def normal(self, value):
        if isinstance(value, list):  # of plugins those that both have
            return [self.normal(item) for item in value
                    if not (isinstance(item, dict) and "class" in item and item["class"] not in self.common)]
        if isinstance(value, str):
            for pattern, words in WORDS:
                value = re.sub(pattern, words, value, flags=re.DOTALL)
        if not isinstance(value, dict):
            return value
        value = {key: self.normal(item) for key, item in value.items()}
        if "documentation" in value:  # our words are our own; whether there are any is compared
            value["documentation"] = bool(value["documentation"])
        if "recommended_values" in value:  # each class once, and only those that both have
            names = [name for name in value["recommended_values"] if name not in self.all or name in self.common]
            value["recommended_values"] = sorted(set(names)) if set(names) & self.all else names
        # The peer adds its own null pointer to the error that says that a pattern is missing.
        for info in value.get("configs", []):
            errors = info["value"]["errors"]
            told = [error for error in errors if not error.startswith("Invalid value null for configuration")
                    or "Invalid regex" not in error]
            value["error_count"] -= len(errors) - len(told)
            info["value"]["errors"] = told
        return value

    def ask(self, what, method, path, body=None):
        self.asked += 1
        java, sluice = (self.request(worker, method, path, body) for worker in (self.java, self.sluice))
        found = list(differences("", java, sluice))
        if what in PEER_FAILS:
            if sluice["code"] >= 500 or not found:
                self.differences.append((what, found or [("", "a failure", "the same")]))
        elif found:
            self.differences.append((what, found))


def by_name(items):
    """Lists of named things are compared by name, and their order besides."""
    names = [item.get("name") or item.get("value", {}).get("name") for item in items if isinstance(item, dict)]
    return dict(zip(names, items)) if len(names) == len(items) and all(names) and len(set(names)) == len(names) else None


def differences(path, java, sluice):
    """(where, Java's, Sluice's) of all that differs."""
    if isinstance(java, dict) and isinstance(sluice, dict):
        for key in java | sluice:
            if key not in java or key not in sluice:
                yield f"{path}.{key}", java.get(key, "nothing"), sluice.get(key, "nothing")
            else:
                yield from differences(f"{path}.{key}", java[key], sluice[key])
        if list(java) != list(sluice):
            yield path + " (order)", list(java), list(sluice)
    elif isinstance(java, list) and isinstance(sluice, list) and by_name(java) and by_name(sluice):
        yield from differences(path, by_name(java), by_name(sluice))
    elif java != sluice:
        yield path, java, sluice


def drop_own_keys(plugin, answer):
    """Takes the keys that only our connector has out of an answer, and those that nobody defines; see README.md."""
    own = next((keys for name, keys in OWN_KEYS.items() if name in plugin), set())
    body = answer["body"]
    items = body
    if isinstance(body, dict):
        items = body["configs"]
        unknown = [item for item in items if (item["definition"] or {}).get("group") == "Unknown"]
        own = own | {item["value"]["name"] for item in unknown if not item["value"]["errors"]}
        if unknown and body["groups"][-1] == "Unknown":
            body["groups"].pop()
    items[:] = [item for item in items if (item.get("name") or item.get("value", {}).get("name")) not in own]


def compare(java, sluice, only=""):
    """Answers (number asked, differences)."""
    comparison = Comparison(java, sluice)
    original = comparison.request

    def request(worker, method, path, body=None):
        answer = original(worker, method, path, body)
        if worker is sluice and answer["code"] == 200:
            drop_own_keys(path, answer)
        return answer

    comparison.request = request
    for name, plugin, body in all_cases():
        if only in name:
            comparison.ask(name, "PUT", f"/connector-plugins/{plugin}/config/validate", body)
    if not only:
        list_plugins(comparison)
    return comparison.asked, comparison.differences


def list_plugins(comparison):
    for query in ("", "?connectorsOnly=true", "?connectorsOnly=false"):
        comparison.ask(f"list {query}", "GET", f"/connector-plugins{query}")
    for name in sorted(comparison.common):
        comparison.ask(f"keys of {name}", "GET", f"/connector-plugins/{name}/config")
    for name in ("FileStreamSource", "FileStreamSinkConnector", "Json", "JsonConverter", "RegexRouter", "InsertField$Value",
                 "Value", "HasHeaderKey", "Simple", "SimpleHeaderConverter", "Nope", "InsertField", "org.apache.kafka.Nope"):
        comparison.ask(f"keys of {name}", "GET", f"/connector-plugins/{name}/config")
    for version in ("latest", "VERSION", "9.9.9", "[9.9,9.9]", "(,9]", "[1,2", "x", "", "%5B1,2"):
        for name in ("FileStreamSource", "RegexRouter", "JsonConverter", "HasHeaderKey", "SimpleHeaderConverter", "Nope"):
            comparison.ask(f"keys of {name}, version {version}", "GET",
                           f"/connector-plugins/{name}/config?version={version}")


def report(asked, found):
    for what, parts in found:
        print(f"-- {what}")
        for where, java, sluice in parts:
            print(f"   {where}\n      java   {java}\n      sluice {sluice}")
    print(f"{asked - len(found)} of {asked} agree")


def main():
    with tempfile.TemporaryDirectory() as folder:
        address = Kafka().address
        with JavaWorker(folder, "connect-validate-peer", address) as java, \
                Worker(folder, "connect-validate-sluice", address) as sluice:
            asked, found = compare(java, sluice, *sys.argv[1:])
    report(asked, found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
