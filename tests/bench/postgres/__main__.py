"""tools/bench postgres: a million orders of six fields, in Avro, from a topic into a table, here and by Debezium's sink."""

import argparse
import itertools
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

import workers
from orders import PORTS, STRING, Orders
from services import maven

APICURIO, DEBEZIUM, DRIVER = "2.5.11.Final", "3.3.1.Final", "42.7.7"
MODES = ("insert", "upsert")  # into a table without a key, which is COPY here; by the primary key, all rows new


def artifact(jar):
    """Its name without the version."""
    return re.sub(r"-\d.*", "", jar.name)


def java_plugins(folder):
    """Debezium's JDBC sink, and Apicurio's AvroConverter; what the peer has itself is its own, as in their archives."""
    plugins = folder / "postgres-plugins"
    own = {artifact(jar) for jar in pathlib.Path(os.environ["SLUICE_KAFKA_HOME"]).glob("*.jar")}
    for name, artifacts in {
            "jdbc": [f"io.debezium:debezium-connector-jdbc:{DEBEZIUM}", f"org.postgresql:postgresql:{DRIVER}"],
            "avro": [f"io.apicurio:apicurio-registry-utils-converter:{APICURIO}", "org.apache.avro:avro:1.12.0"]}.items():
        (plugins / name).mkdir(parents=True, exist_ok=True)
        for jar in maven.fetch_jars(f"bench-{name}-{DEBEZIUM}", name, artifacts).glob("*.jar"):
            if artifact(jar) not in own and not (plugins / name / jar.name).exists():
                (plugins / name / jar.name).symlink_to(jar)
    return plugins


class Server:
    """PostgreSQL: asked with psql, and its CPU time, with that of its sessions, from /proc."""

    def __init__(self, address):
        self.address, self.host = address, address.rpartition("@")[2]
        data = self.ask("SHOW data_directory")
        self.pid = int((pathlib.Path(data) / "postmaster.pid").read_text().splitlines()[0])

    def ask(self, sql):
        return subprocess.run(["psql", "-X", "-q", "-A", "-t", self.address, "-c", sql], check=True, capture_output=True,
                              text=True).stdout.strip()

    def cpu_seconds(self):
        """Sessions that have ended are in the children's time of their parent."""
        total = 0
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                pid, _, rest = stat.read_text().partition(" (")
            except OSError:
                continue
            fields = rest.rpartition(")")[2].split()
            if int(pid) == self.pid or int(fields[1]) == self.pid:
                total += sum(map(int, fields[11:15]))
        return total / workers.TICKS


class Bench(Orders):
    def __init__(self, folder, plugins, records):
        super().__init__(folder, records, plugins)
        self.server, self.numbers = Server(os.environ["SLUICE_POSTGRES"]), itertools.count(1)

    def config(self, system, mode, table):
        url = f"jdbc:postgresql://{self.server.host}"
        config = {"topics": self.topic, "key.converter": STRING, "connection.url": url, "insert.mode": mode,
                  **self.avro(system)}
        if system == "java":
            key = {"primary.key.mode": "none"} if mode == "insert" else {"primary.key.mode": "record_value",
                                                                         "primary.key.fields": "id"}
            return {"connector.class": "io.debezium.connector.jdbc.JdbcSinkConnector", "connection.username": "postgres",
                    "connection.password": "none", "schema.evolution": "basic", "collection.name.format": table,
                    **config, **key}
        key = {} if mode == "insert" else {"pk.mode": "record_value", "pk.fields": "id"}
        return {"connector.class": "JdbcSink", "connection.user": "postgres", "auto.create": "true",
                "table.name.format": table, **config, **key}

    def measure(self, system, worker, mode):
        """From the PUT until the table grows no more. Its size is looked at, which costs the server next to nothing."""
        table = f"bench_{system.replace('-', '_')}_{next(self.numbers)}"
        cpu, server, started = worker.cpu_seconds(), self.server.cpu_seconds(), time.monotonic()
        worker.create(table, self.config(system, mode, table))
        size, grown = 0, started
        while True:
            time.sleep(0.1)
            now = int(self.server.ask(f"SELECT coalesce(pg_table_size(to_regclass('{table}')), 0)"))
            if now != size:
                size, grown = now, time.monotonic()
            elif time.monotonic() - grown > 5:
                worker.check(table)
                if size and int(self.server.ask(f"SELECT count(*) FROM {table}")) == self.records:
                    break
                if time.monotonic() - grown > 60:
                    raise RuntimeError(f"{table} does not get its rows; see {worker.log}")
        millions = self.records / 1e6
        row = {"wall": (grown - started) / millions, "cpu": (worker.cpu_seconds() - cpu) / millions,
               "server": (self.server.cpu_seconds() - server) / millions}
        worker.delete(table)
        self.server.ask(f"DROP TABLE {table}; CHECKPOINT")
        print(f"  {mode} {system:<13} " + " ".join(f"{name} {value:.2f}" for name, value in row.items()), file=sys.stderr,
              flush=True)
        return row

    def run(self, systems, rounds):
        """{mode: {system: [row]}}, alternating; before them one round that is not counted."""
        running, rows = {}, {mode: {system: [] for system in systems} for mode in MODES}
        try:
            for system in systems:
                running[system] = self.start(system)
            self.fill(running["sluice"])
            for number, mode in itertools.product(range(rounds + 1), MODES):
                for system in systems if number % 2 == 0 else reversed(systems):
                    row = self.measure(system, running[system], mode)
                    if number > 0:
                        rows[mode][system].append(row)
        finally:
            for worker in running.values():
                worker.stop()
        return rows


def table(rows):
    systems = list(next(iter(rows.values())))
    lines = ["| " + " | ".join(["orders in Avro -> PostgreSQL, one task", *systems]) + " |", "|---" * (len(systems) + 1) + "|"]
    for mode, of_mode in rows.items():
        for figure, title in (("wall", "wall s per M"), ("cpu", "worker's CPU s per M"), ("server", "server's CPU s per M")):
            medians = [statistics.median(row[figure] for row in of_mode[system]) for system in systems]
            lines.append(f"| {mode}: {title} | " + " | ".join(f"{median:.2f}" for median in medians) + " |")
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--no-java", action="store_true")
    parser.add_argument("--markdown", type=pathlib.Path)
    options = parser.parse_args()
    folder = pathlib.Path(os.environ["SLUICE_ROOT"]) / ".bench"
    systems = [system for system in PORTS if not (options.no_java and system == "java")]
    plugins = None if options.no_java else java_plugins(folder)
    lines = table(Bench(folder, plugins, options.records).run(systems, options.rounds))
    print("\n".join(lines))
    if options.markdown:
        options.markdown.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
