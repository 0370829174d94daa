"""The peer's RestForwardingIntegrationTest and SessionedProtocolIntegrationTest (tests/README.md)."""

import base64
import json

import pytest

SIGNATURE, ALGORITHM = "X-Connect-Authorization", "X-Connect-Request-Signature-Algorithm"


@pytest.mark.parametrize("dual_listener", [
    pytest.param(False, id="testRestForwardNoSsl"), pytest.param(True, id="testRestForwardNoSslDualListener")])
def test_rest_forward(new_group, new_double, kafka, name, dual_listener):
    """testRestForwardNoSsl, ...NoSslDualListener"""
    kafka.create(name)
    group = new_group()
    for worker in [group.new(), group.new()]:
        if dual_listener:
            worker.settings.update({"listeners": f"{worker.url},http://127.0.0.1:0", "rest.advertised.listener": "http"})
        worker.start()
    leader, follower = group[0], group[1]
    assert group.leader() is leader
    source = new_double(follower).source(name, tasks__max=2)
    answer = source.put()
    assert answer.code == 201, answer.text
    assert answer.headers["Location"] == f"{follower.url}/connectors/{source.connector}"
    group.wait_until_balanced({source.connector: 2})
    assert source.call("PATCH", "config", {"tasks.max": "3"}).code == 200
    group.wait_until_running({source.connector: 3}, by=leader)
    assert source.delete().code == 204
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
