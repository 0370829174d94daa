"""The offsets of a connector by REST, and what surrounds a change of them."""

import json

ALTERED = "The offsets for this connector have been altered successfully"
RESET = "The offsets for this connector have been reset successfully"


def path(connector):
    return f"/connectors/{connector}/offsets"


def offsets(worker, connector):
    """What is stored: {partition: offset}, a sink's by topic and number, a source's by file name."""
    answer = worker.get(path(connector))
    assert answer.code == 200, answer.text
    found = {}
    for one in answer.json["offsets"]:
        partition, offset = one["partition"], one["offset"]
        if "filename" in partition:
            found[partition["filename"]] = offset["position"]
        else:
            found[partition["kafka_topic"], partition["kafka_partition"]] = offset["kafka_offset"]
    return found


def positions(kafka, group, connector):
    """Those of a file source, in the order in which they were written."""
    return [json.loads(record.value())["position"] for record in kafka.read(f"{group}-offsets")
            if json.loads(record.key())[0] == connector]


def alter(worker, connector, *changes):
    return worker.request("PATCH", path(connector),
                          {"offsets": [{"partition": partition, "offset": offset} for partition, offset in changes]})


def stop(worker, connector):
    assert worker.put(f"/connectors/{connector}/stop").code == 204
    worker.wait_for_states(connector, "STOPPED")


def resume(worker, connector):
    assert worker.put(f"/connectors/{connector}/resume").code == 202
    worker.wait_for_states(connector, "RUNNING", "RUNNING")


def create(worker, connector, state, config):
    answer = worker.post("/connectors", {"name": connector, "config": config, "initial_state": state})
    assert answer.code == 201, answer.text
    return answer
