"""Java classes for the peer that it does not bring itself: converters of a schema registry, and the sinks of Kafka's own
tests. From Maven Central, once."""

import pathlib
import re

from services import kafka, maven


def _artifact(jar):
    """Its name without the version."""
    return re.sub(r"-\d.*", "", jar.name)


def apicurio_converters(folder, home):
    """A plugin location in `folder` with Apicurio's converters; what the peer has itself, in `home`, is its own."""
    location = pathlib.Path(folder) / "java-converters"
    (location / "apicurio").mkdir(parents=True)
    jars = maven.fetch_apicurio_converters()
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
