"""The conformance suite, as an author runs it: the staged program, the staged plugins, their profiles; real servers. Of each
class all checks but those named here pass, so none is skipped unseen."""

import os
import subprocess

import pytest
from support.worker import DIST, ROOT

CHECKS = 22  # of a class; 8 of them are a sink's, or a source's
RECOMMENDED = {"keys.recommended": "no key has recommended values"}
SECRET = {"config.secret": "no key is a password"}
NO_OUTAGE = {"sink.outage": 'the profile has no "outage"'}
SOURCE = {**RECOMMENDED, **SECRET, "source.outage": 'the profile has no "outage"'}


def conforms(plugin, of, skipped, profile="conformance", check="", checks=CHECKS, **environment):
    """All checks whose names begin with `check`, of which there are `checks`, pass, but for those skipped: by name, and why."""
    done = subprocess.run(
        [DIST / "bin" / "sluice-conformance", DIST / "plugins" / f"{plugin}.so", "--profile",
         ROOT / "connectors" / plugin / f"{profile}.json", "--class", of, *(["--check", check] if check else [])],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=False)
    output = done.stdout + done.stderr
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines() if line.startswith("  skip  ")]
    assert {name: why for _, name, why in lines} == skipped, output
    assert done.stdout.splitlines()[-1] == f"{checks - len(skipped)} passed, 0 failed, {len(skipped)} skipped", output
    assert done.returncode == 0, output


@pytest.mark.parametrize("plugin, of, skipped", [
    ("datagen", "DatagenSource", SOURCE),
    ("file", "FileStreamSource", SOURCE),
    # It writes whatever it gets as text, and without a file to its standard output.
    ("file", "FileStreamSink", {**RECOMMENDED, **SECRET, **NO_OUTAGE, "config.required": "no key is required",
                                "sink.bad": 'the profile has no "bad" values'}),
    ("ticker", "TickerSource", {**SOURCE, "source.tasks": "the profile says of no number of records",  # it has no end
                                "source.alter_offsets": "the class does not support it"}),
    ("http_sink", "HttpSink", RECOMMENDED),
    ("http_source", "HttpSource", RECOMMENDED),
], ids=["datagen", "file_source", "file_sink", "ticker", "http_sink", "http_source"])
def test_without_a_server(plugin, of, skipped):
    conforms(plugin, of, skipped)


@pytest.mark.parametrize("plugin, of, profile", [
    ("postgres_source", "JdbcSource", {}),
    ("postgres_sink", "JdbcSink", {}),
    ("postgres_sink", "JdbcSink", {"profile": "conformance_exactly_once", "check": "sink", "checks": 8}),
], ids=["source", "sink_upsert", "sink_exactly_once"])
def test_postgres(postgres, plugin, of, profile):
    address = postgres.address.partition("@")[2].partition("/")[0]
    skipped = {} if "check" in profile else RECOMMENDED
    conforms(plugin, of, skipped, **profile, SLUICE_POSTGRES=postgres.address, SLUICE_POSTGRES_ADDRESS=address)


@pytest.mark.parametrize("of", ["S3SinkConnector", "GcsSinkConnector", "AzureDataLakeGen2SinkConnector",
                                "AzureBlobStorageSinkConnector"])
def test_object_store_sink(of):
    """To a local folder, which cannot go away; servers that do are in test_object_store_sink_faults.py and test_azure_sink.py."""
    conforms("object_store_sink", of, {**RECOMMENDED, **NO_OUTAGE})
