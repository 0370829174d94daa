"""A million orders of six fields, in Avro, from a topic into a table, here and by Debezium's sink."""

import time

from beside import Beside
from orders import STRING


class Sink(Beside):
    title = "orders in Avro -> PostgreSQL, one task"
    modes = ("insert", "upsert")  # into a table without a key, which is COPY here; by the primary key, all rows new

    def prepare(self, running):
        self.fill(running["sluice"])

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
        row = self.row(mode, system, wall=grown - started, cpu=worker.cpu_seconds() - cpu,
                       server=self.server.cpu_seconds() - server)
        worker.delete(table)
        self.server.wait_for_sessions_to_end()
        self.server.ask(f"DROP TABLE {table}")
        self.server.ask("CHECKPOINT")
        return row
