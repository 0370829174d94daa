"""Clients on a broker with TLS and SASL, set up with Java's keys: a worker's own, and those of a connector."""

import pytest
from support.certificates import PASSWORD, Certificates
from support.kafka import Kafka
from support.kerberos import Kerberos, gssapi
from support.secure_kafka import SecureKafka, oauth, sasl
from support.token_provider import CLIENT_ID, CLIENT_SECRET, TokenProvider
from support.worker import Worker, wait_for

HANDLER = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def realm(tmp_path_factory):
    with Kerberos(tmp_path_factory.mktemp("kerberos")) as running:
        yield running


@pytest.fixture(scope="module")
def broker(tmp_path_factory, certificates, realm):
    with SecureKafka(tmp_path_factory.mktemp("broker"), certificates, realm) as running:
        yield running


@pytest.fixture
def secure_worker(tmp_path, name):
    workers = []

    def make(address, settings):
        worker = Worker(tmp_path, name, address, **settings)
        workers.append(worker)
        return worker

    yield make
    for worker in workers:
        worker.__exit__()


def with_prefixes(keys):
    """The worker's own clients take the bare keys, its tasks' take the others."""
    return {prefix + key: value for prefix in ("", "producer.", "consumer.") for key, value in keys.items()}


def move_lines(worker, broker, name, folder, **overrides):
    """A file to a topic to a file, and what arrived in both."""
    (folder / "in.txt").write_text("one\ntwo\n")
    source = {key: value for key, value in overrides.items() if not key.startswith("consumer.")}
    worker.create(f"{name}-in", connector__class="FileStreamSource", file=folder / "in.txt", topic=name, **source)
    wait_for(lambda: Kafka(broker.plain).size(name) == 2, f"two records in {name}: {worker.status(f'{name}-in')}")
    sink = {key: value for key, value in overrides.items() if key.startswith("consumer.")}
    worker.create(f"{name}-out", connector__class="FileStreamSink", file=folder / "out.txt", topics=name, **sink)
    wait_for(lambda: (folder / "out.txt").exists() and (folder / "out.txt").read_text() == "one\ntwo\n",
             f"two lines: {worker.status(f'{name}-out')}")


@pytest.mark.parametrize("kind", ["PEM", "PKCS12", "JKS"])
def test_a_worker_with_a_client_certificate(secure_worker, broker, certificates, name, tmp_path, kind):
    worker = secure_worker(broker.ssl, with_prefixes(certificates.keys(kind))).start()
    move_lines(worker, broker, name, tmp_path)
    assert PASSWORD not in worker.log()


@pytest.mark.parametrize("mechanism, secret", [("PLAIN", "plain-secret"), ("SCRAM-SHA-256", "scram-secret"),
                                               ("SCRAM-SHA-512", "scram-secret")])
def test_a_worker_with_sasl(secure_worker, broker, certificates, name, tmp_path, mechanism, secret):
    keys = {**sasl(mechanism, secret), "ssl.truststore.location": certificates["trust.jks"]}
    worker = secure_worker(broker.sasl_ssl, with_prefixes(keys)).start()
    move_lines(worker, broker, name, tmp_path)
    assert secret not in worker.log()


def test_a_worker_with_a_token_that_nobody_signed(secure_worker, broker, certificates, name, tmp_path):
    keys = {**oauth({"unsecuredLoginStringClaim_sub": "alice"}), "ssl.truststore.location": certificates["trust.jks"]}
    worker = secure_worker(broker.sasl_ssl, with_prefixes(keys)).start()
    move_lines(worker, broker, name, tmp_path)


def test_a_worker_with_tokens_of_an_identity_provider(secure_worker, broker, certificates, name, tmp_path):
    """Its tokens live for 20 s: all clients, and the group's, go on with the next ones. (A broker takes no second token
    within a second of the last one, so a life near that would break connections.)"""
    trust = {"ssl.truststore.location": certificates["trust.jks"]}
    with TokenProvider(life=20, certificates=certificates) as provider:
        keys = {**oauth(trust, token__endpoint__url=provider.url, scope="kafka", client__credentials__client__id=CLIENT_ID,
                        client__credentials__client__secret=CLIENT_SECRET),
                **trust, "sasl.login.callback.handler.class": HANDLER}
        worker = secure_worker(broker.sasl_ssl, with_prefixes(keys)).start()
        move_lines(worker, broker, name, tmp_path)
        known = len(provider.given)
        wait_for(lambda: len(provider.given) > known, lambda: f"more than {known} tokens: {worker.log()[-2000:]}")
        with open(tmp_path / "in.txt", "a", encoding="ascii") as lines:
            lines.write("three\n")
        wait_for(lambda: (tmp_path / "out.txt").read_text() == "one\ntwo\nthree\n",
                 lambda: f"the third line: {worker.status(f'{name}-out')}")
        assert worker.states(f"{name}-in") == worker.states(f"{name}-out") == ["RUNNING", "RUNNING"]
        assert set(provider.scopes) == {"kafka"} and not provider.refused
        log = worker.log()
        assert CLIENT_SECRET not in log and not any(token in log for token in provider.given)


