"""Fixtures: a broker, and workers that end with their test. Run by tools/test, which starts the services."""

import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.kafka import Kafka  # noqa: E402
from support.worker import Worker  # noqa: E402


@pytest.fixture(scope="session")
def kafka():
    return Kafka()


@pytest.fixture
def name(request, tmp_path):
    """Unique to this test and run: topics and groups carry it."""
    test = re.sub("[^a-zA-Z0-9._-]", "-", request.node.name)[:40]
    return f"{test}-{abs(hash(str(tmp_path))) % 10**8}"


@pytest.fixture
def new_worker(tmp_path, kafka, name):
    workers = []

    def make(suffix="", **settings):
        worker = Worker(tmp_path, name + suffix, kafka.address, **settings)
        workers.append(worker)
        return worker

    yield make
    for worker in workers:
        worker.__exit__()


@pytest.fixture
def worker(new_worker):
    return new_worker().start()
