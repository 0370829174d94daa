"""A broker, for tests beside the peer. Run by tools/test, which starts the services."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.kafka import Kafka  # noqa: E402


@pytest.fixture(scope="session")
def kafka():
    return Kafka()
