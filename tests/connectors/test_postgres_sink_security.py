"""Passwords and TLS modes of the way to PostgreSQL."""

import pathlib
import subprocess

import pytest
from records import INT64, envelope, produce, struct
from support.certificates import Certificates
from support.postgres import SINK
from support.worker import JSON, wait_for

ROW = struct(id=INT64)
# How each session reached the server, as the server tells it.
SESSION = "SELECT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.application_name = '{}'"


def create(worker, db, name, parameters="", **config):
    worker.create(name, **{"connector__class": SINK, "topics": name, "connection__url": db.url + parameters,
                           "connection__user": "postgres", "key__converter": JSON, "value__converter": JSON,
                           "auto__create": "true", **config})


def test_a_password(shared_worker, kafka, own_postgres, name):
    own_postgres.ask_for_password("sink", "s3cret")
    db = own_postgres.new_database()
    db.run("GRANT ALL ON SCHEMA public TO sink")
    kafka.create(name)
    produce(kafka, name, [(None, envelope(ROW, {"id": 1}))])
    create(shared_worker, db, name, connection__user="sink", connection__password="guess42")
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    trace = shared_worker.trace(name)
    assert 'password authentication failed for user "sink"' in trace and "guess42" not in trace
    create(shared_worker, db, name, connection__user="sink", connection__password="s3cret")
    db.wait_for_count(name, 1)
    assert "s3cret" not in shared_worker.log() and "guess42" not in shared_worker.log()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    made.sign("elsewhere", "DNS:db.example.com")
    return made


@pytest.fixture
def send(shared_worker, kafka, own_postgres, name):
    """A connector of these parameters' own, and a row for it; `how` is its name. Answers the database and the connector."""
    db = own_postgres.new_database()

    def made(how, parameters, **config):
        connector = f"{name}-{how}"
        kafka.create(connector)
        produce(kafka, connector, [(None, envelope(ROW, {"id": 1}))])
        create(shared_worker, db, connector, f"?ApplicationName={how}&{parameters}", **config)
        return db, connector

    return made


@pytest.fixture
def reaches(send):
    """That the row arrives; with TLS, or without?"""
    def checked(how, parameters, tls, **config):
        db, connector = send(how, parameters, **config)
        db.wait_for_count(connector, 1)
        assert db.run(SESSION.format(how)) == ["t" if tls else "f"], how

    return checked


@pytest.fixture
def is_refused(shared_worker, send):
    """That the task fails, and says so; nothing is written."""
    def checked(how, parameters, said, **config):
        db, connector = send(how, parameters, **config)
        shared_worker.wait_for_states(connector, "RUNNING", "FAILED")
        assert said in shared_worker.trace(connector)
        assert db.count(connector) is None

    return checked


def test_tls_modes(own_postgres, certificates, reaches, is_refused):
    own_postgres.enable_tls(certificates)
    root, stranger = certificates["root.pem"], certificates["stranger.pem"]
    reaches("plain", "sslmode=disable", False)
    reaches("allow", "sslmode=allow", False)  # only where the server wants it
    reaches("prefer", "", True)
    reaches("require", "sslmode=require", True)
    reaches("any", "ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory", True)
    reaches("verified", f"ssl=true&sslrootcert={root}", True)
    is_refused("stranger", f"sslmode=verify-full&sslrootcert={stranger}", "certificate verify failed")
    is_refused("ca-stranger", f"sslmode=verify-ca&sslrootcert={stranger}", "certificate verify failed")
    own_postgres.let_in("encrypted", "hostssl", "trust", "SUPERUSER")
    reaches("allow-if-it-must", "sslmode=allow", True, connection__user="encrypted")


def test_a_certificate_of_another_host(own_postgres, certificates, reaches, is_refused):
    own_postgres.enable_tls(certificates, "elsewhere")
    root = certificates["root.pem"]
    reaches("ca", f"sslmode=verify-ca&sslrootcert={root}", True)
    is_refused("full", f"sslmode=verify-full&sslrootcert={root}", 'does not match host name "127.0.0.1"')


def test_a_certificate_of_the_client(own_postgres, certificates, reaches):
    own_postgres.enable_tls(certificates)
    own_postgres.let_in("client", "hostssl", "cert", "SUPERUSER")
    der = certificates["client.pk8"]  # as Java wants it
    subprocess.run(["openssl", "pkcs8", "-topk8", "-nocrypt", "-in", certificates["client.key"], "-outform", "DER", "-out", der],
                   check=True)
    shown = f"sslmode=verify-full&sslrootcert={certificates['root.pem']}&sslcert={certificates['client.crt']}&sslkey="
    reaches("pem", shown + certificates["client.key"], True, connection__user="client")
    reaches("der", shown + der, True, connection__user="client")


def test_whom_the_server_does_not_let_in_fails_at_once(shared_worker, own_postgres, certificates, send):
    own_postgres.enable_tls(certificates)
    own_postgres.let_in("encrypted", "hostssl", "trust", "SUPERUSER")
    own_postgres.let_in("other", "hostssl", "cert", "SUPERUSER")
    shown, open_key = f"sslmode=require&sslcert={certificates['client.crt']}&sslkey=", pathlib.Path(certificates["open.key"])
    open_key.write_text(pathlib.Path(certificates["client.key"]).read_text())
    open_key.chmod(0o644)
    refused = [("plain", "sslmode=disable", "encrypted", "pg_hba.conf rejects connection"),
               ("another", shown + certificates["client.key"], "other", 'certificate authentication failed for user "other"'),
               ("none", "sslmode=require", "other", "connection requires a valid client certificate"),
               ("key", shown + str(open_key), "other", "has group or world access")]
    connectors = {send(how, parameters, connection__user=user)[1]: said for how, parameters, user, said in refused}
    try:
        for connector, said in connectors.items():
            shared_worker.wait_for_states(connector, "RUNNING", "FAILED")
            assert said in shared_worker.trace(connector)
    finally:
        for connector in connectors:
            shared_worker.delete(f"/connectors/{connector}")
