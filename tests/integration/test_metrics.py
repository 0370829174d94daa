"""GET /metrics of a real worker: exact counts, names, what comes and what goes."""

import os
import pathlib
import re
import subprocess

from support.metrics import REFERENCE, labels_of, reference, scrape, write_reference
from support.worker import JSON, wait_for

DASHBOARD = pathlib.Path(__file__).parent / "data" / "strimzi_dashboard_metrics.txt"
FILTER = {"transforms": "quiet,route", "transforms__quiet__type": "Filter", "transforms__quiet__predicate": "gone",
          "transforms__route__type": "RegexRouter", "transforms__route__regex": "(.*)",
          "transforms__route__replacement": "$1", "predicates": "gone", "predicates__gone__type": "RecordIsTombstone"}


def wait_for_value(worker, expected, metric, **labels):
    wait_for(lambda: scrape(worker).get(metric, **labels) == expected,
             f"{metric} {labels} is {expected}, but {scrape(worker).all(metric, **labels)}")


def start_pipeline(worker, kafka, name, tmp_path):
    """100 lines, three of which are no JSON, to a topic, to a sink that tolerates them and one that does not."""
    source = tmp_path / "in.txt"
    source.write_text("".join("{oops\n" if n in (10, 20, 30) else f'{{"n":{n}}}\n' for n in range(100)))
    kafka.create(name)
    worker.create("from", connector__class="FileStreamSource", file=source, topic=name, **FILTER)
    sink = {"connector__class": "FileStreamSink", "topics": name, "format": "json", "value__converter": JSON,
            "value__converter__schemas__enable": "false"}
    worker.create("to", file=tmp_path / "out.txt", errors__tolerance="all", errors__log__enable="true",
                  errors__deadletterqueue__topic__name=name + "-dead",
                  errors__deadletterqueue__topic__replication__factor=1, **sink)
    worker.create("broken", file=tmp_path / "none.txt", **sink)
    worker.wait_for_states("broken", "RUNNING", "FAILED")
    wait_for_value(worker, 3, "task_error_dead_letters_total", connector="to")
    wait_for_value(worker, 97, "sink_task_sink_record_send_total", connector="to")
    wait_for_value(worker, 100, "source_task_source_record_write_total", connector="from")
    wait_for_value(worker, 0, "sink_task_partition_lag", connector="to", topic=name, partition="0")
    wait_for_value(worker, 0, "sink_task_sink_record_active_count", connector="to")


def check_counts(metrics, name):
    source, sink, broken = ({"connector": c, "task": "0"} for c in ("from", "to", "broken"))

    def values(prefix, names, labels):
        return [metrics.get(prefix + one, **labels) for one in names.split()]

    assert values("source_task_", "source_record_poll_total source_record_active_count "
                  "end_to_end_latency_seconds_count", source) == [100, 0, 100]
    assert values("connector_task_", "batch_size_max records_dropped_total in_flight_bytes", source) == [100, 0, 0]
    assert values("sink_task_", "sink_record_read_total partition_count end_to_end_latency_seconds_count "
                  "sink_record_lag_max put_retries_total offset_commit_skip_total", sink) == [100, 1, 97, 0, 0, 0]
    assert metrics.get("sink_task_offset_commit_completion_total", **sink) >= 1
    assert metrics.get("connector_task_offset_commit_success_percentage", **sink) == 1
    assert metrics.get("connector_task_records_dropped_total", **sink) == 3
    assert metrics.get("sink_task_partition_lag", topic=name, partition="0", **sink) == 0
    errors = ("total_record_failures total_record_errors total_records_skipped total_retries total_errors_logged "
              "deadletterqueue_produce_requests deadletterqueue_produce_failures")
    assert values("task_error_", errors, sink) == [3, 3, 3, 0, 3, 3, 0]
    assert metrics.get("task_error_last_error_timestamp", **sink) > 1.7e12
    for labels in (source, sink):
        assert metrics.get("connector_task_last_progress_timestamp_seconds", **labels) > 1.7e9
        assert metrics.get("connector_task_status", status="running", **labels) == 1
    # A failed task keeps its values.
    assert metrics.get("connector_task_status", **broken) == 1
    assert metrics.get("connector_task_status", status="failed", **broken) == 1
    assert values("task_error_", errors, broken) == [1, 1, 0, 0, 0, 0, 0]
    assert values("sink_task_", "sink_record_read_total sink_record_send_total", broken) == [100, 0]


