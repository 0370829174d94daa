"""Java classes for the peer that it does not bring itself: converters of a schema registry, and the sinks of Kafka's own
tests. From Maven Central, once."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))

from services import kafka, maven  # noqa: E402

APICURIO = "2.5.11.Final"


def _artifact(jar):
    """Its name without the version."""
    return re.sub(r"-\d.*", "", jar.name)


def apicurio_converters(folder, home):
    """A plugin location in `folder` with Apicurio's converters; what the peer has itself, in `home`, is its own."""
    location = pathlib.Path(folder) / "java-converters"
    (location / "apicurio").mkdir(parents=True)
    # The folder of the cache that tests/bench/data has its own from.
    jars = maven.fetch_jars(f"apicurio-converters-{APICURIO}", "Avro and Apicurio's converters", [
        f"io.apicurio:apicurio-registry-utils-converter:{APICURIO}", "org.apache.avro:avro:1.12.0"])
    own = {_artifact(jar) for jar in pathlib.Path(home).glob("*.jar")}
    for jar in jars.glob("*.jar"):
        if _artifact(jar) not in own:
            (location / "apicurio" / jar.name).symlink_to(jar)
    return location


def kafka_test_classes():
    """A jar for the class path, with connectors such as ErrantRecordSinkConnector, which reports every record."""
    version = kafka.VERSION
    folder = maven.fetch_jar(f"connect-runtime-tests-{version}", "the test doubles of Kafka Connect",
                             f"org.apache.kafka:connect-runtime:{version}:jar:test")
    jar, = folder.glob("*.jar")
    return jar
