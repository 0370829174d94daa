"""rest_api/openapi.yaml against a real worker: schemathesis sends what the document allows and what it forbids, and
no answer may be a 5xx, of an undeclared status or format, or of another shape than the schema."""

import re

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from support.worker import ROOT, Worker

CHECKS = [schemathesis.checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
          checks.response_headers_conformance, checks.response_schema_conformance, checks.unsupported_method]
# Connectors that exist, so that random calls meet something; names with and without odd characters.
SOURCE, SINK, STOPPED = "orders-source", "a sink/ü%", "stopped"
PLUGINS = ["FileStreamSource", "FileStreamSinkConnector", "org.apache.kafka.connect.json.JsonConverter"]
LOGGERS = ["root", "org.apache.kafka.connect"]

schema = schemathesis.openapi.from_path(
    ROOT / "rest_api" / "openapi.yaml",
    config=SchemathesisConfig.from_dict({
        "seed": 4, "generation": {"deterministic": True, "max-examples": 40}, "warnings": False}))


@schema.hook
def map_path_parameters(_, path_parameters):
    """Two of three random names become one that exists."""
    known = {"connector": [SOURCE, SINK, STOPPED], "plugin": PLUGINS, "logger": LOGGERS}
    for key, names in known.items():
        value = (path_parameters or {}).get(key)
        if isinstance(value, str) and len(value) % 3:
            path_parameters[key] = names[len(value) // 3 % len(names)]
    return path_parameters


@pytest.fixture(scope="module")
def worker(kafka, tmp_path_factory):
    folder = tmp_path_factory.mktemp("openapi")
    name = "openapi-" + re.sub("[^a-z0-9]", "", folder.parent.name.lower())
    (folder / "orders.txt").write_text("one\ntwo\n")
    with Worker(folder, name, kafka.address) as running:
        yield running


@pytest.fixture
def session(worker, name):
    """A connection to a worker that has the known connectors, whatever calls before did to them."""
    file = {"file": str(worker.folder / "orders.txt"), "topic": worker.name}
    worker.create(SOURCE, **{"connector.class": "FileStreamSource"}, **file)
    worker.create(STOPPED, **{"connector.class": "FileStreamSource"}, **file)
    worker.create(SINK, **{"connector.class": "FileStreamSink", "topics": worker.name,
                           "file": str(worker.folder / "out.txt")})
    assert worker.put(f"/connectors/{STOPPED}/stop").code == 204
    with requests.Session() as one:
        yield one
    assert worker.process.poll() is None, worker.log()[-3000:]


@schema.parametrize()
@settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_every_operation(case, worker, session):
    case.call_and_validate(base_url=worker.url, session=session, checks=CHECKS, timeout=20)


def test_the_worker_serves_the_document(worker):
    answer = worker.get("/openapi.yaml")
    assert answer.headers["Content-Type"] == "application/yaml"
    assert answer.text == (ROOT / "rest_api" / "openapi.yaml").read_text(encoding="utf-8")
