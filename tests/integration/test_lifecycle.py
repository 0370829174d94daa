"""Life and death: pause, stop, restart, kill -9; what is stored comes back, nothing is lost."""

import collections
import json

from support import kills
from support.worker import wait_for

LINE_BYTES = 48  # of the files that are read while workers die


def start_source(worker, name, path):
    worker.create("from", connector__class="FileStreamSource", file=path, topic=name)


def test_pause_resume_stop_delete(worker, kafka, name, tmp_path):
    source = tmp_path / "in.txt"
    source.write_text("1\n")
    start_source(worker, name, source)
    wait_for(lambda: kafka.size(name) == 1, "the first line")
    assert worker.put("/connectors/from/pause").code == 202
    worker.wait_for_states("from", "PAUSED", "PAUSED")
    with open(source, "a", encoding="ascii") as out:
        out.write("2\n")
    assert worker.put("/connectors/from/resume").code == 202
    worker.wait_for_states("from", "RUNNING", "RUNNING")
    wait_for(lambda: kafka.size(name) == 2, "the second line")
    assert worker.put("/connectors/from/stop").code == 204
    worker.wait_for_states("from", "STOPPED")
    assert json.loads(kafka.compacted(f"{name}-configs")["target-state-from"]) == \
        {"state": "PAUSED", "state.v2": "STOPPED"}
    assert worker.put("/connectors/from/resume").code == 202
    worker.wait_for_states("from", "RUNNING", "RUNNING")
    assert worker.post("/connectors/from/tasks/0/restart").code == 204
    worker.wait_for_states("from", "RUNNING", "RUNNING")
    answer = worker.post("/connectors/from/restart?includeTasks=true")
    assert answer.code == 202 and answer.json["tasks"][0]["state"] == "RESTARTING"
    worker.wait_for_states("from", "RUNNING", "RUNNING")
    assert worker.delete("/connectors/from").code == 204
    assert worker.get("/connectors").json == []
    assert worker.get("/connectors/from").code == 404
    assert kafka.size(name) == 2


def test_a_clean_restart_repeats_nothing(new_worker, kafka, name, tmp_path):
    source = tmp_path / "in.txt"
    source.write_text("".join(f"{n}\n" for n in range(1000)))
    worker = new_worker().start()
    start_source(worker, name, source)
    wait_for(lambda: kafka.size(name) == 1000, "all lines")
    assert worker.stop() == 0
    with open(source, "a", encoding="ascii") as out:
        out.write("last\n")
    worker.start()
    wait_for(lambda: kafka.size(name) == 1001, "the last line, once")
    worker.wait_for_states("from", "RUNNING", "RUNNING")
    assert kafka.read(name)[-1].value() == b"last"


def test_kill_9_of_a_source_loses_nothing(new_worker, kafka, name, tmp_path):
    source, count = tmp_path / "in.txt", kills.records(400_000)
    source.write_text("".join(f"record number {n:08d} with some text behind it\n" for n in range(count)))
    kafka.create(name)
    worker = new_worker(offset__flush__interval__ms=50).start()
    start_source(worker, name, source)
    numbers, committed = [], []
    for part in (0.1, 0.4, 0.7):
        wait_for(lambda at=part * count: kafka.size(name) >= at, f"{part} of the records", interval=0.01)
        worker.kill()
        position = json.loads(kafka.last(f"{name}-offsets").value())["position"]
        committed.append(position // LINE_BYTES)
        worker.start()

    def whole():
        return kafka.size(name) >= count and len(seen()) == count

    def seen():
        numbers[:] = [int(record.value()[14:22]) for record in kafka.read(name, kills.seconds(count))]
        return set(numbers)

    wait_for(whole, "every record is in the topic", kills.seconds(count), interval=1)
    # Only the uncommitted tail comes again: each life begins where the one before it had committed, and within a life
    # the order is that of the file.
    begins = [b for a, b in zip(numbers, numbers[1:]) if b != a + 1]
    assert all(begin > 0 for begin in committed)
    assert begins == [begin for begin in committed if begin in begins] and len(begins) <= 3


def test_kill_9_of_a_sink_loses_nothing(new_worker, kafka, name, tmp_path):
    target, count, committed = tmp_path / "out.txt", kills.records(300_000), []
    kafka.create(name)
    kafka.produce(name, (f"record number {n:08d} with some text behind it" for n in range(count)))
    worker = new_worker(offset__flush__interval__ms=50, consumer__session__timeout__ms=6000).start()
    worker.create(name, connector__class="FileStreamSink", file=target, topics=name)
    for moment in kills.moments(kills.records(1), count // 15):  # several only if so many were asked for
        wait_for(lambda least=moment * LINE_BYTES: target.exists() and target.stat().st_size > least, "some records",
                 kills.seconds(count), interval=0.005)
        worker.kill()
        committed.append(max(kafka.committed(f"connect-{name}", name), 0))
        worker.start()

    def numbers():
        return [int(line[14:22]) for line in target.read_bytes().split(b"\n") if len(line) == 47]

    wait_for(lambda: len(set(numbers())) == count, "every record is in the file", kills.seconds(count), interval=0.5)
    wait_for(lambda: kafka.committed(f"connect-{name}", name) == count, "all is committed", timeout=60)
    twice = [number for number, times in collections.Counter(numbers()).items() if times > 1]
    assert not twice or min(twice) >= committed[0]  # the uncommitted tail alone


def test_states_and_configs_outlive_a_kill(new_worker, kafka, name, tmp_path):
    worker = new_worker().start()
    (tmp_path / "in.txt").write_text("x\n")
    start_source(worker, name, tmp_path / "in.txt")
    worker.create("paused", connector__class="FileStreamSource", file=tmp_path / "in.txt", topic=name + "-2")
    worker.create("stopped", connector__class="FileStreamSource", file=tmp_path / "in.txt", topic=name + "-3")
    worker.wait_for_states("paused", "RUNNING", "RUNNING")
    worker.put("/connectors/paused/pause")
    worker.put("/connectors/stopped/stop")
    worker.wait_for_states("paused", "PAUSED", "PAUSED")
    worker.wait_for_states("stopped", "STOPPED")
    config = worker.get("/connectors/paused/config").json
    worker.kill()
    worker.start()
    worker.wait_for_states("from", "RUNNING", "RUNNING")
    worker.wait_for_states("paused", "PAUSED", "PAUSED")
    worker.wait_for_states("stopped", "STOPPED")
    assert worker.get("/connectors/paused/config").json == config


def test_patch_merges(worker, name, tmp_path):
    (tmp_path / "in.txt").write_text("x\n")
    start_source(worker, name, tmp_path / "in.txt")
    answer = worker.request("PATCH", "/connectors/from/config", {"batch.size": "10", "tasks.max": "1"})
    assert answer.code == 200 and answer.json["config"]["batch.size"] == "10"
    answer = worker.request("PATCH", "/connectors/from/config", {"batch.size": None})
    assert "batch.size" not in answer.json["config"]
    assert answer.json["config"]["topic"] == name
