"""Records to an HTTP server: what is sent, who may send it, and what comes of what the server refuses."""

import collections
import json
import ssl

import pytest
from records import produce
from support.certificates import PASSWORD, Certificates
from support.cookbook import recipe
from support.http_server import SILENT, HttpServer, Limit, Reply, Tokens
from support.worker import JSON, STRING, wait_for

SINK = "io.aiven.kafka.connect.http.HttpSinkConnector"
CONFLUENTS = "io.confluent.connect.http.HttpSinkConnector"
SHARED_WORKER = {"config__providers": "file",
                 "config__providers__file__class": "org.apache.kafka.common.config.provider.FileConfigProvider"}


def create(worker, server, name, **config):
    worker.create(name, **{"connector__class": SINK, "topics": name, "http__url": server.url + "/in",
                           "http__authorization__type": "none", "value__converter": STRING,
                           "retry__backoff__ms": 50, "max__retries": 1000, **config})


def dead_letters(name):
    return {"errors__tolerance": "all", "errors__deadletterqueue__topic__name": f"{name}-dead",
            "errors__deadletterqueue__topic__replication__factor": 1,
            "errors__deadletterqueue__context__headers__enable": "true"}


def bodies(server):
    return [request.text for request in server.asked("/in")]


def wait_for_bodies(server, expected, timeout=30):
    wait_for(lambda: bodies(server) == expected, lambda: f"{expected} were sent, but {bodies(server)}", timeout)


def test_each_record_is_a_request_in_order(shared_worker, kafka, server, name):
    kafka.create(name)
    values = [f"order {n}" for n in range(50)]
    kafka.produce(name, values)
    create(shared_worker, server, name, http__headers__content__type="text/plain",
           http__headers__additional="X-Topic:${topic},X-Offset:${offset}")
    wait_for_bodies(server, values)
    first = server.asked("/in")[0]
    assert (first.method, first.headers["Content-Type"], first.headers["X-Topic"], first.headers["X-Offset"]) == (
        "POST", "text/plain", name, "0")


def test_structs_are_json_and_urls_are_made_of_records(shared_worker, kafka, server, name):
    kafka.create(name)
    produce(kafka, name, [("a/b", json.dumps({"id": 7, "tags": ["x"], "price": 1.5, "none": None})), ("c", None)])
    create(shared_worker, server, name, http__url=server.url + "/items/${key}?v=${value.id}", request__method="PUT",
           request__body__template='{"of":${json:topic},"tags":${json:value.tags},"all":${value}}',
           value__converter=JSON, value__converter__schemas__enable="false", behavior__on__null__values="ignore")
    wait_for(lambda: server.asked(), "the record is sent")
    one = server.asked()[0]
    whole = {"id": 7, "tags": ["x"], "price": 1.5, "none": None}
    assert (one.method, one.path, one.query, one.json) == (
        "PUT", "/items/a/b", {"v": "7"}, {"of": name, "tags": ["x"], "all": whole})


def test_records_to_a_web_service(shared_worker, kafka, server, name, tmp_path):
    """The pipeline of the cookbook in README.md, by its own JSON."""
    server.respond = lambda request: Reply(422, "no item") if "bad" in request.text else Reply()
    kafka.create(name)
    produce(kafka, name, [("1", '{"item":"pen"}'), ("2", '{"item":"bad"}'), ("1", None), ("3", '{"item":"ink"}')])
    config = recipe("Records to a web service")
    secrets = tmp_path / "api.properties"
    secrets.write_text("token=s3cret-t0ken\n")
    config.update({"topics": name, "http.url": config["http.url"].replace("https://api.example.com", server.url),
                   "bearer.token": config["bearer.token"].replace("/run/secrets/api.properties", str(secrets)),
                   "errors.deadletterqueue.topic.name": f"{name}-dead",
                   "errors.deadletterqueue.topic.replication.factor": 1,
                   "key.converter": STRING, "value.converter": JSON, "value.converter.schemas.enable": "false"})
    shared_worker.create(name, **config)
    wait_for(lambda: len(server.asked()) == 4, lambda: f"four requests, but {len(server.asked())}")
    assert [(one.method, one.path, one.text) for one in server.asked()] == [
        ("PUT", "/orders/1", '{"item":"pen"}'), ("PUT", "/orders/2", '{"item":"bad"}'), ("DELETE", "/orders/1", ""),
        ("PUT", "/orders/3", '{"item":"ink"}')]
    assert {one.headers["Authorization"] for one in server.asked()} == {"Bearer s3cret-t0ken"}
    wait_for(lambda: kafka.size(f"{name}-dead") == 1, "the one that was refused is a dead letter")


