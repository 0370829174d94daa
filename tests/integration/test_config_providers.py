"""Config providers: what they resolve is used, and shows nowhere: not over REST, not in the log, not in the topics."""

import json
import os

import pytest
from support.worker import Worker, wait_for

PROVIDERS = "org.apache.kafka.common.config.provider."
SECRETS = {"file": "s3cret-of-the-file", "directory": "s3cret-of-the-directory", "env": "s3cret-of-the-environment",
           "number": "481516x", "list": "s3cret-item-1,s3cret-item-2", "pattern": "s3cret[pattern"}


@pytest.fixture
def secrets(tmp_path):
    folder = tmp_path / "allowed"
    folder.mkdir()
    (folder / "db.properties").write_text("".join(f"{key}={value}\n" for key, value in SECRETS.items()))
    (folder / "token").write_text(SECRETS["directory"])
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "db.properties").write_text("file=s3cret-from-outside\n")
    return folder


@pytest.fixture
def worker(tmp_path, kafka, name, secrets, monkeypatch):
    monkeypatch.setenv("SLUICE_TEST_TOKEN", SECRETS["env"])
    monkeypatch.setenv("SLUICE_OTHER", "s3cret-not-on-the-list")
    settings = {"config.providers": "file,dir,env", "config.providers.file.class": PROVIDERS + "FileConfigProvider",
                "config.providers.file.param.allowed.paths": secrets,
                "config.providers.dir.class": PROVIDERS + "DirectoryConfigProvider",
                "config.providers.dir.param.allowed.paths": secrets,
                "config.providers.env.class": PROVIDERS + "EnvVarConfigProvider",
                "config.providers.env.param.allowlist.pattern": "SLUICE_TEST_.*"}
    os.environ["SLUICE_LOG_LEVEL"] = "TRACE"
    try:
        with Worker(tmp_path, name, kafka.address, **settings) as started:
            yield started
    finally:
        os.environ.pop("SLUICE_LOG_LEVEL")


def shows_nothing(worker, kafka, *answers):
    """No secret in the answers, the log, or the config and status topics."""
    texts = {f"answer {i}": answer.text for i, answer in enumerate(answers)}
    texts["log"] = worker.log()
    for topic in ("configs", "status"):
        texts[topic] = "\n".join(str(record.value()) for record in kafka.read(f"{worker.name}-{topic}"))
    for secret in [*SECRETS.values(), *SECRETS["list"].split(",")]:
        for where, text in texts.items():
            assert secret not in text, f"{secret} in {where}: ...{text[max(0, text.find(secret) - 300):][:700]}"


def answers_about(worker, connector):
    paths = ["", "/config", "/status", "/tasks"]
    found = [worker.get(f"/connectors/{connector}{path}") for path in paths]
    return found + [worker.get("/connectors?expand=info&expand=status")]


def test_each_provider_is_used_and_shows_nothing(worker, kafka, name, secrets, tmp_path):
    """The names of the files that connectors write come from the providers."""
    kafka.create(name)
    kafka.produce(name, ["one"])
    values = {"file": f"${{file:{secrets}/db.properties:file}}", "directory": f"${{dir:{secrets}:token}}",
              "env": "${env:SLUICE_TEST_TOKEN}"}
    for provider, value in values.items():
        connector = f"{name}-{provider}"
        created = worker.create(connector, connector__class="FileStreamSink", topics=name, file=f"{tmp_path}/{value}.out")
        target = tmp_path / f"{SECRETS[provider]}.out"
        wait_for(lambda target=target: target.exists() and target.read_text() == "one\n", f"{provider} was resolved")
        assert worker.get(f"/connectors/{connector}/config").json["file"] == f"{tmp_path}/{value}.out"
        assert worker.get(f"/connectors/{connector}/tasks").json[0]["config"]["file"] == f"{tmp_path}/{value}.out"
        shows_nothing(worker, kafka, created, *answers_about(worker, connector))


def test_what_is_not_allowed_stays_as_it_is(worker, kafka, name, secrets):
    outside = {"file": f"${{file:{secrets}/../outside/db.properties:file}}", "name": name,
               "connector.class": "FileStreamSink", "topics": "${env:SLUICE_OTHER}", "tasks.max": "${none:x}"}
    answer = worker.put("/connector-plugins/FileStreamSink/config/validate", outside)
    values = {info["value"]["name"]: info["value"]["value"] for info in answer.json["configs"]}
    assert values["file"] == outside["file"] and values["topics"] == "${env:SLUICE_OTHER}"
    assert "s3cret" not in answer.text + worker.log()


def test_what_no_provider_resolves_is_told(worker, kafka, name, tmp_path):
    """It is used as it is, as in Java; the log names connector and key."""
    kafka.create(name)
    worker.create(name, connector__class="FileStreamSink", topics=name, file=f"{tmp_path}/${{vault:a:b}}")
    worker.wait_for_states(name, "RUNNING", "RUNNING")
    assert f"Connector {name}: no config provider resolves ${{vault:a:b}} in file, which is used as it is" in worker.log()


