"""Every answer of validate and of /connector-plugins is the peer's, but for what README.md names."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from parity import validate  # noqa: E402
from support.peer import JavaWorker  # noqa: E402
from support.worker import Worker  # noqa: E402


@pytest.mark.skipif("SLUICE_KAFKA_HOME" not in os.environ, reason="the peer is not installed")
def test_validate_as_the_peer(tmp_path):
    address = os.environ["SLUICE_KAFKA"]
    with JavaWorker(tmp_path, "connect-validate-peer", address) as java, \
            Worker(tmp_path, "connect-validate-sluice", address) as sluice:
        asked, found = validate.compare(java, sluice)
    validate.report(asked, found)
    assert asked > 200 and not found
