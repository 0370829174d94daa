"""Levels of loggers by REST: the peer's testDynamicLogging, and what a level does to our log."""

import time

from support.worker import wait_for
from test_standalone import standalone  # noqa: F401

SINK_TASK = "org.apache.kafka.connect.runtime.WorkerSinkTask"


def levels(worker):
    answer = worker.get("/admin/loggers")
    assert answer.code == 200, answer.text
    return answer.json


def level(worker, logger):
    answer = worker.get(f"/admin/loggers/{logger}")
    assert answer.code == 200, answer.text
    return answer.json


def set_level(worker, logger, to, scope=None):
    answer = worker.put(f"/admin/loggers/{logger}" + (f"?scope={scope}" if scope else ""), {"level": to})
    assert answer.code == (204 if scope == "cluster" else 200), answer.text
    return answer.json if answer.text else None


def set_and_verify(worker, namespace, to, scope, before):
    """Sets a level and looks at each logger; answers all levels."""
    asked = int(time.time() * 1000)
    affected = set_level(worker, namespace, to, scope)
    if scope == "cluster":
        assert affected is None
    else:
        assert namespace in affected
        assert [name for name in affected if not name.startswith(namespace)] == []
    one = level(worker, namespace)
    assert one["level"] == to and one["last_modified"] >= asked
    after = levels(worker)
    for name, now in after.items():
        if name.startswith(namespace):
            assert now["level"] == to and now["last_modified"] >= asked, name
        elif not name.startswith("sluice."):  # those show what their module does, whoever set it
            assert now == before[name], name
    assert set(before) - set(after) == set()
    return after


def check_dynamic_logging(worker):
    current = levels(worker)
    assert current and all(one["last_modified"] is None for one in current.values())
    assert list(current) == sorted(current)
    answer = worker.get("/admin/loggers/org.nobody")
    assert answer.code == 404 and answer.json["message"] == "Logger org.nobody not found."
    # Set to something else first: the level may be the wanted one already.
    set_level(worker, "org.apache.kafka.connect", "ERROR")
    current = set_and_verify(worker, "org.apache.kafka.connect", "DEBUG", None, levels(worker))
    set_level(worker, "org.apache.kafka.clients", "WARN", "worker")
    current = set_and_verify(worker, "org.apache.kafka.clients", "INFO", "worker", current)
    before = level(worker, "org.apache.kafka.clients")
    assert set_level(worker, "org.apache.kafka.clients", "INFO", "worker") == []
    assert level(worker, "org.apache.kafka.clients") == before
    set_level(worker, "org.apache.kafka.streams", "DEBUG", "cluster")
    set_and_verify(worker, "org.apache.kafka.streams", "TRACE", "cluster", current)


def test_dynamic_logging(standalone):  # noqa: F811
    """testDynamicLogging"""
    standalone.start()
    check_dynamic_logging(standalone)


def test_dynamic_logging_distributed(worker):
    check_dynamic_logging(worker)


def test_levels_that_are_wrong(worker):
    answer = worker.put("/admin/loggers/root", {})
    assert answer.code == 400 and answer.json["message"] == "Desired 'level' parameter was not specified in request."
    for scope in ("", "?scope=cluster"):
        answer = worker.put(f"/admin/loggers/root{scope}", {"level": "BOGUS"})
        assert answer.code == 404 and answer.json["message"] == "invalid log level 'BOGUS'."
    assert worker.request("PUT", "/admin/loggers/root", b"{").code == 400
    assert worker.put("/admin/loggers/root?scope=galaxy", {"level": "info"}).json == []
    assert "Received invalid scope 'galaxy'" in worker.log()


def test_debug_of_the_sink_task_shows_its_commits(worker, kafka, name, tmp_path):
    kafka.create(name)
    worker.create(name, connector__class="FileStreamSink", file=tmp_path / "out", topics=name)
    worker.wait_for_states(name, "RUNNING", "RUNNING")
    kafka.produce(name, ["quiet"])
    wait_for(lambda: kafka.committed(f"connect-{name}", name) == 1, "a commit that nobody hears of")
    assert " DEBUG " not in worker.log()
    assert set_level(worker, SINK_TASK, "debug") == [SINK_TASK]
    assert level(worker, "sluice.task.sink")["level"] == "DEBUG"
    kafka.produce(name, ["loud"])
    wait_for(lambda: f"DEBUG [{name}|task-0] Committing offsets" in worker.log(), "the commit is in the log")
    set_level(worker, "root", "INFO")
    assert all(one["level"] == "INFO" for one in levels(worker).values())
    said = len(worker.log())
    kafka.produce(name, ["quiet again"])
    wait_for(lambda: kafka.committed(f"connect-{name}", name) == 3, "the last record is committed")
    assert " DEBUG " not in worker.log()[said:]


def test_a_level_of_the_cluster_reaches_other_workers_and_is_not_kept(new_worker, kafka, name):
    first = new_worker().start()
    set_level(first, SINK_TASK, "Trace", "cluster")
    assert level(first, SINK_TASK)["level"] == "TRACE"
    assert kafka.compacted(f"{name}-configs")[f"logger-cluster-{SINK_TASK}"] == '{"level":"Trace"}'
    first.stop()
    first.start()  # only what is said while a worker runs counts
    assert level(first, SINK_TASK) == {"level": "INFO", "last_modified": None}
