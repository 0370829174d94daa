"""A table of a million orders of six fields into a topic, in Avro, here and by Confluent's JDBC source, by one configuration."""

import time

from beside import Beside
from bench import end_offset
from orders import STRING

BATCH = 1000  # rows of a fetch
ID, TIME = {"incrementing.column.name": "id"}, {"timestamp.column.name": "ordered_at"}
COLUMNS = {"bulk": {}, "incrementing": ID, "timestamp+incrementing": {**ID, **TIME}}

TABLE = """
DROP TABLE IF EXISTS orders;
CREATE TABLE orders (id bigint PRIMARY KEY, customer text NOT NULL, item text NOT NULL, quantity int NOT NULL,
                     price numeric(9, 2) NOT NULL, ordered_at timestamp NOT NULL);
INSERT INTO orders SELECT n, 'Customer_' || n % 1000, (ARRAY['apple', 'bread', 'candle', 'desk'])[1 + n % 4], 1 + n % 20,
                          (99 + n * 7919 % 99900) / 100.0, timestamp '2026-01-01' + n * interval '1 ms'
                   FROM generate_series(1::bigint, {0}) n;
CREATE INDEX ON orders (ordered_at, id);
ANALYZE orders;
CHECKPOINT;
"""


class Source(Beside):
    title = "a table of orders -> a topic in Avro, one task"
    modes = tuple(COLUMNS)

    def prepare(self, running):
        for statement in filter(str.strip, TABLE.format(self.records).split(";")):
            self.server.ask(statement)

    def config(self, system, mode, prefix):
        return {"connector.class": "io.confluent.connect.jdbc.JdbcSourceConnector", "mode": mode,
                "connection.url": f"jdbc:postgresql://{self.server.host}", "connection.user": "postgres",
                "connection.password": "none", "table.whitelist": "orders", "topic.prefix": prefix,
                "batch.max.rows": str(BATCH), "poll.interval.ms": "600000", "key.converter": STRING,
                **COLUMNS[mode], **self.avro(system)}

    def measure(self, system, worker, mode):
        """From the PUT until the last row is in the topic."""
        name = f"{self.topic}-{system}-{next(self.numbers)}"
        cpu, server, started = worker.cpu_seconds(), self.server.cpu_seconds(), time.monotonic()
        worker.create(name, self.config(system, mode, f"{name}-"))
        while (arrived := end_offset(self.kafka, f"{name}-orders")) < self.records:
            time.sleep(0.2)
            worker.check(name)
            if time.monotonic() - started > 600:
                raise RuntimeError(f"only {arrived} records of {name}; see {worker.log}")
        row = self.row(mode, system, wall=time.monotonic() - started, cpu=worker.cpu_seconds() - cpu,
                       server=self.server.cpu_seconds() - server)
        worker.delete(name)
        self.server.wait_for_sessions_to_end()
        if arrived != self.records:
            raise RuntimeError(f"{name}: {arrived} records of {self.records} rows")
        return row
