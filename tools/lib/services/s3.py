"""An S3 server over a folder: S3Proxy 2.7.0."""

from services import maven
from services.service import Service, http_answers

VERSION = "2.7.0"
_KEY = "sluice"
_SECRET = "sluice-secret"

_CONFIG = """s3proxy.endpoint=http://127.0.0.1:{port}
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity={key}
s3proxy.credential={secret}
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir={data}
jclouds.identity={key}
jclouds.credential={secret}
"""

_LOGBACK = """<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d %p %m (%c)%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="out"/></root>
</configuration>
"""


class S3(Service):
    """Buckets are the folders under data/; their names have three letters or more."""

    name = "s3"

    def fetch(self):
        self.home = maven.fetch_jars(
            f"s3proxy-{VERSION}", f"S3Proxy {VERSION}", [f"org.gaul:s3proxy:{VERSION}"]
        )

    def prepare(self):
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        (self.folder / "logback.xml").write_text(_LOGBACK)
        (self.folder / "s3proxy.conf").write_text(
            _CONFIG.format(port=self.ports()[0], key=_KEY, secret=_SECRET, data=data)
        )

    def command(self):
        return ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"] + [
            f"-Dlogback.configurationFile={self.folder / 'logback.xml'}",
            "-cp",
            f"{self.home}/*",
            "org.gaul.s3proxy.Main",
            "--properties",
            str(self.folder / "s3proxy.conf"),
        ]

    def answers(self):
        return http_answers(self.ports()[0])

    def environment(self):
        return {
            "SLUICE_S3": f"http://127.0.0.1:{self.ports()[0]}",
            "SLUICE_S3_KEY": _KEY,
            "SLUICE_S3_SECRET": _SECRET,
        }
