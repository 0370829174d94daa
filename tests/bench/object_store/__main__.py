"""tools/bench object-store: a million orders of six fields, in Avro, from a topic into objects of an S3 server, and into local
files."""

import argparse
import itertools
import os
import pathlib
import statistics
import sys
import time

import workers
from orders import STRING, Orders

SYSTEMS = ("sluice", "sluice-again")
FORMATS = {"Parquet": "parquet.ParquetFormat", "Avro": "avro.AvroFormat", "JSON": "json.JsonFormat"}  # extension: class
STORES = ("S3", "files")
FLUSH_SIZE = 100_000


class Server:
    """S3Proxy, over a folder: its CPU time, from /proc, and its buckets, which are folders."""

    def __init__(self, folder):
        self.data, self.pid = folder / "data", int((folder / "pid").read_text())

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / workers.TICKS


class Bench(Orders):
    def __init__(self, folder, records):
        super().__init__(folder, records)
        self.server = Server(pathlib.Path(os.environ["SLUICE_SERVICES_DIR"]) / "s3")
        self.numbers = itertools.count(1)

    def config(self, bucket, store, form):
        place = {"store.url": os.environ["SLUICE_S3"], "aws.access.key.id": os.environ["SLUICE_S3_KEY"],
                 "aws.secret.access.key": os.environ["SLUICE_S3_SECRET"]} if store == "S3" else {
                     "store.url": f"file://{self.folder}"}
        return {"connector.class": "S3SinkConnector", "topics": self.topic, "key.converter": STRING, **self.avro("sluice"),
                "format.class": "io.confluent.connect.s3.format." + FORMATS[form], "s3.bucket.name": bucket,
                "flush.size": str(FLUSH_SIZE), **place}

    def measure(self, system, worker, store, form):
        """From the PUT until the last file is there."""
        bucket = f"bench-{system}-{next(self.numbers)}"
        folder = (self.server.data if store == "S3" else self.folder) / bucket
        folder.mkdir()
        cpu, server, started = worker.cpu_seconds(), self.server.cpu_seconds(), time.monotonic()
        worker.create(bucket, self.config(bucket, store, form))
        files = [f"{self.topic}+0+{first:010}" for first in range(0, self.records, FLUSH_SIZE)]
        while True:
            time.sleep(0.05)
            found = sorted(path.name.partition(".")[0] for path in folder.rglob(f"{self.topic}+*.{form.lower()}"))
            if found == files:
                break
            worker.check(bucket)
            if time.monotonic() - started > 300:
                raise RuntimeError(f"{bucket} has {found} instead of {files}; see {worker.log}")
        millions = self.records / 1e6
        row = {"wall": (time.monotonic() - started) / millions, "cpu": (worker.cpu_seconds() - cpu) / millions,
               "server": (self.server.cpu_seconds() - server) / millions}
        worker.delete(bucket)
        print(f"  {form} to {store} {system:<13} " + " ".join(f"{name} {value:.2f}" for name, value in row.items()),
              file=sys.stderr, flush=True)
        return row

    def run(self, rounds, formats):
        """{(store, form): {system: [row]}}, alternating; before them one round that is not counted."""
        ways = list(itertools.product(STORES, formats))
        running, rows = {}, {way: {system: [] for system in SYSTEMS} for way in ways}
        try:
            for system in SYSTEMS:
                running[system] = self.start(system)
            self.fill(running["sluice"])
            for number, way in itertools.product(range(rounds + 1), ways):
                for system in SYSTEMS if number % 2 == 0 else reversed(SYSTEMS):
                    row = self.measure(system, running[system], *way)
                    if number > 0:
                        rows[way][system].append(row)
        finally:
            for worker in running.values():
                worker.stop()
        return rows


def table(rows):
    lines = ["| " + " | ".join(["orders in Avro -> objects, one task", *SYSTEMS]) + " |", "|---" * (len(SYSTEMS) + 1) + "|"]
    for (store, form), of_way in rows.items():
        for figure, title in (("wall", "wall s per M"), ("cpu", "worker's CPU s per M"), ("server", "server's CPU s per M")):
            medians = [statistics.median(row[figure] for row in of_way[system]) for system in SYSTEMS]
            if figure != "server" or store == "S3":
                lines.append(f"| {form} to {store}: {title} | " + " | ".join(f"{median:.2f}" for median in medians) + " |")
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=int, default=1_000_000, help=f"a multiple of {FLUSH_SIZE}")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=list(FORMATS))
    parser.add_argument("--markdown", type=pathlib.Path)
    options = parser.parse_args()
    bench = Bench(pathlib.Path(os.environ["SLUICE_ROOT"]) / ".bench", options.records)
    lines = table(bench.run(options.rounds, options.formats))
    print("\n".join(lines))
    if options.markdown:
        options.markdown.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
