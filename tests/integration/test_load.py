"""200 REST clients at once beside a pipeline: no error, and memory that does not grow. tools/load measures the times."""

import pathlib

from bench.workers import Process
from load.rest_load import Load
from support.worker import wait_for

SINK, SOURCE = "FileStreamSink", "FileStreamSource"


def test_two_hundred_rest_clients_beside_a_pipeline(worker, kafka, name, tmp_path):
    out = tmp_path / "out.txt"
    kafka.create(name)
    worker.create("in", **{"connector.class": "DatagenSource", "topic": name, "rate": "2000"})
    worker.create("out", **{"connector.class": SINK, "topics": name, "file": out})
    idle = {}
    for n in range(10):
        file = tmp_path / f"{n}.txt"
        file.touch()
        place = {"topic": f"{name}-idle"} if n % 2 else {"topics": name}
        idle[f"idle-{n}"] = {"connector.class": SOURCE if n % 2 else SINK, "file": str(file), **place}
        worker.create(f"idle-{n}", **idle[f"idle-{n}"])
    for connector in ["in", "out", *idle]:
        worker.wait_for_states(connector, "RUNNING", "RUNNING")
    wait_for(lambda: out.exists() and out.stat().st_size > 0, "records flow")

    def load(seconds):
        done = Load("127.0.0.1", worker.port, idle, clients=200, seconds=seconds).run()
        assert not done.errors, (len(done.errors), done.errors[:5])
        assert len(done.latencies) > 200 * seconds  # each client got several answers
        return done

    process = Process(worker.process)
    load(5)
    before, written = process.memory_mb(), pathlib.Path(out).stat().st_size
    load(15)
    assert out.stat().st_size > written, "the pipeline stood still"
    # Answers that are kept, or connector starts that leak: thousands of them would show. A pipeline's own buffers
    # grow by up to 20 MB in its first minute.
    assert process.memory_mb() - before < 32
