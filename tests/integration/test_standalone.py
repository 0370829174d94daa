"""A worker by itself: connectors from files, offsets in a file of Java's own format."""

import json
import subprocess

import pytest
from support.worker import Standalone, wait_for

READ_MAP = """
import java.io.*; import java.util.*;
public class ReadMap {
  public static void main(String[] args) throws Exception {
    Object map = new ObjectInputStream(new FileInputStream(args[0])).readObject();
    for (Map.Entry<?, ?> entry : ((HashMap<?, ?>) map).entrySet())
      System.out.println(new String((byte[]) entry.getKey()) + "=" + new String((byte[]) entry.getValue()));
  }
}
"""


@pytest.fixture
def standalone(tmp_path, kafka, name):
    worker = Standalone(tmp_path, name, kafka.address)
    yield worker
    worker.__exit__()


def test_connectors_from_files(standalone, kafka, name, tmp_path):
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    source.write_text("one\ntwo\n")
    kafka.create(name)
    source_file, sink_file = tmp_path / "source.json", tmp_path / "sink.properties"
    source_file.write_text(json.dumps({"name": "from", "config": {
        "connector.class": "FileStreamSource", "file": str(source), "topic": name}}))
    sink_file.write_text(f"name={name}\nconnector.class=FileStreamSink\nfile={target}\ntopics={name}\n")
    standalone.connectors = [source_file, sink_file]
    standalone.start()
    wait_for(lambda: target.exists() and target.read_text() == "one\ntwo\n", "both lines have arrived")
    assert sorted(standalone.get("/connectors").json) == sorted(["from", name])
    assert standalone.stop() == 0
    with open(source, "a", encoding="ascii") as out:
        out.write("three\n")
    standalone.start()
    wait_for(lambda: target.read_text() == "one\ntwo\nthree\n", "the third line, and no other again")


def test_java_reads_the_offsets_file(standalone, kafka, name, tmp_path):
    source = tmp_path / "in.txt"
    source.write_text("one\ntwo\n")
    standalone.start()
    standalone.create("from", connector__class="FileStreamSource", file=source, topic=name)
    wait_for(lambda: (tmp_path / "offsets").exists(), "the offsets file")
    assert standalone.stop() == 0
    program = tmp_path / "ReadMap.java"
    program.write_text(READ_MAP)
    said = subprocess.run(["java", str(program), str(tmp_path / "offsets")], capture_output=True, text=True, timeout=60)
    assert said.stdout.strip() == f'["from",{{"filename":"{source}"}}]={{"position":8}}', said.stderr


def test_a_connector_by_rest_answers_when_it_runs(standalone, name, tmp_path):
    (tmp_path / "in.txt").write_text("x\n")
    standalone.start()
    answer = standalone.create("from", connector__class="FileStreamSource", file=tmp_path / "in.txt", topic=name)
    assert answer.code == 201 and answer.json["tasks"] == [{"connector": "from", "task": 0}]
    assert standalone.delete("/connectors/from").code == 204
