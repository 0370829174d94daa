"""Fetches Java programs through Maven into the cache, once."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from services.service import ServiceError, say

CACHE = Path(os.environ.get("SLUICE_CACHE") or Path.home() / ".cache" / "sluice")

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
    command = ["mvn", "-q", "-B", *arguments]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        tail = "\n".join((result.stdout + result.stderr).splitlines()[-25:])
        raise ServiceError(f"'{' '.join(command)}' failed with status {result.returncode}:\n{tail}")


def _fetch_once(name, what, fill):
    """The folder CACHE/name, made by fill(folder) when it is not there. Whole, or not at all."""
    target = CACHE / name
    if target.is_dir():
        return target
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_dir():
            say(f"fetching {what} through Maven into {target}")
            work = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=CACHE))
            try:
                fill(work)
                work.chmod(0o755)
                work.rename(target)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    return target


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

    return _fetch_once(name, what, fill)


def fetch_archive(name, what, artifact):
    """A folder with the unpacked tar.gz `artifact` ("group:artifact:version:tar.gz:classifier")."""

    def fill(work):
        _run(["dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={work}"], work)
        archives = list(work.glob("*.tar.gz"))
        if len(archives) != 1:
            raise ServiceError(f"{artifact}: expected one .tar.gz, found {archives}")
        subprocess.run(["tar", "-xzf", archives[0], "-C", work], check=True)
        archives[0].unlink()

    return _fetch_once(name, what, fill)
