"""Fixtures of the connectors' tests: real servers of their own."""

import pytest
from support.postgres import Postgres


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    server = Postgres(tmp_path_factory.mktemp("postgres"))
    yield server
    server.down()


@pytest.fixture
def db(postgres):
    database = postgres.new_database()
    yield database
    database.drop()  # young files go quickly; all of them at the end would not


@pytest.fixture
def own_postgres(tmp_path):
    """One that a test may stop, or change."""
    server = Postgres(tmp_path / "services")
    yield server
    server.down()
