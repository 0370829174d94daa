"""Counts test cases: in JUnit XML, and in the events that Bazel writes about a build."""

import json
import urllib.parse
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field


@dataclass
class Count:
    """How many cases passed and were skipped, and the name of each that failed."""

    passed: int = 0
    skipped: int = 0
    failed: list = field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.skipped += other.skipped
        self.failed += other.failed


def count_xml(text, suite):
    """The cases of a JUnit XML document; `suite` goes before the names of failed ones."""
    count = Count()
    for case in ElementTree.fromstring(text).iter("testcase"):
        name = ".".join(part for part in (case.get("classname"), case.get("name")) if part)
        if case.find("failure") is not None or case.find("error") is not None:
            count.failed.append(f"{suite} {name}")
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            count.skipped += 1
        else:
            count.passed += 1
    return count


def _read_uri(uri):
    with open(urllib.parse.unquote(urllib.parse.urlparse(uri).path), encoding="utf-8") as file:
        return file.read()


def _count_test(label, result, read_uri):
    """One testResult event. A crash or a time-out is one failed case."""
    passed = result.get("status") in ("PASSED", "FLAKY")
    count = Count()
    for output in result.get("testActionOutput", ()):
        if output.get("name") == "test.xml":
            try:
                count = count_xml(read_uri(output["uri"]), label)
            except (OSError, KeyError, ElementTree.ParseError):
                pass  # written by a test that was killed: its status says enough
    if not passed and not count.failed:
        count.failed.append(f"{label} {result.get('status', 'no status')}")
    if passed and not count.passed and not count.skipped:
        count.passed = 1
    return count


def count_events(lines, read_uri=_read_uri):
    """The cases in Bazel's --build_event_json_file, cached ones too; not built is one failed."""
    last = {}  # a test's label and shard -> its last attempt
    unbuilt = {}  # labels, each once, in order
    for line in lines:
        event = json.loads(line)
        identity = event.get("id", {})
        if "testResult" in identity and "testResult" in event:
            test = identity["testResult"]
            last[test["label"], test.get("run"), test.get("shard")] = event["testResult"]
        elif "targetCompleted" in identity and not event.get("completed", {}).get("success"):
            if event.get("aborted", {}).get("reason") != "SKIPPED":
                unbuilt[identity["targetCompleted"]["label"]] = True
    count = Count()
    # A test that ran and failed is not also one that did not build.
    tested = {label for label, _, _ in last}
    count.failed = [f"{label} did not build" for label in unbuilt if label not in tested]
    for (label, _, _), result in last.items():
        count.add(_count_test(label, result, read_uri))
    return count