def test_a_worker_with_kerberos(secure_worker, broker, realm, name, tmp_path):
    """Its clients and the group's get their tickets with the key that the environment names."""
    worker = secure_worker(broker.gssapi, with_prefixes(gssapi()))
    worker.environment = realm.client(realm.keytab("alice"))
    worker.start()
    move_lines(worker, broker, name, tmp_path)


def test_a_worker_without_a_ticket_says_why(secure_worker, broker, realm, tmp_path):
    worker = secure_worker(broker.gssapi, {**gssapi(), "default.api.timeout.ms": 4000})
    worker.environment = realm.client(tmp_path / "no.keytab")
    assert worker.start(wait=False).process.wait(60) == 2
    assert "No Kerberos credentials available" in worker.log(), worker.log()[-2000:]


def test_a_worker_without_a_token_says_why(secure_worker, broker, certificates):
    with TokenProvider(life=60) as provider:
        keys = {**oauth({"clientId": CLIENT_ID, "clientSecret": "guess"}, token__endpoint__url=provider.url),
                "ssl.truststore.location": certificates["trust.jks"]}
        worker = secure_worker(broker.sasl_ssl, keys).start(wait=False)
        assert worker.process.wait(60) == 2
        said = f"No token from {provider.url} (sasl.oauthbearer.token.endpoint.url): it answers with status 401 (invalid_client)"
        assert said in worker.log(), worker.log()[-2000:]
        assert "guess" not in worker.log()


def test_a_connector_may_not_say_where_tokens_come_from(secure_worker, broker, name):
    worker = secure_worker(broker.plain, {}).start()
    key = "producer.override.sasl.oauthbearer.token.endpoint.url"
    answer = worker.put(f"/connectors/{name}/config", {"connector.class": "FileStreamSource", "file": "/tmp/none",
                                                       "topic": name, key: "file:///etc/passwd"})
    assert answer.code == 400
    assert f"Invalid value file:///etc/passwd for configuration {key}" in answer.text


def test_a_connector_with_its_own_credentials(secure_worker, broker, certificates, name, tmp_path):
    """The worker is alice by PLAIN, the connector's clients by SCRAM and with another format of the root."""
    keys = {**sasl("PLAIN", "plain-secret"), "ssl.truststore.location": certificates["root.pem"],
            "ssl.truststore.type": "PEM"}
    worker = secure_worker(broker.sasl_ssl, keys).start()
    overrides = {}
    for client in ("producer", "consumer"):
        overrides.update(sasl("SCRAM-SHA-512", "scram-secret", f"{client}.override."))
        overrides.update({f"{client}.override.ssl.truststore.location": certificates["trust.p12"],
                          f"{client}.override.ssl.truststore.password": PASSWORD})
    move_lines(worker, broker, name, tmp_path, **overrides)


def test_a_connectors_stores_are_looked_at_before_it_is_made(secure_worker, broker, certificates, name):
    worker = secure_worker(broker.plain, {}).start()
    config = {"connector.class": "FileStreamSource", "file": "/tmp/none", "topic": name,
              **certificates.keys("JKS", "producer.override.")}
    location = f"producer.override.ssl.keystore.location"
    for change, text in [
            ({"producer.override.ssl.keystore.password": "guess"}, "the store's password is wrong"),
            ({location: "/no/such/store"}, "the file cannot be read"),
            ({location: certificates["trust.jks"]}, "there is no private key"),
            ({location: "/dev/zero"}, "it is no regular file")]:
        answer = worker.put(f"/connectors/{name}/config", {**config, **change})
        assert answer.code == 400, answer.text
        assert text in answer.text and location in answer.text, answer.text
        assert "guess" not in answer.text and PASSWORD not in answer.text


def test_a_broker_whose_certificate_is_not_trusted(secure_worker, broker, certificates, tmp_path):
    keys = {"security.protocol": "SSL", "ssl.truststore.location": certificates["stranger.pem"],
            "default.api.timeout.ms": 4000}
    worker = secure_worker(broker.ssl, keys).start(wait=False)
    assert worker.process.wait(60) == 2
    assert "certificate verify failed" in worker.log()


@pytest.mark.parametrize("change, text", [
    ({"ssl.truststore.password": "guess"}, "ssl.truststore.location: the store's password is wrong"),
    ({"ssl.keystore.location": "/no/such/store"}, "ssl.keystore.location: the file cannot be read"),
    ({"ssl.keystore.location": "/dev/null"}, "ssl.keystore.location: it is no regular file")])
def test_a_worker_says_what_is_wrong_with_its_stores(secure_worker, broker, certificates, change, text):
    worker = secure_worker(broker.ssl, {**certificates.keys("JKS"), **change}).start(wait=False)
    assert worker.process.wait(60) == 2
    assert text in worker.log()
    assert "guess" not in worker.log() and PASSWORD not in worker.log()
