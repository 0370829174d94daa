"""Plugin locations of the peer: what the registries have, and what was built from its sources."""

import os
import pathlib
import re

from services import maven

APICURIO, DEBEZIUM, DRIVER = "2.5.11.Final", "3.3.1.Final", "42.7.7"


def artifact(jar):
    """Its name without the version."""
    return re.sub(r"-\d.*", "", jar.name)


def link(jars, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for jar in jars:
        if not (folder / jar.name).exists():
            (folder / jar.name).symlink_to(jar.resolve())


def java_plugins(folder, source_jars=None):
    """Debezium's JDBC sink, and Apicurio's AvroConverter; what the peer has itself is its own, as in their archives. And the
    JDBC source, if there is a folder with its jars."""
    plugins = folder / "postgres-plugins"
    own = {artifact(jar) for jar in pathlib.Path(os.environ["SLUICE_KAFKA_HOME"]).glob("*.jar")}
    for name, artifacts in {
            "jdbc": [f"io.debezium:debezium-connector-jdbc:{DEBEZIUM}", f"org.postgresql:postgresql:{DRIVER}"],
            "avro": [f"io.apicurio:apicurio-registry-utils-converter:{APICURIO}", "org.apache.avro:avro:1.12.0"]}.items():
        jars = maven.fetch_jars(f"bench-{name}-{DEBEZIUM}", name, artifacts).glob("*.jar")
        link([jar for jar in jars if artifact(jar) not in own], plugins / name)
    if source_jars:
        link(source_jars.glob("*.jar"), plugins / "source")
    return plugins