def test_deletes_stand_among_puts_in_their_order(shared_worker, kafka, server, name):
    kafka.create(name)
    produce(kafka, name, [("k", "1"), ("k", None), ("k", "2"), ("l", None)])
    create(shared_worker, server, name, http__url=server.url + "/items/${key}", behavior__on__null__values="delete",
           batching__enabled="true")
    wait_for(lambda: len(server.asked()) == 4, lambda: f"four requests, but {len(server.asked())}")
    assert [(one.method, one.path) for one in server.asked()] == [
        ("POST", "/items/k"), ("DELETE", "/items/k"), ("POST", "/items/k"), ("DELETE", "/items/l")]


def test_confluents_configuration_runs_unchanged(shared_worker, kafka, server, name):
    kafka.create(name)
    kafka.produce(name, [json.dumps({"n": n}) for n in range(5)])
    answer = shared_worker.put(f"/connectors/{name}/config", {
        "connector.class": CONFLUENTS, "topics": name, "http.api.url": server.url + "/in", "request.method": "put",
        "headers": "X-A:1|X-B:2", "batch.max.size": "10", "batch.json.as.array": "true", "request.body.format": "json",
        "auth.type": "BASIC", "connection.user": "me", "connection.password": "pass", "max.retries": "3",
        "reporter.bootstrap.servers": kafka.address, "reporter.result.topic.name": "success-responses",
        "confluent.topic.bootstrap.servers": kafka.address, "tasks.max": "1",
        "value.converter": JSON, "value.converter.schemas.enable": "false"})
    assert answer.code == 201, answer.text
    sent = []

    def all_sent():
        sent[:] = [item for request in server.asked("/in") for item in request.json]
        return len(sent) >= 5

    wait_for(all_sent, lambda: f"five are sent, but {sent}")
    assert sent == [{"n": n} for n in range(5)]
    one = server.asked("/in")[0]
    assert (one.method, one.headers["X-B"], one.headers["Authorization"]) == ("PUT", "2", "Basic bWU6cGFzcw==")
    assert one.headers["Content-Type"] == "application/json"


def test_bad_records_of_batches_become_dead_letters_and_nothing_is_taken_twice(shared_worker, kafka, server, name):
    taken = collections.Counter()

    def respond(request):
        lines = request.text.split("\n")
        if any(line.startswith("bad") for line in lines):
            return Reply(422, "no such item")
        taken.update(lines)
        return Reply()

    server.respond = respond
    kafka.create(name)
    bad = (0, 1, 2, 17, 18, 60)  # of the first batch its head
    values = ["bad" if n in bad else f"value {n}" for n in range(100)]
    kafka.produce(name, values)
    create(shared_worker, server, name, batching__enabled="true", batch__suffix="", batch__max__size=40,
           **dead_letters(name))
    wait_for(lambda: len(taken) == 94, lambda: f"94 are taken, but {len(taken)}")
    wait_for(lambda: kafka.size(f"{name}-dead") == 6, "six dead letters")
    assert set(taken.values()) == {1}
    said = [dict(letter.headers())["__connect.errors.exception.message"].decode() for letter in kafka.read(f"{name}-dead")]
    assert [text.partition(":")[0] for text in said] == [f"The record {name}-0@{n}" for n in bad]
    assert all("was answered with 422: no such item" in text for text in said)
    assert shared_worker.states(name) == ["RUNNING", "RUNNING"]


def test_a_server_that_refuses_everything_drains_nothing(shared_worker, kafka, server, name):
    server.respond = lambda request: Reply(400, "wrong content type")
    kafka.create(name)
    kafka.produce(name, [str(n) for n in range(10)])
    create(shared_worker, server, name, batching__enabled="true", **dead_letters(name))
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert "wrong content type" in shared_worker.trace(name)
    assert kafka.size(f"{name}-dead") == 0


@pytest.mark.parametrize("status", [401, 403, 404, 415])
def test_what_is_no_records_fault_fails_the_task(shared_worker, kafka, server, name, status):
    server.respond = lambda request: Reply(status, "unknown: " + request.headers["Authorization"].removeprefix("Key "))
    kafka.create(name)
    kafka.produce(name, ["one"])
    create(shared_worker, server, name, http__authorization__type="static", http__headers__authorization="Key s3cret-k3y",
           **dead_letters(name))
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert f"was answered with {status}: unknown: ***" in shared_worker.trace(name)
    assert "s3cret-k3y" not in shared_worker.log() and "s3cret-k3y" not in shared_worker.trace(name)
    assert kafka.size(f"{name}-dead") == 0 and len(server.requests) == 1


