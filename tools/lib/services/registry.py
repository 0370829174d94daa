"""A schema registry with Confluent's API: Apicurio 2.5.11, in memory, so `restart` empties it."""

from services import maven
from services.service import Service, http_answers

VERSION = "2.5.11.Final"
_API = "/apis/ccompat/v7"


class Registry(Service):
    """The registry; its folder in the cache is also its working folder."""

    name = "registry"

    def fetch(self):
        self.home = maven.fetch_archive(
            f"apicurio-{VERSION}",
            f"Apicurio Registry {VERSION}",
            f"io.apicurio:apicurio-registry-app:{VERSION}:tar.gz:all",
        )

    def working_folder(self):
        return self.home

    def command(self):
        return ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"] + [
            f"-Dsluice.service={self.marker()}",
            "-Dquarkus.http.host=127.0.0.1",
            f"-Dquarkus.http.port={self.ports()[0]}",
            "-jar",
            f"apicurio-registry-app-{VERSION}-runner.jar",
        ]

    def answers(self):
        return http_answers(self.ports()[0], f"{_API}/subjects")

    def environment(self):
        return {"SLUICE_REGISTRY": f"http://127.0.0.1:{self.ports()[0]}{_API}"}
