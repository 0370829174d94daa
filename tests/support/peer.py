"""The peer, Apache Kafka Connect 4.3.1, seen from a test: as support.worker's Worker, by the same verbs."""

import os
import pathlib

from support.worker import Worker, wait_for

LOGGING = """status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""


class JavaWorker(Worker):
    """Distributed; needs SLUICE_KAFKA_HOME (tools/services env kafka).

    With `connector_files` (a list, perhaps empty) it is a standalone worker. `classes` is a folder of class files that
    its class path begins with. The file connectors are a plugin location of their own; all else is on the class path.
    """

    start_seconds = 120
    has_metrics = False
    jvm = ("-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # quick to start, small
    logging = LOGGING

    def __init__(self, folder, name, kafka, label="", connector_files=None, classes=None, jvm_options=(), **settings):
        super().__init__(folder, name, kafka, label, **settings)
        self.home = pathlib.Path(os.environ["SLUICE_KAFKA_HOME"])
        self.connector_files, self.classes, self.jvm_options = connector_files, classes, list(jvm_options)
        if "plugin__path" not in settings:
            self.settings["plugin.path"] = self._plugins()

    def _plugins(self):
        plugins = self.folder / "java-plugins"
        (plugins / "file").mkdir(parents=True, exist_ok=True)
        for jar in self.home.glob("connect-file-*.jar"):
            link = plugins / "file" / jar.name
            if not link.exists():
                link.symlink_to(jar)
        return plugins

    def command(self):
        config = super().command()[-1]
        logging = self.folder / "peer-log4j2.properties"
        logging.write_text(self.logging)
        path = f"{self.home}/*" if self.classes is None else f"{self.classes}:{self.home}/*"
        main = "ConnectDistributed" if self.connector_files is None else "ConnectStandalone"
        return ["java", *self.jvm, *self.jvm_options, f"-Dlog4j2.configurationFile={logging}", "-cp", path,
                f"org.apache.kafka.connect.cli.{main}", config, *map(str, self.connector_files or [])]

    def start(self, wait=True):
        super().start(wait=False)
        if wait:  # a JVM on a busy machine takes its time
            wait_for(self.ready, "the peer is healthy:\n" + self.log()[-3000:], timeout=150)
        return self

    def stop(self, timeout=120):
        """A JVM on a busy machine takes its time, and waits for a group that rebalances."""
        return super().stop(timeout)

    def ready(self):
        """Java answers 404 with a page of HTML until its resources are there."""
        return super().ready() and self.get("/connectors").code == 200