def test_a_limit_is_believed_and_not_counted(shared_worker, kafka, server, name):
    limit = Limit(server.respond)
    server.respond = limit
    kafka.create(name)
    kafka.produce(name, ["one"])
    create(shared_worker, server, name, max__retries=0)
    wait_for(lambda: limit.passed, "it is sent again")
    assert limit.refused == 1 and shared_worker.states(name) == ["RUNNING", "RUNNING"]


def test_the_task_fails_after_its_retries_and_goes_on_when_restarted(shared_worker, kafka, server, name):
    server.respond = lambda request: Reply(503, "maintenance")
    kafka.create(name)
    kafka.produce(name, ["one"])
    create(shared_worker, server, name, max__retries=2, **dead_letters(name))
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert "Gave up after max.retries=2" in shared_worker.trace(name) and "maintenance" in shared_worker.trace(name)
    assert len(server.requests) == 3 and kafka.size(f"{name}-dead") == 0
    server.respond = lambda request: Reply()
    shared_worker.post(f"/connectors/{name}/tasks/0/restart")
    wait_for(lambda: len(server.requests) == 4, "it is sent")
    shared_worker.wait_for_states(name, "RUNNING", "RUNNING")


def test_a_stop_commits_what_was_taken(shared_worker, kafka, server, name):
    """Of one put, in whose middle the server falls silent."""
    server.respond = lambda request: SILENT if request.text == "3" else Reply()
    kafka.create(name)
    kafka.produce(name, [str(n) for n in range(6)])
    create(shared_worker, server, name)
    wait_for(lambda: "3" in bodies(server), "the fourth is sent")
    shared_worker.put(f"/connectors/{name}/stop")
    shared_worker.wait_for_states(name, "STOPPED")
    wait_for(lambda: kafka.committed(f"connect-{name}", name) == 3, "what was taken is committed, and no more")
    server.respond = lambda request: Reply()
    shared_worker.put(f"/connectors/{name}/resume")
    wait_for_bodies(server, ["0", "1", "2", "3", "3", "4", "5"])


def test_a_pause_and_a_delete_do_not_wait_for_a_silent_server(shared_worker, kafka, server, name):
    server.respond = lambda request: SILENT
    kafka.create(name)
    kafka.produce(name, ["one"])
    create(shared_worker, server, name, http__timeout=600)
    wait_for(lambda: server.requests, "it is sent")
    assert shared_worker.put(f"/connectors/{name}/pause").code == 202
    shared_worker.wait_for_states(name, "PAUSED", "PAUSED")
    assert shared_worker.delete(f"/connectors/{name}").code == 204
    wait_for(lambda: shared_worker.status(name) is None, "the connector is gone")


@pytest.mark.parametrize("mode", ["header", "url"])
def test_tokens_are_fetched_kept_and_renewed(shared_worker, kafka, server, name, mode):
    tokens = Tokens()

    def respond(request):
        if request.path == "/token":
            return tokens.give(request)
        return Reply() if tokens.allows(request) else Reply(401, "no " + request.headers["Authorization"])

    server.respond = respond
    kafka.create(name)
    create(shared_worker, server, name, http__authorization__type="oauth2", oauth2__access__token__url=server.url + "/token",
           oauth2__client__id="me", oauth2__client__secret="client-s3cret", oauth2__client__scope="write",
           oauth2__client__authorization__mode=mode)
    kafka.produce(name, ["a", "b"])
    wait_for(lambda: len(server.asked("/in")) == 2, "both are sent")
    assert len(tokens.given) == 1
    basic, form = tokens.forms[0]
    assert form["grant_type"] == "client_credentials" and form["scope"] == "write"
    if mode == "header":
        assert basic == "Basic bWU6Y2xpZW50LXMzY3JldA==" and "client_secret" not in form
    else:
        assert basic is None and (form["client_id"], form["client_secret"]) == ("me", "client-s3cret")
    tokens.revoke()
    kafka.produce(name, ["c"])
    wait_for(lambda: len(server.asked("/in")) == 4, "it is sent twice: with the old token and with a new one")
    assert len(tokens.given) == 2 and shared_worker.states(name) == ["RUNNING", "RUNNING"]
    # From now on every token is refused, and the answers quote what was sent.
    tokens.allows = lambda request: False
    kafka.produce(name, ["d"])
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert "was answered with 401: no Bearer ***" in shared_worker.trace(name)
    for text in (shared_worker.log(), shared_worker.trace(name)):
        assert not any(secret in text for secret in ("client-s3cret", *tokens.given))


