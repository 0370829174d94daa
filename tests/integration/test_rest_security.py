"""The REST port: https, client certificates, basic authentication, admin listeners, CORS and headers, slow clients."""

import base64
import socket
import ssl
import urllib.error

import pytest
from support.certificates import PASSWORD, Certificates
from support.worker import Worker, free_port

EXTENSION = "org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


def https(worker, certificates, own=None):
    """Makes the worker listen on https, and talks to it so."""
    worker.url = f"https://localhost:{worker.port}"
    worker.settings["listeners"] = worker.url
    worker.tls = ssl.create_default_context(cafile=certificates["root.pem"])
    if own:
        worker.tls.load_cert_chain(certificates[own])
    return worker


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize("kind", ["PEM", "PKCS12", "JKS"])
def test_https(new_worker, certificates, kind):
    keys = {"ssl.keystore.location": certificates.store("server", kind)}
    if kind != "PEM":
        keys["ssl.keystore.password"] = PASSWORD
    worker = https(new_worker(**keys), certificates).start()
    answer = worker.post("/connectors", {"name": "a b", "config": {
        "connector.class": "TickerSource", "topic": "t"}, "initial_state": "STOPPED"})
    assert answer.code == 201, answer.text
    assert answer.headers["Location"] == f"{worker.url}/connectors/a%20b"
    worker.wait_for_states("a b", "STOPPED")
    assert worker.status("a b")["connector"]["worker_id"] == f"localhost:{worker.port}"
    worker.delete("/connectors/a%20b")


def test_plain_http_on_the_https_port(new_worker, certificates):
    worker = https(new_worker(**{"ssl.keystore.location": certificates["server.pem"]}), certificates).start()
    with socket.create_connection(("127.0.0.1", worker.port), timeout=10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = client.recv(1000)
    assert answer.startswith(b"HTTP/1.1 400 ") and b"https" in answer
    with socket.create_connection(("127.0.0.1", worker.port), timeout=10) as client:
        client.sendall(b"\x00" * 1000)
        while client.recv(1000):
            pass
    assert worker.get("/").code == 200


def test_clients_show_a_certificate(new_worker, certificates):
    """listeners.https.* hides the plain keys, which are for the worker's Kafka clients."""
    worker = new_worker(**{
        "ssl.keystore.location": "/not/for/the/listener", "listeners.https.ssl.client.auth": "required",
        "listeners.https.ssl.keystore.location": certificates["server.p12"],
        "listeners.https.ssl.keystore.password": PASSWORD,
        "listeners.https.ssl.truststore.location": certificates["trust.jks"]})
    https(worker, certificates, own="client.pem").start()
    assert worker.get("/connectors").code == 200
    worker.tls = ssl.create_default_context(cafile=certificates["root.pem"])
    with pytest.raises((urllib.error.URLError, ssl.SSLError, ConnectionError)):
        worker.get("/connectors")


@pytest.mark.parametrize("by", ["file", "jaas"])
def test_basic_authentication(new_worker, tmp_path, by):
    users = tmp_path / "users.properties"
    users.write_text("alice=secret\n")
    worker = new_worker(**{"rest.extension.classes": EXTENSION})
    if by == "file":
        worker.settings["rest.basic.auth.file"] = users
    else:
        jaas = tmp_path / "jaas.conf"
        jaas.write_text("KafkaConnect {\n  org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule "
                        f'required\n  file="{users}";\n}};\n')
        worker.environment["KAFKA_OPTS"] = f"-Xmx1g -Djava.security.auth.login.config={jaas}"
    worker.headers = basic("alice", "secret")
    worker.start()
    assert worker.get("/connectors").code == 200
    for headers in ({}, basic("alice", "guess"), basic("mallory", "secret")):
        worker.headers = headers
        for path in ("/", "/health", "/connectors", "/connectors/x/status"):
            answer = worker.get(path)
            assert (answer.code, answer.text) == (401, "User cannot access the resource.")
            assert "WWW-Authenticate" not in answer.headers
        assert worker.post("/connectors", {"name": "x"}).code == 401
        assert worker.get("/nothing").code == 404
    assert "secret" not in worker.log() and "guess" not in worker.log()


def test_admin_listeners(new_worker):
    """/admin is on its own port only, and nothing else is there."""
    port = free_port()
    worker = new_worker(**{"admin.listeners": f"http://127.0.0.1:{port}", "response.http.headers.config": "add X: 1"})
    worker.start()
    assert worker.get("/admin/loggers").code == 404
    assert worker.get("/").headers["X"] == "1"
    worker.url = f"http://127.0.0.1:{port}"
    assert worker.get("/admin/loggers").code == 200
    assert worker.get("/connectors").code == 404
    assert worker.get("/").headers["X"] is None


def test_no_admin(new_worker):
    assert new_worker(**{"admin.listeners": ""}).start().get("/admin/loggers").code == 404


def test_browsers_of_admitted_origins(new_worker):
    worker = new_worker(**{"access.control.allow.origin": "https://ui.example",
                           "access.control.allow.methods": "GET,PUT",
                           "response.http.headers.config": "set X-Frame-Options: DENY, setDate Expires: 0"}).start()
    answer = worker.request("GET", "/connectors", headers={"Origin": "https://ui.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "https://ui.example"
    assert (answer.headers["Vary"], answer.headers["X-Frame-Options"]) == ("Origin", "DENY")
    assert answer.headers["Expires"].endswith(" GMT")
    preflight = worker.request("OPTIONS", "/connectors", headers={
        "Origin": "https://ui.example", "Access-Control-Request-Method": "PUT"})
    assert preflight.code == 200
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET,PUT"
    other = worker.request("GET", "/connectors", headers={"Origin": "https://other.example"})
    assert other.code == 200 and "Access-Control-Allow-Origin" not in other.headers


@pytest.mark.parametrize("settings, text", [
    ({"listeners": "https://127.0.0.1:0"}, "An https listener needs a key and a certificate"),
    ({"listeners": "https://127.0.0.1:0", "ssl.keystore.location": "/no/such"}, "the file cannot be read"),
    ({"rest.extension.classes": "com.example.Guard"}, "this worker runs no Java classes"),
    ({"rest.extension.classes": EXTENSION}, "Set rest.basic.auth.file"),
    ({"rest.basic.auth.file": "/dev/null"}, "names no user"),
    ({"rest.basic.auth.file": "/no/such"}, "Invalid value /no/such for configuration rest.basic.auth.file: Could not read"),
    ({"access.control.allow.origin": "("}, "access.control.allow.origin"),
    ({"response.http.headers.config": "put X:1"}, "Invalid header config action: 'put'"),
    ({"rest.advertised.listener": "ftp"}, "http or https was expected"),
    ({"listeners": "ftp://127.0.0.1:0"}, "expected http://host:port or https://host:port")])
def test_a_worker_that_would_not_be_safe_does_not_start(new_worker, settings, text):
    worker = new_worker(**settings).start(wait=False)
    assert worker.process.wait(60) == 2
    assert text in worker.log(), worker.log()[-2000:]
