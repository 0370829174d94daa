"""A topic of orders of six fields, in Avro, and the workers that a sink for it is measured on."""

import os
import pathlib
import time

import workers
from bench import T, end_offset

STRING = "org.apache.kafka.connect.storage.StringConverter"
PORTS = {"java": 28190, "sluice": 28191, "sluice-again": 28192}


class Orders:
    def __init__(self, folder, records, java_plugins=None):
        self.folder, self.records, self.java_plugins = folder, records, java_plugins
        self.kafka, self.registry = os.environ["SLUICE_KAFKA"], os.environ["SLUICE_REGISTRY"]
        self.topic = f"bench-orders-{int(time.time())}"
        self.dist = pathlib.Path(os.environ.get("SLUICE_DIST") or pathlib.Path(os.environ["SLUICE_ROOT"]) / "dist")

    def start(self, system):
        if system == "java":
            return workers.java(system, os.environ["SLUICE_KAFKA_HOME"], self.folder, self.kafka, PORTS[system],
                                more_plugins=self.java_plugins)
        return workers.sluice(system, self.dist / "bin/sluice-worker", self.folder, self.kafka, PORTS[system],
                              self.dist / "plugins")

    def avro(self, system):
        if system == "java":
            return {"value.converter": "io.apicurio.registry.utils.converter.AvroConverter",
                    "value.converter.apicurio.registry.url": self.registry.replace("/ccompat/v7", "/registry/v2"),
                    "value.converter.apicurio.registry.as-confluent": "true",
                    "value.converter.apicurio.registry.auto-register": "true",
                    "value.converter.apicurio.registry.use-id": "contentId"}
        return {"value.converter": "io.confluent.connect.avro.AvroConverter",
                "value.converter.schema.registry.url": self.registry}

    def fill(self, worker, drop="address"):
        """The topic: orders without this field, framed as Confluent's converter does."""
        less = {"transforms": "drop", "transforms.drop.type": T + "ReplaceField$Value", "transforms.drop.exclude": drop}
        worker.create(self.topic, {
            "connector.class": "DatagenSource", "topic": self.topic, "shape": "orders", "rate": "0",
            "max.records": str(self.records), "key.converter": STRING, **self.avro("sluice"), **(less if drop else {})})
        deadline = time.monotonic() + 300
        while end_offset(self.kafka, self.topic) < self.records:
            worker.check(self.topic)
            if time.monotonic() > deadline:
                raise RuntimeError(f"only {end_offset(self.kafka, self.topic)} records in {self.topic}")
            time.sleep(0.2)
        worker.delete(self.topic)
