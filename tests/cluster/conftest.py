"""Fixtures: groups of workers that end with their test."""

import pytest
from support.brokers import Brokers
from support.doubles import plugin_path
from support.group import Group
from support.ledger import SINK, SOURCE
from support.network import Network
from support.remote_group import RemoteGroup

WORKERS = 3


@pytest.fixture
def new_group(tmp_path, kafka, name):
    """Makes groups without workers yet."""
    groups = []

    def make(suffix="", broker=kafka, **settings):
        folder = tmp_path / f"group{suffix}"
        folder.mkdir()
        groups.append(Group(folder, name + suffix, broker.address, **{"plugin__path": plugin_path(), **settings}))
        return groups[-1]

    yield make
    for group in groups:
        group.end()


@pytest.fixture(scope="session")
def shared_group(tmp_path_factory, kafka):
    folder = tmp_path_factory.mktemp("group")
    group = Group(folder, f"shared-group-{abs(hash(str(folder))) % 10**8}", kafka.address, plugin__path=plugin_path())
    try:
        group.add(WORKERS)
        yield group
    finally:
        group.end()


@pytest.fixture
def group(shared_group):
    """Three workers without connectors; the same for all tests, which may add some and stop some."""
    shared_group.wait_until_balanced({})
    yield shared_group
    shared_group.restore(WORKERS)


@pytest.fixture
def pipe(kafka, name, tmp_path):
    """Makes a source and a sink of one task each; answers how many tasks they have, and the files at both ends."""
    def make(worker, broker=kafka, partitions=1):
        broker.create(name, partitions)
        source, target = tmp_path / "in.txt", tmp_path / "out.txt"
        source.touch()
        worker.create(f"{name}-from", connector__class=SOURCE, file=source, topic=name)
        worker.create(f"{name}-to", connector__class=SINK, file=target, topics=name)
        return {f"{name}-from": 1, f"{name}-to": 1}, source, target
    return make


@pytest.fixture(scope="session")
def network():
    with Network() as network:
        yield network


@pytest.fixture(scope="session")
def brokers(tmp_path_factory, network):
    """Three, the same for all tests, which may kill one, and cut off workers from them."""
    cluster = Brokers(tmp_path_factory.mktemp("brokers"), network)
    try:
        cluster.up()
        yield cluster
    finally:
        cluster.down()


@pytest.fixture
def new_remote_group(tmp_path, network, brokers, name):
    """Makes groups without workers yet, whose workers can be cut off from the brokers and from each other."""
    groups = []

    def make(suffix="", **settings):
        folder = tmp_path / f"group{suffix}"
        folder.mkdir()
        settings = {"plugin__path": plugin_path(), **settings}
        groups.append(RemoteGroup(folder, name + suffix, brokers, network, **settings))
        return groups[-1]

    yield make
    for group in groups:
        group.heal()
    brokers.heal()
    for group in groups:
        group.end()