def check_worker(metrics):
    assert metrics.get("worker_connector_count") == metrics.get("worker_task_count") == 3
    assert metrics.get("worker_connector_startup_success_total") == 3
    assert metrics.get("worker_task_startup_attempts_total") == 3
    assert metrics.get("worker_connector_failed_task_count", connector="broken") == 1
    assert metrics.get("worker_connector_running_task_count", connector="to") == 1
    assert metrics.get("coordinator_assigned_connectors") == metrics.get("coordinator_assigned_tasks") == 3
    assert metrics.get("connector_status", connector="broken", status="running") == 1
    assert metrics.get("connector_connector_class", connector="to",
                       connector_class="org.apache.kafka.connect.file.FileStreamSinkConnector") == 1
    assert metrics.get("connector_task_value_converter_class", connector="to", value_converter_class=JSON) == 1
    assert metrics.get("connector_predicate_predicate_class", connector="from", predicate="gone") == 1
    assert metrics.get("worker_rebalance_rebalancing") == 0
    clients = {labels["clientid"]: value for metric, labels, value in metrics.samples
               if metric == "kafka_consumer_fetch_manager_records_consumed_total"}
    assert clients["connector-consumer-to-0"] == 100
    assert metrics.get("kafka_producer_record_send_total", clientid="connector-producer-from-0") == 100
    assert metrics.get("kafka_producer_connection_count", clientid="connector-producer-from-0") >= 1
    assert metrics.get("kafka_producer_outgoing_byte_total", clientid="connector-producer-from-0") > 1000


def check_names(metrics):
    wanted = {line for line in DASHBOARD.read_text().splitlines() if not line.startswith("#")}
    assert wanted <= metrics.names()
    if os.environ.get("SLUICE_WRITE_METRICS_REFERENCE"):
        write_reference(metrics)
    table = [line for line in REFERENCE.read_text(encoding="utf-8").splitlines() if re.match(r"\| `[a-z]", line)]
    assert table == reference(metrics), "runtime/metrics/reference.md is not what the worker exposes; " \
        "this test with SLUICE_WRITE_METRICS_REFERENCE=1 writes it anew"
    assert all(label.islower() for labels in labels_of(metrics).values() for label in labels)


def check_promtool(metrics):
    """Nothing to say but that names end in _ms, as their Java originals do."""
    found = subprocess.run(["promtool", "check", "metrics"], input=metrics.text, text=True, capture_output=True,
                           check=False)
    assert found.returncode in (0, 3), found.stderr
    complaints = (found.stdout + found.stderr).splitlines()
    assert [line for line in complaints
            if not re.fullmatch(r"kafka_connect_\w+_ms metric names should not contain abbreviated units", line)] == []


def test_counts_names_and_lint(worker, kafka, name, tmp_path):
    start_pipeline(worker, kafka, name, tmp_path)
    metrics = scrape(worker)
    check_counts(metrics, name)
    check_worker(metrics)
    check_names(metrics)
    check_promtool(metrics)


def test_lag_of_a_paused_sink_and_its_states(worker, kafka, name, tmp_path):
    kafka.create(name)
    kafka.produce(name, [str(n) for n in range(10)])
    worker.create("to", connector__class="FileStreamSink", file=tmp_path / "out.txt", topics=name)
    wait_for_value(worker, 10, "sink_task_sink_record_send_total", connector="to")
    worker.put("/connectors/to/pause")
    wait_for_value(worker, 1, "connector_task_status", connector="to", status="paused")
    assert scrape(worker).get("worker_connector_paused_task_count", connector="to") == 1
    worker.put("/connectors/to/resume")
    wait_for_value(worker, 1, "connector_task_status", connector="to", status="running")
    assert 0 < scrape(worker).get("connector_task_pause_ratio", connector="to") < 1
    kafka.produce(name, [str(n) for n in range(5)])
    wait_for_value(worker, 15, "sink_task_sink_record_read_total", connector="to")
    wait_for_value(worker, 0, "sink_task_partition_lag", connector="to", topic=name, partition="0")
    # A restart begins anew.
    worker.post("/connectors/to/restart?includeTasks=true&onlyFailed=false")
    wait_for_value(worker, 0, "sink_task_sink_record_read_total", connector="to")


def test_groups_go_with_their_connector(worker, kafka, name, tmp_path):
    kafka.create(name)
    worker.create("to", connector__class="FileStreamSink", file=tmp_path / "out.txt", topics=name)
    worker.create("failed", connector__class="FileStreamSink", file=tmp_path / "no" / "out.txt", topics=name)
    worker.wait_for_states("failed", "RUNNING", "FAILED")
    wait_for_value(worker, 1, "connector_task_status", connector="failed", status="failed")
    for connector in ("to", "failed"):
        worker.delete(f"/connectors/{connector}")
        wait_for(lambda gone=connector: f'connector="{gone}"' not in scrape(worker).text, f"{connector} is gone")
    wait_for(lambda: "connector-consumer-to-0" not in scrape(worker).text, "its client is gone")
    assert scrape(worker).get("worker_task_count") == 0


def test_a_standalone_worker_has_no_group(new_worker, tmp_path):
    worker = new_worker(offset__storage__file__filename=tmp_path / "offsets")
    command = worker.command()
    worker.command = lambda: [command[0], "--standalone", command[1]]
    metrics = scrape(worker.start())
    assert metrics.get("worker_connector_count") == 0
    assert not [name for name in metrics.names() if "rebalance" in name or "coordinator" in name]
    assert worker.request("GET", "/metrics", headers={"Accept": "text/plain"}).code == 200
    assert worker.post("/metrics").code == 405
