"""Records of JSON with schemas, as JsonConverter reads them."""

import base64
import json

from confluent_kafka import Producer

INT32, INT64, STRING, BOOLEAN = ({"type": name} for name in ("int32", "int64", "string", "boolean"))
FLOAT32, FLOAT64, INT16, INT8, BYTES = ({"type": name} for name in ("float", "double", "int16", "int8", "bytes"))
_LOGICAL = "org.apache.kafka.connect.data."
DATE = {"type": "int32", "name": _LOGICAL + "Date", "version": 1}
TIME = {"type": "int32", "name": _LOGICAL + "Time", "version": 1}
TIMESTAMP = {"type": "int64", "name": _LOGICAL + "Timestamp", "version": 1}


def decimal(scale):
    return {"type": "bytes", "name": _LOGICAL + "Decimal", "version": 1, "parameters": {"scale": str(scale)}}


def unscaled(number):
    """A decimal's digits as the converter writes them."""
    size = (number.bit_length() + 8) // 8
    return base64.b64encode(number.to_bytes(size, "big", signed=True)).decode()


def optional(schema):
    return {**schema, "optional": True}


def array(items):
    return {"type": "array", "items": items}


def struct(**fields):
    return {"type": "struct", "fields": [{"field": name, **schema} for name, schema in fields.items()]}


def envelope(schema, payload):
    return json.dumps({"schema": schema, "payload": payload})


def produce(kafka, topic, records, partition=0):
    """Pairs of key and value, text or None. Each is in the topic once, also when the broker restarts."""
    producer = Producer({"bootstrap.servers": kafka.address, "linger.ms": 5, "enable.idempotence": True})
    failures = []
    for key, value in records:
        while True:
            try:
                producer.produce(topic, value, key, partition=partition,
                                 on_delivery=lambda error, _: failures.append(error) if error else None)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    producer.flush(60)
    assert not failures, failures[:3]
