"""Fixtures: groups of workers that end with their test."""

import pytest
from support.doubles import plugin_path
from support.group import Group

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