def test_a_provider_that_fails_names_the_file(worker, secrets, name):
    config = {"connector.class": "FileStreamSink", "topics": "t", "file": f"${{file:{secrets}/none.properties:x}}"}
    answer = worker.put(f"/connectors/{name}/config", config)
    assert answer.code in (400, 500)
    assert f"Could not read properties from file {secrets}/none.properties" in answer.json["message"]


WRONG = {  # a value of each kind of check, in errors that quote what they found
    "tasks.max": "number", "errors.tolerance": "file", "errors.log.enable": "env", "errors.retry.timeout": "number",
    "topics.regex": "pattern", "errors.deadletterqueue.topic.name": "list",
    "errors.deadletterqueue.topic.replication.factor": "file", "config.action.reload": "directory",
    "key.converter": "file", "value.converter.schemas.enable": "env", "transforms.x.type": "directory",
    "transforms.y.renames": "list", "transforms.y.exclude": "file", "predicates.p.pattern": "pattern",
    "consumer.override.max.poll.records": "number", "consumer.override.sasl.jaas.config": "file",
    "consumer.override.made.up": "env", "transforms.y.plugin.version": "directory", "batch.size": "number"}


def variable(secrets, which):
    return {"directory": f"${{dir:{secrets}:token}}", "env": "${env:SLUICE_TEST_TOKEN}"}.get(
        which, f"${{file:{secrets}/db.properties:{which}}}")


def test_no_error_quotes_a_secret(worker, kafka, name, secrets):
    """One key after the other, and all of them together: validate and create."""
    good = {"connector.class": "FileStreamSink", "name": name, "topics": "a", "file": "/tmp/f", "transforms": "x,y",
            "transforms.x.type": "org.apache.kafka.connect.transforms.Filter",
            "transforms.y.type": "org.apache.kafka.connect.transforms.ReplaceField$Value",
            "predicates": "p", "predicates.p.type": "org.apache.kafka.connect.transforms.predicates.TopicNameMatches",
            "predicates.p.pattern": "x", "value.converter": "org.apache.kafka.connect.json.JsonConverter"}
    wrong = {key: variable(secrets, which) for key, which in WRONG.items()}
    for more in [{key: value} for key, value in wrong.items()] + [wrong]:
        validated = worker.put("/connector-plugins/FileStreamSink/config/validate", good | more)
        created = worker.put(f"/connectors/{name}/config", good | more)
        assert validated.code == 200, validated.text
        shows_nothing(worker, kafka, validated, created)
        for info in validated.json["configs"]:
            if info["value"]["name"] in more and info["value"]["value"] not in (None, "[hidden]"):
                assert info["value"]["value"] == more[info["value"]["name"]]
    assert validated.json["error_count"] > 10


@pytest.mark.parametrize("key", ["connector.class", "connector.plugin.version", "name"])
def test_nor_do_errors_of_the_request(worker, kafka, name, secrets, key):
    config = {"connector.class": "FileStreamSink", "topics": "t", "file": "/tmp/f", key: variable(secrets, "file")}
    answers = [worker.put(f"/connectors/{name}/config", config), worker.post("/connectors", {"name": name, "config": config}),
               worker.put("/connector-plugins/FileStreamSink/config/validate", config)]
    shows_nothing(worker, kafka, *answers)


def test_nor_a_trace(worker, kafka, name, secrets):
    """The task cannot open the file that it was told, and says which; the client of another cannot be made."""
    kafka.create(name)
    worker.create(name, connector__class="FileStreamSink", topics=name,
                  file=f"/nowhere/{variable(secrets, 'file')}/{variable(secrets, 'env')}")
    wait_for(lambda: worker.status(name) and '"trace"' in json.dumps(worker.status(name)), "the sink has failed")
    assert "/nowhere/${file:" in json.dumps(worker.status(name))
    shows_nothing(worker, kafka, *answers_about(worker, name))
    other = name + "-client"
    worker.put(f"/connectors/{other}/config", {
        "connector.class": "FileStreamSink", "topics": name, "file": "/tmp/f",
        "consumer.override.security.protocol": "SASL_PLAINTEXT", "consumer.override.sasl.mechanism": "PLAIN",
        "consumer.override.sasl.jaas.config": variable(secrets, "file")})
    wait_for(lambda: worker.status(other) is None or "FAILED" in json.dumps(worker.status(other)), "there is a verdict")
    shows_nothing(worker, kafka, *answers_about(worker, other))


def test_nor_does_the_workers_own_file(tmp_path, kafka, name, secrets):
    """Worker keys are resolved too; a value that is wrong is not quoted."""
    worker = Worker(tmp_path, name, kafka.address, **{
        "config.providers": "file", "config.providers.file.class": PROVIDERS + "FileConfigProvider",
        "offset.flush.interval.ms": f"${{file:{secrets}/db.properties:number}}"})
    worker.start(wait=False)
    assert worker.process.wait(60) == 2
    assert "offset.flush.interval.ms" in worker.log() and SECRETS["number"] not in worker.log()
    worker.settings["offset.flush.interval.ms"] = 1000
    worker.settings["client.id"] = f"${{file:{secrets}/db.properties:file}}"
    with worker.start():
        assert SECRETS["file"] not in worker.log() + worker.get("/").text
