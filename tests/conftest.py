"""Fixtures of all folders: a broker, and workers that end with their test. tools/test starts the services."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from support.doubles import Double, plugin_path  # noqa: E402
from support.kafka import Kafka, OwnKafka  # noqa: E402
from support.registry import Gate, OwnRegistry  # noqa: E402
from support.worker import Worker  # noqa: E402


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call):
    """A test that failed shows how the logs of its workers end."""
    report = yield
    if report.failed:
        for worker in sorted(Worker.all, key=lambda worker: str(worker.log_path)):
            if worker.log_path.exists() and worker.log_path.stat().st_mtime >= call.start:
                report.sections.append((f"end of {worker.log_path.name}", worker.log()[-6000:]))
    return report


@pytest.fixture(scope="session")
def kafka():
    return Kafka()


@pytest.fixture(scope="session")
def other_kafka(tmp_path_factory):
    """A second cluster, for connectors whose clients are sent elsewhere. Started when a test first asks for it."""
    services = pathlib.Path(__file__).resolve().parents[1] / "tools" / "services"
    environment = {**os.environ, "SLUICE_SERVICES_DIR": str(tmp_path_factory.mktemp("other-cluster"))}
    try:
        subprocess.run([services, "up", "kafka"], env=environment, check=True, timeout=120)
        said = subprocess.run([services, "env", "kafka"], env=environment, check=True, capture_output=True, text=True)
        yield Kafka(dict(line.split("=", 1) for line in said.stdout.splitlines())["SLUICE_KAFKA"])
    finally:
        subprocess.run([services, "down", "kafka"], env=environment, check=False, timeout=60)


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


@pytest.fixture(scope="module")
def shared_worker(request, tmp_path_factory, kafka):
    """One for all of a module's tests that do nothing to the worker itself. The module may have settings for it."""
    folder = tmp_path_factory.mktemp("shared")
    module = request.module.__name__.rpartition(".")[2].replace("_", "-")
    settings = {"plugin__path": plugin_path(), **getattr(request.module, "SHARED_WORKER", {})}
    worker = Worker(folder, f"{module}-{abs(hash(str(folder))) % 10**8}", kafka.address, **settings)
    worker.environment = {"SLUICE_TEST_RELEASE": str(folder / "released")}
    with worker:
        yield worker
        (folder / "released").touch()


@pytest.fixture
def new_double(name, tmp_path):
    """Makes doubles, and at the end ends what hangs in them and deletes them."""
    made = []

    def make(worker, suffix="", connector=None):
        made.append(Double(worker, connector or name + suffix, tmp_path))
        return made[-1]

    yield make
    for double in made:
        double.release()
        if double.worker.process and double.worker.process.poll() is None:
            double.delete()


@pytest.fixture
def double(new_double, shared_worker):
    return new_double(shared_worker)


@pytest.fixture(scope="session")
def own_kafka(tmp_path_factory):
    """A broker that a test may stop, and starts again; it makes no topic by itself."""
    broker = OwnKafka(tmp_path_factory.mktemp("broker"), auto__create__topics__enable="false")
    yield broker
    broker.down()


@pytest.fixture(scope="session")
def registry(tmp_path_factory):
    server = OwnRegistry(tmp_path_factory.mktemp("registry"))
    yield server
    server.down()


@pytest.fixture
def gate(registry):
    """The registry behind a door that a test may shut."""
    made = Gate(registry)
    yield made
    made.shut()
