"""One worker, end to end: file -> Kafka -> file, through plugins, with a dead letter queue."""

import json

from support.worker import JSON, STRING, wait_for


def lines(path):
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def write_lines(path, first, count):
    with open(path, "a", encoding="utf-8") as out:
        out.writelines(f"line {n}\n" for n in range(first, first + count))


def test_lines_travel_from_file_to_file(worker, kafka, name, tmp_path):
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    write_lines(source, 0, 5000)
    worker.create("from", connector__class="FileStreamSource", file=source, topic=name)
    worker.create("to", connector__class="FileStreamSink", file=target, topics=name)
    wait_for(lambda: len(lines(target)) >= 5000, "5000 lines have arrived")
    write_lines(source, 5000, 100)
    wait_for(lambda: len(lines(target)) >= 5100, "the lines that were appended have arrived")
    assert lines(target) == lines(source)
    assert worker.states("from") == ["RUNNING", "RUNNING"]
    assert worker.get("/connectors/from/topics").json == {"from": {"topics": [name]}}
    assert worker.get("/connectors/to/topics").json == {"to": {"topics": [name]}}


def test_a_partial_last_line_waits_for_its_end(worker, kafka, name, tmp_path):
    source = tmp_path / "in.txt"
    source.write_text("whole\nhal")
    worker.create("from", connector__class="FileStreamSource", file=source, topic=name)
    wait_for(lambda: kafka.size(name) == 1, "the whole line is there")
    with open(source, "a", encoding="ascii") as out:
        out.write("f\n")
    wait_for(lambda: kafka.size(name) == 2, "the other line is there")
    assert [record.value() for record in kafka.read(name)] == [b"whole", b"half"]


def test_offsets_are_stored_as_the_peer_stores_them(worker, kafka, name, tmp_path):
    source = tmp_path / "in.txt"
    source.write_text("ab\ncde\n")
    worker.create("from", connector__class="FileStreamSource", file=source, topic=name)
    key = f'["from",{{"filename":"{source}"}}]'
    wait_for(lambda: kafka.compacted(f"{name}-offsets").get(key) == '{"position":7}', "the offset is stored")
    configs = kafka.compacted(f"{name}-configs")
    assert json.loads(configs["connector-from"])["properties"]["topic"] == name
    assert json.loads(configs["task-from-0"])["properties"]["task.class"] == \
        "org.apache.kafka.connect.file.FileStreamSourceTask"
    assert configs["commit-from"] == '{"tasks":1}'
    status = json.loads(kafka.compacted(f"{name}-status")["status-task-from-0"])
    assert list(status) == ["state", "trace", "worker_id", "generation", "version"]
    assert status["state"] == "RUNNING" and status["trace"] is None


DLQ = {"errors__deadletterqueue__topic__replication__factor": 1,
       "errors__deadletterqueue__context__headers__enable": "true"}


def test_bad_records_become_dead_letters(worker, kafka, name, tmp_path):
    target, dead = tmp_path / "out.txt", name + "-dead"
    kafka.create(name)
    kafka.produce(name, ['{"a":1}', "{oops", '{"a":2}'], key="k", headers=[("h", b"v")])
    worker.create("to", connector__class="FileStreamSink", file=target, topics=name, format="json",
                  value__converter=JSON, value__converter__schemas__enable="false", errors__tolerance="all",
                  errors__deadletterqueue__topic__name=dead, **DLQ)
    wait_for(lambda: len(lines(target)) == 2, "the good records have arrived")
    assert lines(target) == [b'{"a":1}', b'{"a":2}']
    wait_for(lambda: kafka.size(dead) == 1, "the dead letter")
    letters = kafka.read(dead)
    assert [(letter.key(), letter.value()) for letter in letters] == [(b"k", b"{oops")]
    headers = letters[0].headers()
    assert headers[0] == ("h", b"v")
    said = {key.removeprefix("__connect.errors."): value.decode() for key, value in headers[1:]}
    assert list(said) == ["topic", "partition", "offset", "connector.name", "task.id", "stage", "class.name",
                          "exception.class.name", "exception.message", "exception.stacktrace"]
    assert said["topic"] == name and said["partition"] == "0" and said["offset"] == "1"
    assert said["connector.name"] == "to" and said["task.id"] == "0" and said["stage"] == "VALUE_CONVERTER"
    assert said["class.name"] == JSON
    assert said["exception.class.name"] == "org.apache.kafka.connect.errors.DataException"
    assert "serialization error" in said["exception.message"]
    assert said["exception.message"] in said["exception.stacktrace"]
    wait_for(lambda: kafka.committed("connect-to", name) == 3, "the offset has passed the dead letter")


def test_without_tolerance_the_letter_is_written_and_the_task_fails(worker, kafka, name, tmp_path):
    dead = name + "-dead"
    kafka.create(name)
    kafka.produce(name, ['{"a":1}', "{oops", '{"a":2}'])
    worker.create("to2", connector__class="FileStreamSink", file=tmp_path / "out.txt", topics=name,
                  value__converter=JSON, value__converter__schemas__enable="false",
                  errors__deadletterqueue__topic__name=dead, **DLQ)
    worker.wait_for_states("to2", "RUNNING", "FAILED")
    trace = worker.trace("to2")
    assert "Tolerance exceeded in error handler" in trace
    assert f"The record at offset 1 of {name}-0 fails its task, at stage 'VALUE_CONVERTER'" in worker.log()
    assert "Caused by: org.apache.kafka.connect.errors.DataException" in trace
    assert [letter.value() for letter in kafka.read(dead)] == [b"{oops"]
    assert kafka.committed("connect-to2", name) <= 1


def test_three_transforms(worker, kafka, name, tmp_path):
    target = tmp_path / "out.txt"
    kafka.create(name)
    kafka.produce(name, ['{"user":"ada","card":"4000","n":1}'])
    transforms = "org.apache.kafka.connect.transforms."
    worker.create(
        "shape", connector__class="FileStreamSink", file=target, topics=name, value__converter=JSON,
        value__converter__schemas__enable="false", transforms="mask,add,rename",
        transforms__mask__type=transforms + "MaskField$Value", transforms__mask__fields="card",
        transforms__mask__replacement="**",
        transforms__add__type=transforms + "InsertField$Value", transforms__add__static__field="region",
        transforms__add__static__value="eu",
        transforms__rename__type=transforms + "ReplaceField$Value", transforms__rename__renames="user:customer")
    wait_for(lambda: lines(target), "the record has arrived")
    assert lines(target) == [b"{customer=ada, card=**, n=1, region=eu}"]


def test_key_and_null_values_pass_through(worker, kafka, name, tmp_path):
    kafka.create(name)
    kafka.produce(name, [None, b"\xff\xfe", "text"])
    target = tmp_path / "out.txt"
    worker.create("raw", connector__class="FileStreamSink", file=target, topics=name, value__converter=STRING)
    wait_for(lambda: len(lines(target)) == 3, "three lines")
    assert lines(target) == [b"null", b"\xef\xbf\xbd\xef\xbf\xbd", b"text"]
