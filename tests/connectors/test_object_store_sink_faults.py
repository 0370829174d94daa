"""The object store sink while its worker is killed, servers restart, uploads and the network fail: nothing lost, and nothing
twice, as files are cut the same each time."""

import pytest
from records import INT64, STRING, envelope, produce, struct
from support.network import DOWN, Network
from support.object_store import SINK, Flaky, local_bucket
from support.worker import JSON, wait_for

ROW = struct(id=INT64, text=STRING)
TEXT = "x" * 10_000
AGAIN = "Writing failed and will be tried again"


def rows(first, count, text="some text"):
    return [(None, envelope(ROW, {"id": n, "text": text})) for n in range(first, first + count)]


def create(worker, bucket, name, **config):
    worker.create(name, **{"connector__class": SINK, "topics": name, "flush__size": 500,
                           "format__class": "io.confluent.connect.s3.format.json.JsonFormat", "key__converter": JSON,
                           "value__converter": JSON, "retry__backoff__ms": 100, "s3__retry__backoff__ms": 10,
                           "s3__part__retries": 1, **bucket.config, **config})


def ids(bucket):
    return sorted(record["id"] for record in bucket.all_records())


def failures(worker, name):
    """How many the sink has told, and gone on after."""
    return sum(f"[{name}|" in line and AGAIN in line for line in worker.log().splitlines())


def wait_for_failure(worker, name, after=0):
    wait_for(lambda: failures(worker, name) > after, "the failure is told")


@pytest.mark.parametrize("bucket, format", [("s3", "parquet.ParquetFormat"), ("file", "avro.AvroFormat")], indirect=["bucket"])
def test_a_killed_worker_loses_and_repeats_nothing(new_worker, kafka, bucket, name, format):
    kafka.create(name, partitions=2)
    # Offsets in Kafka are far behind; and what a dead consumer had is soon another's.
    worker = new_worker(offset__flush__interval__ms=60_000, consumer__session__timeout__ms=6000).start()
    create(worker, bucket, name, tasks__max=2, format__class=f"io.confluent.connect.s3.format.{format}")
    for partition in range(2):
        produce(kafka, name, rows(partition * 20_000, 10_000), partition)
    wait_for(lambda: 3 < len(bucket.names()), "files arrive", interval=0.01)
    worker.kill()
    before = {file: bucket.read(file) for file in bucket.names()}
    for partition in range(2):
        produce(kafka, name, rows(partition * 20_000 + 10_000, 10_000), partition)
    worker.start()
    bucket.wait_for_files(80, timeout=90)
    assert ids(bucket) == list(range(40_000))
    assert {file: bucket.read(file) for file in before} == before  # what was there is there in the same bytes


def test_a_killed_worker_that_cuts_by_the_clock_repeats_nothing(new_worker, kafka, tmp_path, name):
    """Files are cut differently after it: objects say what they hold, so it is left out."""
    bucket = local_bucket(tmp_path / "objects")
    kafka.create(name)
    worker = new_worker(offset__flush__interval__ms=60_000, consumer__session__timeout__ms=6000).start()
    create(worker, bucket, name, flush__size=1_000_000, rotate__schedule__interval__ms=1000, timezone="UTC",
           consumer__override__max__poll__records=50)
    produce(kafka, name, rows(0, 3000))
    wait_for(lambda: len(bucket.names()) > 0, "a file arrives")
    worker.kill()
    worker.start()
    produce(kafka, name, rows(3000, 1000))
    bucket.wait_for_records(4000)
    assert ids(bucket) == list(range(4000))


