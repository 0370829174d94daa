"""The conformance suite, as an author runs it: the staged program, the staged plugins, their profiles; real servers."""

import os
import pathlib
import subprocess

import pytest
from support.worker import DIST, ROOT


def conforms(plugin, profile, *options, **environment):
    done = subprocess.run(
        [DIST / "bin" / "sluice-conformance", DIST / "plugins" / plugin, "--profile", ROOT / "connectors" / profile, *options],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("plugin, profile, options", [
    ("postgres_source.so", "postgres_source/conformance.json", []),
    ("postgres_sink.so", "postgres_sink/conformance.json", []),
    ("postgres_sink.so", "postgres_sink/conformance_exactly_once.json", ["--check", "sink"]),
], ids=["source", "sink_upsert", "sink_exactly_once"])
def test_postgres(postgres, plugin, profile, options):
    address = postgres.address.partition("@")[2].partition("/")[0]
    code, output = conforms(plugin, profile, *options, SLUICE_POSTGRES=postgres.address, SLUICE_POSTGRES_ADDRESS=address)
    assert code == 0, output
    for line in output.splitlines():  # nothing that a server is needed for is left out
        assert not line.startswith("  skip  sink.") and not line.startswith("  skip  source."), output


def test_http_sink():
    code, output = conforms("http_sink.so", "http_sink/conformance.json")
    assert code == 0 and "skip  sink." not in output, output


def test_http_source():
    code, output = conforms("http_source.so", "http_source/conformance.json")
    assert code == 0 and "skip  source." not in output, output


def test_object_store_sink():
    """To a local folder, which cannot go away; servers that do are in test_object_store_sink_faults.py."""
    code, output = conforms("object_store_sink.so", "object_store_sink/conformance.json", "--class", "S3SinkConnector")
    skipped = [line for line in output.splitlines() if "skip  sink." in line]
    assert code == 0 and len(skipped) == 1 and "sink.outage" in skipped[0], output