def test_tokens_that_expire_are_renewed_before(shared_worker, kafka, server, name):
    tokens = Tokens(lifetime=2)  # half of it, and it is fetched anew

    def respond(request):
        if request.path == "/token":
            tokens.revoke()  # only the newest counts
            return tokens.give(request)
        return Reply() if tokens.allows(request) else Reply(401)

    server.respond = respond
    kafka.create(name)
    create(shared_worker, server, name, http__authorization__type="oauth2", oauth2__access__token__url=server.url + "/token",
           oauth2__client__id="me", oauth2__client__secret="client-s3cret")
    sent = 0

    def send_another():
        nonlocal sent
        kafka.produce(name, [str(sent)])
        sent += 1
        wait_for(lambda: len(server.asked("/in")) == sent, "it is sent, once")
        return len(tokens.given) >= 3

    wait_for(send_another, "tokens are renewed")
    assert shared_worker.states(name) == ["RUNNING", "RUNNING"]


def test_a_proxy_stands_between(shared_worker, kafka, server, name):
    """The server is the proxy: it is asked for the whole URL, of a host that is nowhere."""
    kafka.create(name)
    kafka.produce(name, ["one"])
    create(shared_worker, server, name, http__url="http://nowhere.invalid/in", http__proxy__host="127.0.0.1",
           http__proxy__port=server.port, http__proxy__user="me", http__proxy__password="pass")
    wait_for_bodies(server, ["one"])
    headers = server.requests[0].headers
    assert (headers["Host"], headers["Proxy-Authorization"]) == ("nowhere.invalid", "Basic bWU6cGFzcw==")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


def tls_context(certificates, ask=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates["server.pem"])
    if ask:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates["root.pem"])
    return context


def test_tls_stores_of_every_kind(shared_worker, kafka, name, certificates):
    stores = {"pem": certificates["root.pem"], "p12": certificates["trust.p12"], "jks": certificates["trust.jks"]}
    with HttpServer(tls=tls_context(certificates)) as server:
        for kind, store in stores.items():
            topic = f"{name}-{kind}"
            kafka.create(topic)
            kafka.produce(topic, [kind])
            create(shared_worker, server, topic, http__ssl__truststore__location=store,
                   **({} if kind == "pem" else {"http__ssl__truststore__password": PASSWORD}))
            wait_for(lambda: bodies(server)[-1:] == [kind], f"{kind}: {shared_worker.status(topic)}")


def test_tls_without_trust_fails_the_task(shared_worker, kafka, name, certificates):
    kafka.create(name)
    kafka.produce(name, ["one"])
    with HttpServer(tls=tls_context(certificates)) as server:
        create(shared_worker, server, name, http__ssl__truststore__location=certificates["stranger.pem"])
        shared_worker.wait_for_states(name, "RUNNING", "FAILED")
        assert "certificate" in shared_worker.trace(name) and not server.requests
        create(shared_worker, server, name, http__ssl__trust__all__certs="true")
        wait_for_bodies(server, ["one"])


def test_tls_with_a_certificate_of_ones_own(shared_worker, kafka, name, certificates):
    with HttpServer(tls=tls_context(certificates, ask=True)) as server:
        for kind, store in {"pem": certificates["client.pem"], "p12": certificates["client.p12"]}.items():
            topic = f"{name}-{kind}"
            kafka.create(topic)
            kafka.produce(topic, [kind])
            create(shared_worker, server, topic, http__ssl__truststore__location=certificates["root.pem"],
                   https__ssl__keystore__location=store, https__ssl__keystore__password=PASSWORD)
            wait_for(lambda: bodies(server)[-1:] == [kind], f"{kind}: {shared_worker.status(topic)}")


def test_validation_names_keys_and_no_secret(shared_worker, name):
    config = {"connector.class": SINK, "name": name, "topics": name, "http.url": "http://127.0.0.1:1/s3cret-path/${nothing}",
              "batch.size": "5", "http.authorization.type": "static", "retry.on.status.codes": "5xx"}
    answer = shared_worker.put("/connector-plugins/HttpSinkConnector/config/validate", config)
    assert answer.code == 200, answer.text
    wrong = {one["value"]["name"]: one["value"]["errors"] for one in answer.json["configs"] if one["value"]["errors"]}
    assert {"http.url", "http.headers.authorization", "retry.on.status.codes"} <= set(wrong)
    assert "s3cret-path" not in str(wrong)
    answer = shared_worker.put(f"/connectors/{name}/config", {**config, "http.url": "http://127.0.0.1:1/",
                                                              "http.authorization.type": "none",
                                                              "retry.on.status.codes": "500-"})
    assert answer.code == 400 and "batch.max.size" in answer.text
