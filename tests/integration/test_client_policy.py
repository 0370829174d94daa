"""What a connector may say of its Kafka clients: the scenarios of the peer's ConnectorClientPolicyIntegrationTest, by
their names, and the settings that no policy lets through."""

import subprocess

import pytest
from support.worker import Worker

POLICIES = "org.apache.kafka.connect.connector.policy."
# What could make a client load code, run a command or change what loads it; in Java's names and librdkafka's.
DANGEROUS = ["plugin.library.paths", "sasl.kerberos.kinit.cmd", "ssl.engine.location", "ssl.engine.id",
             "ssl.engine.factory.class", "ssl.provider", "ssl.providers", "enable.ssl.engine", "security.providers",
             "sasl.login.class", "sasl.login.callback.handler.class", "sasl.client.callback.handler.class",
             "sasl.oauthbearer.jwt.retriever.class", "sasl.oauthbearer.jwt.validator.class", "interceptor.classes",
             "metric.reporters", "sasl.oauthbearer.config", "ssl.keystore.engine"]
SASL = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"p\";"


def sink(name, **more):
    return {"connector.class": "FileStreamSink", "topics": name, "file": f"/tmp/{name}.out", "tasks.max": "1",
            **{key.replace("__", "."): value for key, value in more.items()}}


@pytest.fixture
def create(new_worker, kafka, name):
    def make(policy, expected, more, **settings):
        if policy:
            settings["connector__client__config__override__policy"] = policy
        worker = new_worker(**settings).start()
        kafka.create(name)
        answer = worker.put(f"/connectors/{name}/config", sink(name) | more)
        assert answer.code == expected, answer.text
        if expected == 201:
            worker.wait_for_states(name, "RUNNING", "RUNNING")
        return answer

    return make


def refused(answer, policy, key):
    said = f"The '{policy}' policy does not allow '{key}' to be overridden in the connector configuration."
    assert said in answer.json["message"], answer.text


def test_testCreateWithOverridesForNonePolicy(create):
    refused(create("None", 400, {"consumer.override.sasl.jaas.config": SASL}), "None", "sasl.jaas.config")


def test_testCreateWithNotAllowedOverridesForPrincipalPolicy(create):
    more = {"consumer.override.sasl.jaas.config": SASL, "consumer.override.auto.offset.reset": "latest"}
    answer = create("Principal", 400, more)
    refused(answer, "Principal", "auto.offset.reset")
    assert "'sasl.jaas.config'" not in answer.text


def test_testCreateWithAllowedOverridesForPrincipalPolicy(create):
    create("Principal", 201, {"consumer.override.security.protocol": "PLAINTEXT"})


def test_testCreateWithAllowedOverridesForAllPolicy(create):
    create("All", 201, {"consumer.override.client.id": "test"})


def test_testCreateWithNoAllowedOverridesForNonePolicy(create):
    create("None", 201, {})


def test_testCreateWithAllowedOverridesForDefaultPolicy(create):
    create(None, 201, {"consumer.override.client.id": "test"})


def test_testCreateWithAllowlistPolicyAllowedOverrides(create):
    create(POLICIES + "AllowlistConnectorClientConfigOverridePolicy", 201,
           {"consumer.override.client.id": "test"},
           connector__client__config__override__allowlist="client.id, max.poll.records")


def test_testCreateWithAllowlistPolicyNotAllowedOverrides(create):
    answer = create("Allowlist", 400, {"consumer.override.client.id": "test", "consumer.override.fetch.min.bytes": "2"},
                    connector__client__config__override__allowlist="client.id")
    refused(answer, "Allowlist", "fetch.min.bytes")
    assert "'client.id'" not in answer.text


def test_testCreateWithAllowlistPolicyEmptyAllowlist(create):
    refused(create("Allowlist", 400, {"consumer.override.client.id": "test"}), "Allowlist", "client.id")


def test_no_policy_lets_dangerous_settings_through(worker, name):
    """Each is refused by its full name, for all three clients; none of them reaches a client."""
    dlq = {"errors.deadletterqueue.topic.name": name + "-dlq"}
    for client in ("producer", "consumer", "admin"):
        for key in DANGEROUS:
            full = f"{client}.override.{key}"
            answer = worker.put(f"/connectors/{name}/config", sink(name) | dlq | {full: "/tmp/evil.so"})
            assert answer.code == 400, full
            assert full in answer.json["message"], answer.text
    assert worker.get("/connectors").json == []


# What only a JVM's file can mean is without effect in the worker's file, and said so in the log; the rest stops it.
WITHOUT_EFFECT = {"sasl.kerberos.kinit.cmd", "ssl.provider", "security.providers", "metric.reporters", "interceptor.classes",
                  "sasl.oauthbearer.jwt.retriever.class", "sasl.oauthbearer.jwt.validator.class"}


@pytest.mark.parametrize("client", ["producer.", "consumer.", "admin."])
def test_nor_the_workers_file(worker, name, tmp_path, kafka, client):
    for key in DANGEROUS:
        full = client + key
        if key in WITHOUT_EFFECT:
            continue
        other = Worker(tmp_path, "other", kafka.address, **{full: "/tmp/evil.so"})
        done = subprocess.run(other.command(), capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2, (full, done.stdout[-300:], done.stderr[-300:])
        assert full in done.stderr + done.stdout
