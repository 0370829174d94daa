"""Tests of count.py on what Bazel, GoogleTest and pytest write."""

import json
import unittest

from testing import count

XML = """<testsuites><testsuite name="S">
<testcase name="A" classname="S" status="run"/>
<testcase name="B" classname="S" status="run"><failure message="x"/></testcase>
<testcase name="C" classname="S" status="notrun"/>
<testcase name="D" classname="S" status="run"><skipped/></testcase>
</testsuite></testsuites>"""
GOOD = '<testsuites><testsuite><testcase name="A"/><testcase name="B"/></testsuite></testsuites>'


def result(label, status, xml="x", attempt=1):
    outputs = [{"name": "test.log", "uri": "file:///log"}, {"name": "test.xml", "uri": xml}]
    return {
        "id": {"testResult": {"label": label, "run": 1, "shard": 1, "attempt": attempt}},
        "testResult": {"status": status, "testActionOutput": outputs},
    }


def completed(label, **what):
    return {"id": {"targetCompleted": {"label": label}}, **what}


def run(*events, files=None):
    def read(uri):
        if uri not in (files or {}):
            raise FileNotFoundError(uri)
        return files[uri]

    return count.count_events([json.dumps(event) for event in events], read)


class CountTest(unittest.TestCase):
    def test_counts_cases_of_xml(self):
        found = count.count_xml(XML, "//a:b")
        self.assertEqual((1, 2, ["//a:b S.B"]), (found.passed, found.skipped, found.failed))

    def test_counts_cases_of_each_test(self):
        found = run(
            completed("//a:t", completed={"success": True}),
            result("//a:t", "PASSED", "good"),
            result("//a:u", "FAILED", "bad"),
            files={"good": GOOD, "bad": XML},
        )
        self.assertEqual((3, ["//a:u S.B"]), (found.passed, found.failed))

    def test_a_crash_or_time_out_is_one_failure(self):
        for status in ("FAILED", "TIMEOUT", "NO_STATUS"):
            with self.subTest(status=status):
                self.assertEqual([f"//a:t {status}"], run(result("//a:t", status)).failed)
                cut = run(result("//a:t", status, "cut"), files={"cut": "<testsuites><tes"})
                self.assertEqual([f"//a:t {status}"], cut.failed)

    def test_the_last_attempt_counts(self):
        found = run(
            result("//a:t", "FAILED", "bad", 1),
            result("//a:t", "PASSED", "good", 2),
            files={"good": GOOD, "bad": XML},
        )
        self.assertEqual((2, []), (found.passed, found.failed))

    def test_a_passed_test_without_cases_is_one(self):
        self.assertEqual(1, run(result("//a:t", "PASSED")).passed)

    def test_what_did_not_build_failed_once(self):
        for events in (1, 2):
            found = run(*[completed("//a:l", aborted={})] * events)
            self.assertEqual(["//a:l did not build"], found.failed)
        self.assertEqual([], run(completed("//a:l", aborted={"reason": "SKIPPED"})).failed)
        found = run(completed("//a:t", completed={}), result("//a:t", "FAILED"))
        self.assertEqual(["//a:t FAILED"], found.failed)


if __name__ == "__main__":
    unittest.main()