def test_the_server_restarts_and_is_killed_in_the_middle(shared_worker, kafka, s3, name):
    bucket = s3.new_bucket()
    kafka.create(name)
    create(shared_worker, bucket, name, consumer__override__max__poll__records=50)
    for kill, first in ((False, 0), (True, 6000)):
        produce(kafka, name, rows(first, 5000))
        wait_for(lambda first=first: len(bucket.names()) > first // 500 + 2, "files arrive", interval=0.01)
        told = failures(shared_worker, name)
        with s3.stopped(kill=kill):
            produce(kafka, name, rows(first + 5000, 1000))  # something is left to write, however fast it was
            wait_for_failure(shared_worker, name, told)
    bucket.wait_for_files(24, timeout=90)
    assert ids(bucket) == list(range(12_000))
    assert shared_worker.states(name) == ["RUNNING", "RUNNING"]


def test_the_broker_restarts_in_the_middle(new_worker, own_kafka, s3, name):
    bucket = s3.new_bucket()
    own_kafka.create(name)
    worker = new_worker(bootstrap__servers=own_kafka.address).start()
    create(worker, bucket, name)
    produce(own_kafka, name, rows(0, 10_000))
    wait_for(lambda: len(bucket.names()) > 2, "files arrive", interval=0.01)
    own_kafka.stop()
    own_kafka.start()
    produce(own_kafka, name, rows(10_000, 5_000))
    bucket.wait_for_files(30, timeout=90)
    assert ids(bucket) == list(range(15_000))


@pytest.mark.parametrize("text, size", [("x", 100), (TEXT, 1500)], ids=["by one call", "by parts"])
def test_uploads_that_fail_are_done_again(shared_worker, kafka, s3, name, text, size):
    bucket = s3.new_bucket()
    kafka.create(name)
    with Flaky(s3.port, lambda number: {2: "refuse", 5: "lose", 6: "refuse"}.get(number % 7)) as flaky:
        bucket.config["store.url"] = flaky.url
        create(shared_worker, bucket, name, flush__size=size, s3__part__size=5_242_880)
        produce(kafka, name, rows(0, 1500, text))
        bucket.wait_for_files(1500 // size, timeout=90)
        wait_for(lambda: kafka.committed(f"connect-{name}", name) == 1500, "all is committed")
        assert flaky.failed > 2
    assert ids(bucket) == list(range(1500))


def test_the_network_fails_in_the_middle_of_parts(shared_worker, kafka, s3, name):
    bucket = s3.new_bucket()
    kafka.create(name)
    with Network() as network:
        link = network.link(s3.port)
        bucket.config["store.url"] = f"http://{link.address}"
        create(shared_worker, bucket, name, flush__size=800, s3__part__size=5_242_880)
        for first in range(0, 3200, 800):
            produce(kafka, name, rows(first, 800, TEXT))
            link.cut()
        wait_for(lambda: len(bucket.names()) >= 2, "files arrive", timeout=90)
        link.refuse()
        produce(kafka, name, rows(3200, 800, TEXT))
        wait_for_failure(shared_worker, name)
        link.heal()
        bucket.wait_for_files(5, timeout=90)
    assert ids(bucket) == list(range(4000))
    assert shared_worker.states(name) == ["RUNNING", "RUNNING"]


def test_a_silent_server_does_not_hold_up_a_stop(shared_worker, kafka, s3, name):
    bucket = s3.new_bucket()
    kafka.create(name)
    with Network() as network:
        link = network.link(s3.port)
        bucket.config["store.url"] = f"http://{link.address}"
        create(shared_worker, bucket, name)
        produce(kafka, name, rows(0, 500))
        bucket.wait_for_files(1)
        link.black_hole(DOWN)
        produce(kafka, name, rows(500, 500))
        shared_worker.put(f"/connectors/{name}/stop")
        shared_worker.wait_for_states(name, "STOPPED")
        link.heal()
        shared_worker.put(f"/connectors/{name}/resume")
        bucket.wait_for_files(2)
    assert ids(bucket) == list(range(1000))


def test_a_rebalance_drops_what_is_open_and_reads_it_again(shared_worker, kafka, bucket, name):
    kafka.create(name, partitions=4)
    create(shared_worker, bucket, name, tasks__max=1)
    for partition in range(4):
        produce(kafka, name, rows(partition * 2000, 1700), partition)
    wait_for(lambda: len(bucket.names()) > 2, "files arrive")
    create(shared_worker, bucket, name, tasks__max=3)
    for partition in range(4):
        produce(kafka, name, rows(partition * 2000 + 1700, 300), partition)
    bucket.wait_for_files(16)
    assert ids(bucket) == list(range(8000))
