"""Fixtures of the connectors' tests: real servers of their own."""

import pytest
from support.http_server import HttpServer
from support.object_store import S3, Azurite, local_bucket
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


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    server = S3(tmp_path_factory.mktemp("s3"))
    yield server
    server.down()


@pytest.fixture(params=["s3", "file"])
def bucket(request, tmp_path):
    """One in S3, then one in a local folder: the same must come of both."""
    if request.param == "file":
        return local_bucket(tmp_path / "objects")
    return request.getfixturevalue("s3").new_bucket()


@pytest.fixture
def s3_bucket(s3):
    return s3.new_bucket()


@pytest.fixture(scope="session")
def azurite(tmp_path_factory):
    server = Azurite(tmp_path_factory.mktemp("azurite"))
    yield server
    server.down()


@pytest.fixture
def container(azurite):
    return azurite.new_bucket()


@pytest.fixture
def server():
    with HttpServer() as made:
        yield made
