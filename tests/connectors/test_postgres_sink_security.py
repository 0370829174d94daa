"""Passwords and TLS modes of the way to PostgreSQL."""

from records import INT64, envelope, produce, struct
from support.certificates import Certificates
from support.postgres import SINK
from support.worker import JSON

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


def test_tls_modes(shared_worker, kafka, own_postgres, name, tmp_path):
    certificates = Certificates(tmp_path / "certificates")
    own_postgres.enable_tls(certificates)
    db = own_postgres.new_database()

    def sends(mode, parameters):
        """A connector of this mode's own, and a row for it."""
        connector = f"{name}-{mode}"
        kafka.create(connector)
        produce(kafka, connector, [(None, envelope(ROW, {"id": 1}))])
        create(shared_worker, db, connector, f"?ApplicationName={mode}&{parameters}")
        return connector

    for mode, parameters, tls in (
            ("plain", "sslmode=disable", "f"), ("prefer", "", "t"), ("require", "sslmode=require", "t"),
            ("any", "ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory", "t"),
            ("verified", f"ssl=true&sslrootcert={certificates['root.pem']}", "t")):
        db.wait_for_count(sends(mode, parameters), 1)
        assert db.run(SESSION.format(mode)) == [tls], mode
    connector = sends("stranger", f"sslmode=verify-full&sslrootcert={certificates['stranger.pem']}")
    shared_worker.wait_for_states(connector, "RUNNING", "FAILED")
    assert "certificate verify failed" in shared_worker.trace(connector)
    assert db.count(connector) is None
