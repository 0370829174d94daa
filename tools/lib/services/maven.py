"""Fetches Java programs through Maven into the cache, once."""

import subprocess

from services.cache import fetch_once, run
from services.service import ServiceError

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>sluice</groupId>
  <artifactId>services</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>{dependencies}</dependencies>
</project>
"""

_DEPENDENCY = """
    <dependency>
      <groupId>{0}</groupId><artifactId>{1}</artifactId><version>{2}</version>
    </dependency>"""


def _run(arguments, folder):
    run(["mvn", "-q", "-B", *arguments], folder)


def fetch_jars(name, what, artifacts):
    """A folder with the jars of `artifacts` ("group:artifact:version") and all they depend on."""

    def fill(work):
        dependencies = "".join(_DEPENDENCY.format(*artifact.split(":")) for artifact in artifacts)
        pom = work / "pom.xml"
        pom.write_text(_POM.format(dependencies=dependencies))
        _run(
            [
                "-f",
                str(pom),
                "dependency:copy-dependencies",
                f"-DoutputDirectory={work}",
                "-DincludeScope=runtime",
            ],
            work,
        )
        pom.unlink()

    return fetch_once(name, f"{what} through Maven", fill)


def fetch_apicurio_converters():
    """A folder with Java's Avro and Apicurio's converters, and what they need."""
    version = "2.5.11.Final"
    return fetch_jars(f"apicurio-converters-{version}", "Avro and Apicurio's converters", [
        f"io.apicurio:apicurio-registry-utils-converter:{version}", "org.apache.avro:avro:1.12.0"])


def fetch_jar(name, what, artifact):
    """A folder with the jar `artifact` ("group:artifact:version:jar:classifier") alone."""

    def fill(work):
        _run(["dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={work}"], work)

    return fetch_once(name, f"{what} through Maven", fill)


def fetch_archive(name, what, artifact):
    """A folder with the unpacked tar.gz `artifact` ("group:artifact:version:tar.gz:classifier")."""

    def fill(work):
        _run(["dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={work}"], work)
        archives = list(work.glob("*.tar.gz"))
        if len(archives) != 1:
            raise ServiceError(f"{artifact}: expected one .tar.gz, found {archives}")
        subprocess.run(["tar", "-xzf", archives[0], "-C", work], check=True)
        archives[0].unlink()

    return fetch_once(name, f"{what} through Maven", fill)
