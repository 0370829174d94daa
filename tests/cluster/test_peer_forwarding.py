"""The peer's RestForwardingIntegrationTest and SessionedProtocolIntegrationTest (tests/README.md)."""

import base64
import json
import ssl

import pytest
from support.certificates import PASSWORD, Certificates
from support.worker import free_port

SIGNATURE, ALGORITHM = "X-Connect-Authorization", "X-Connect-Request-Signature-Algorithm"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


def listen(worker, certificates, ssl_, dual):
    """Advertises https or http; `dual`: listens on the other, too."""
    scheme, other = ("https", "http") if ssl_ else ("http", "https")
    worker.url = f"{scheme}://localhost:{worker.port}"
    worker.settings.update({
        "listeners": worker.url + (f",{other}://localhost:{free_port()}" if dual else ""),
        "rest.advertised.listener": scheme, "ssl.keystore.location": certificates["server.p12"],
        "ssl.keystore.password": PASSWORD, "ssl.truststore.location": certificates["trust.p12"],
        "ssl.truststore.password": PASSWORD, "ssl.client.auth": "requested"})
    if ssl_:
        worker.tls = ssl.create_default_context(cafile=certificates["root.pem"])


@pytest.mark.parametrize("leader_ssl, follower_ssl, dual", [
    pytest.param(False, False, False, id="NoSsl"), pytest.param(False, False, True, id="NoSslDualListener"),
    pytest.param(True, False, False, id="LeaderSsl"), pytest.param(False, True, False, id="FollowerSsl"),
    pytest.param(True, True, True, id="SslDualListener"), pytest.param(True, True, False, id="Ssl")])
def test_rest_forward(new_group, new_double, certificates, kafka, name, leader_ssl, follower_ssl, dual):
    """testRestForwardNoSsl, ...NoSslDualListener, ...LeaderSsl, ...FollowerSsl, ...SslDualListener, ...Ssl"""
    kafka.create(name)
    group = new_group()
    leader, follower = group.new(), group.new()
    for worker, ssl_ in ((leader, leader_ssl), (follower, follower_ssl)):
        listen(worker, certificates, ssl_, dual)
        worker.start()
    assert group.leader() is leader
    source = new_double(follower).source(name, tasks__max=2)
    answer = source.put()
    assert answer.code == 201, answer.text
    assert answer.headers["Location"] == f"{follower.url}/connectors/{source.connector}"
    # More connectors, so that one is on the follower, whose tasks the leader is to write.
    other = new_double(follower, "-other").source(name, tasks__max=2).create()
    group.wait_until_balanced({source.connector: 2, other.connector: 2})
    assert source.call("PATCH", "config", {"tasks.max": "3"}).code == 200
    assert source.call("POST", "restart?includeTasks=true").code == 202
    group.wait_until_running({source.connector: 3, other.connector: 2}, by=leader)
    for double in (source, other):
        assert double.delete().code == 204
    group.wait_for_same("/connectors", [])


def test_internal_endpoint_is_secured(group, new_double, kafka, name):
    """ensureInternalEndpointIsSecured: no signature, a wrong one; without and with the connector; at each worker"""
    kafka.create(name)
    source = new_double(group[0]).source(name)
    path, body = f"/connectors/{source.connector}/tasks", json.dumps([{"topic": name}]).encode()
    wrong = {SIGNATURE: base64.b64encode(b"S" * 32).decode(), ALGORITHM: "HmacSHA256"}

    def check():
        for worker in group.workers:
            for headers, code in (({}, 400), (wrong, 403)):
                answer = worker.request("POST", path, body, {"Content-Type": "application/json", **headers})
                assert answer.code == code, answer.text
                assert worker.get("/connectors").code == 200

    check()
    source.create()
    group.wait_until_running({source.connector: 1})
    check()
    assert source.count("task.start") == 1
