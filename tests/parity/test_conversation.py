"""One conversation with Apache Kafka Connect and with Sluice: every answer agrees, or differs as README.md says."""

import compare
import steps
from converse import converse


def test_conversation(kafka, tmp_path):
    verdict = converse(tmp_path, kafka)
    assert verdict.count >= 200
    assert not verdict.findings, str(verdict)
    assert {compare.TYPELESS, compare.JVM} <= verdict.rules <= compare.rules() and compare.ORDER in compare.rules()


def test_a_step_is_read():
    text = """# comment
PUT /connectors/a/config
  header Accept: x/y
  bytes {"\\xff"}
  wait a RUNNING
  differs 400 A rule
FILE name some text
"""
    first, second = steps.read(text, "f")
    assert (first.method, first.path, first.headers) == ("PUT", "/connectors/a/config", [("Accept", "x/y")])
    assert first.body == b'{"\xff"}' and first.wait == ["a", "RUNNING"]
    assert (first.status, first.rule) == (400, "A rule") and first.is_request
    assert not second.is_request and second.path == "name some text"
