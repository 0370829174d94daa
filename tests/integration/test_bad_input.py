"""What users get wrong, and what breaks under them: a clear error that names the thing, no crash, nothing lost."""

import shutil
import socket
import subprocess

import pytest
from support.worker import BINARY, DIST, JSON, Worker, wait_for


def run(folder, text, *arguments):
    """Starts a worker on a file that cannot work; answers its exit code and what it printed."""
    config = folder / "bad.properties"
    config.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = subprocess.run([str(BINARY), *arguments, str(config)], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


GOOD = """bootstrap.servers=127.0.0.1:1
group.id=g
config.storage.topic=c
offset.storage.topic=o
status.storage.topic=s
key.converter=StringConverter
value.converter=StringConverter
default.api.timeout.ms=1500
listeners=http://127.0.0.1:0
"""


@pytest.mark.parametrize("extra, said", [
    ("x=\\uZZZZ\n", "\\u"),
    ("exactly.once.source.support=disabled   # not yet\n", "trailing comment"),
    ("offset.flush.interval.ms=often\n", "offset.flush.interval.ms"),
    ("heartbeat.interval.ms=20000\n", "heartbeat.interval.ms"),
    ("key.converter=NoSuchConverter\n", "NoSuchConverter"),
    ("listeners=ftp://x:1\n", "listeners"),
])
def test_a_worker_file_that_cannot_work(tmp_path, extra, said):
    code, output = run(tmp_path, GOOD + extra)
    assert code == 2
    assert said in output


def test_a_missing_key_is_named(tmp_path):
    code, output = run(tmp_path, GOOD.replace("group.id=g\n", ""))
    assert code == 2 and "group.id" in output


def test_an_unreachable_broker_is_named(tmp_path):
    code, output = run(tmp_path, GOOD)
    assert code == 2 and "127.0.0.1:1" in output


def test_no_such_file(tmp_path):
    done = subprocess.run([str(BINARY), str(tmp_path / "nothing.properties")], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2 and "nothing.properties" in done.stderr + done.stdout


def test_an_internal_topic_with_the_wrong_cleanup_policy(new_worker, kafka, name):
    kafka.create(f"{name}-configs", cleanup_policy="delete")
    worker = new_worker().start(wait=False)
    assert worker.process.wait(60) != 0
    assert "is required to have 'cleanup.policy=compact'" in worker.log()
    assert f"{name}-configs" in worker.log()


def test_a_config_topic_with_two_partitions(new_worker, kafka, name):
    kafka.create(f"{name}-configs", partitions=2, cleanup_policy="compact")
    worker = new_worker().start(wait=False)
    assert worker.process.wait(60) != 0
    assert "is required to have a single partition" in worker.log()


def test_a_so_that_is_none_is_reported_and_skipped(new_worker, tmp_path):
    plugins = tmp_path / "plugins"
    shutil.copytree(DIST / "plugins", plugins)
    (plugins / "broken.so").write_text("this is no shared object")
    worker = new_worker(plugin__path=plugins).start()
    assert "broken.so" in worker.log()
    classes = [plugin["class"] for plugin in worker.get("/connector-plugins").json]
    assert "org.apache.kafka.connect.file.FileStreamSourceConnector" in classes


def test_a_new_plugin_is_found_without_a_restart(new_worker, tmp_path):
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    worker = new_worker(plugin__path=plugins).start()
    assert worker.get("/connector-plugins").json == []
    for path in (DIST / "plugins").glob("*.so"):
        shutil.copy(path, plugins)
    assert len(worker.get("/connector-plugins").json) >= 3


@pytest.mark.parametrize("body, said", [
    (b"", "body"), (b"{", "JSON"), (b"[1]", "object"), (b'{"name":"x","config":{},"bogus":1}', "bogus"),
    (b'{"name":"x"}', "config"), (b'{"name":"x","config":"text"}', "config"),
    (b'{"name":"x","config":{"a":{"b":1}}}', "a"), (b"[" * 1_000_000, ""),
    (b'{"name":"x","config":{"connector.class":"Nope","tasks.max":"1"}}', "Nope"),
    (b'{"name":"x","config":{"connector.class":"FileStreamSource"}}', "topic"),
])
def test_malformed_bodies_are_400(worker, body, said):
    answer = worker.request("POST", "/connectors", body)
    assert answer.code == 400, answer.text
    assert answer.json["error_code"] == 400 and said in answer.json["message"]


def test_a_body_over_the_limit_and_the_wrong_type(worker):
    answer = worker.request("POST", "/connectors", b" " * (64 << 20))
    assert answer.code == 413 and answer.json["error_code"] == 413
    answer = worker.request("POST", "/connectors", b"{}", {"Content-Type": "text/plain"})
    assert answer.code == 415 and answer.json == {"error_code": 415, "message": "HTTP 415 Unsupported Media Type"}


def test_garbage_on_the_port_does_no_harm(worker):
    for garbage in (b"\x00" * 100_000, b"GET " + b"/" * 100_000, b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 100_000):
        with socket.create_connection(("127.0.0.1", worker.port)) as connection:
            try:
                connection.sendall(garbage)
                connection.settimeout(10)
                connection.recv(1000)
            except OSError:
                pass
    assert worker.get("/").code == 200


def test_a_connector_that_cannot_start_says_why(worker, name, kafka, tmp_path):
    kafka.create(name)
    kafka.produce(name, ["x"])
    target = tmp_path / "no" / "such" / "folder" / "out.txt"
    worker.create("sink", connector__class="FileStreamSink", file=target, topics=name)
    worker.wait_for_states("sink", "RUNNING", "FAILED")
    assert str(target) in worker.trace("sink")


def test_a_full_disk_loses_nothing(worker, name, kafka, tmp_path):
    kafka.create(name)
    kafka.produce(name, [f"record {n}" for n in range(100)])
    worker.create(name, connector__class="FileStreamSink", file="/dev/full", topics=name)
    wait_for(lambda: "No space left on device" in worker.log() + str(worker.status(name)), "the error is named")
    assert kafka.committed(f"connect-{name}", name) <= 0
    target = tmp_path / "out.txt"
    worker.create(name, connector__class="FileStreamSink", file=target, topics=name)
    wait_for(lambda: target.exists() and target.read_text().count("\n") == 100, "all records, on a disk with room")


def test_a_record_over_the_brokers_limit(worker, name, kafka, tmp_path):
    kafka.create(name, max_message_bytes=1000)
    source = tmp_path / "in.txt"
    source.write_text("small\n" + "x" * 5000 + "\nsmall too\n")
    worker.create("strict", connector__class="FileStreamSource", file=source, topic=name)
    worker.wait_for_states("strict", "RUNNING", "FAILED")
    assert "RecordTooLargeException" in worker.trace("strict") and "xxx" not in worker.trace("strict")
    worker.delete("/connectors/strict")
    worker.create("lenient", connector__class="FileStreamSource", file=source, topic=name, errors__tolerance="all",
                  errors__log__enable="true")
    wait_for(lambda: b"small too" in [record.value() for record in kafka.read(name)], "the record behind it")
    assert worker.states("lenient") == ["RUNNING", "RUNNING"]


def test_deep_json_is_a_dead_letter(worker, name, kafka, tmp_path):
    kafka.create(name)
    kafka.produce(name, ["[" * 900_000, b'"\xff\xfe"', '{"fine":true}'])
    target, dead = tmp_path / "out.txt", name + "-dead"
    worker.create("deep", connector__class="FileStreamSink", file=target, topics=name, value__converter=JSON,
                  value__converter__schemas__enable="false", errors__tolerance="all",
                  errors__deadletterqueue__topic__name=dead,
                  errors__deadletterqueue__topic__replication__factor=1)
    wait_for(lambda: target.exists() and target.read_text() == "{fine=true}\n", "the good record")
    wait_for(lambda: kafka.size(dead) == 2, "both bad ones are dead letters")


def test_a_broker_restart_loses_nothing(name, own_kafka, tmp_path):
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    count = 200_000
    source.write_text("".join(f"record number {n:08d} with some text behind it\n" for n in range(count)))

    def numbers():
        return {line[14:22] for line in target.read_bytes().split(b"\n") if len(line) == 47}

    own_kafka.create(name)
    with Worker(tmp_path, name, own_kafka.address) as worker:
        worker.create("from", connector__class="FileStreamSource", file=source, topic=name, batch__size=100)
        worker.create(name, connector__class="FileStreamSink", file=target, topics=name)
        wait_for(lambda: target.exists() and target.stat().st_size > 10_000, "data flows")
        own_kafka.stop()
        own_kafka.start()
        with open(source, "a", encoding="ascii") as out:
            out.write(f"record number {count:08d} with some text behind it\n")
        wait_for(lambda: len(numbers()) == count + 1, "every record has arrived", timeout=120, interval=0.5)
        assert worker.states("from") == ["RUNNING", "RUNNING"] and worker.states(name) == ["RUNNING", "RUNNING"]


def test_standalone_refuses_what_is_no_connector(tmp_path, kafka, name):
    worker = Worker(tmp_path, name, kafka.address, offset__storage__file__filename=tmp_path / "offsets")
    bad = tmp_path / "bad.json"
    bad.write_text('{"config":{}}')
    command = worker.command()
    done = subprocess.run([command[0], "--standalone", command[1], str(bad)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3 and "bad.json" in done.stderr + done.stdout
