"""The object store sink while its worker is killed, servers restart, uploads and the network fail: nothing lost, and nothing
twice, as files are cut the same each time."""

import contextlib

import pytest
from records import INT64, STRING, envelope, produce, struct
from store_rows import AGAIN, ids, restart_the_broker_in_the_middle, restart_the_server_in_the_middle, shares, wait_for_failure
from support import kills
from support.network import DOWN, UP, Network
from support.object_store import SINK, Flaky
from support.worker import JSON, wait_for

ROW = struct(id=INT64, text=STRING)


def rows(first, count, text="some text"):
    return ((None, envelope(ROW, {"id": n, "text": text})) for n in range(first, first + count))


def create(worker, bucket, name, **config):
    worker.create(name, **{"connector__class": SINK, "topics": name, "flush__size": 500,
                           "format__class": "io.confluent.connect.s3.format.json.JsonFormat", "key__converter": JSON,
                           "value__converter": JSON, "retry__backoff__ms": 100, "s3__retry__backoff__ms": 10,
                           "s3__part__retries": 1, **bucket.config, **config})


@pytest.mark.parametrize("bucket, format", [("s3", "parquet.ParquetFormat"), ("file", "avro.AvroFormat")], indirect=["bucket"])
def test_a_killed_worker_loses_and_repeats_nothing(new_worker, kafka, bucket, name, format):
    total, files, before = kills.records(40_000), 80, {}
    each = total // 2  # of a partition
    early = each * 9 // 10
    kafka.create(name, partitions=2)
    # Offsets in Kafka are far behind; and what a dead consumer had is soon another's.
    worker = new_worker(offset__flush__interval__ms=60_000, consumer__session__timeout__ms=6000).start()
    create(worker, bucket, name, tasks__max=2, flush__size=total // files,
           format__class=f"io.confluent.connect.s3.format.{format}")
    with contextlib.ExitStack() as produced:
        for partition in range(2):  # the last tenth is left to write, however fast it is
            produced.enter_context(kills.meanwhile(produce, kafka, name, rows(partition * each, early), partition))
        for moment in kills.moments(total, total // 20):
            wait_for(lambda least=moment * files // total: len(bucket.names()) >= least, "files arrive", kills.seconds(total),
                     interval=0.01)
            worker.kill()
            for file in bucket.names():  # what was there is there in the same bytes
                content = bucket.read(file)
                assert before.setdefault(file, content) == content
            worker.start()
    for partition in range(2):
        produce(kafka, name, rows(partition * each + early, each - early), partition)
    bucket.wait_for_files(files, timeout=kills.seconds(total))
    assert ids(bucket) == list(range(total))
    assert {file: bucket.read(file) for file in before} == before


@pytest.mark.parametrize("bucket", ["s3", "file"], indirect=True)
def test_a_killed_worker_that_cuts_by_the_clock_repeats_nothing(new_worker, kafka, bucket, name):
    """Files are cut differently after it: objects say what they hold, so it is left out. (The S3 server of the tests takes
    If-None-Match and does not heed it.)"""
    written = 0
    kafka.create(name)
    total = kills.records(4000)
    worker = new_worker(offset__flush__interval__ms=60_000, consumer__session__timeout__ms=6000).start()
    create(worker, bucket, name, flush__size=10_000_000, rotate__schedule__interval__ms=1000, timezone="UTC",
           consumer__override__max__poll__records=50)
    for moment in kills.moments(total, total * 3 // 4):
        with kills.meanwhile(produce, kafka, name, rows(written, moment - written)):
            wait_for(lambda least=len(bucket.names()): len(bucket.names()) > least, "a file arrives", kills.seconds(total))
            worker.kill()
            worker.start()
        written = moment
    produce(kafka, name, rows(written, total - written))
    bucket.wait_for_records(total, timeout=kills.seconds(total))
    assert ids(bucket) == list(range(total))


def test_the_server_restarts_and_is_killed_in_the_middle(shared_worker, kafka, s3, name):
    restart_the_server_in_the_middle(shared_worker, kafka, s3, s3.new_bucket(), name, create, rows, kill=(False, True))


def test_the_broker_restarts_in_the_middle(new_worker, own_kafka, s3, name):
    restart_the_broker_in_the_middle(new_worker, own_kafka, s3.new_bucket(), name, create, rows)


@pytest.mark.parametrize("by_parts, least, most", [(False, 100, 100), (True, 1500, 20)], ids=["by one call", "by parts"])
def test_uploads_that_fail_are_done_again(shared_worker, kafka, s3, name, by_parts, least, most):
    bucket, (size, files) = s3.new_bucket(), shares(kills.records(1500), least, most)
    total, text = size * files, "x" * (14_000_000 // size if by_parts else 1)
    kafka.create(name)
    with Flaky(s3.port, lambda number: {2: "refuse", 5: "lose", 6: "refuse"}.get(number % 7)) as flaky:
        bucket.config["store.url"] = flaky.url
        create(shared_worker, bucket, name, flush__size=size, s3__part__size=5_242_880)
        produce(kafka, name, rows(0, total, text))
        bucket.wait_for_files(files, timeout=kills.seconds(total))
        wait_for(lambda: kafka.committed(f"connect-{name}", name) == total, "all is committed")
        assert flaky.failed > max(2, files // 3)
        parts = {request.query["partNumber"] for request in flaky.seen if "partNumber" in request.query}
        assert parts == ({"1", "2", "3"} if by_parts else set())
    assert ids(bucket) == list(range(total))


def test_the_network_fails_in_the_middle_of_parts(shared_worker, kafka, s3, name):
    """Of each file of 8 MB some is on its way when it does."""
    bucket, (size, files) = s3.new_bucket(), shares(kills.records(4000), 800, 20)
    total, text = size * files, "x" * (8_000_000 // size)
    kafka.create(name)
    with Network() as network:
        link = network.link(s3.port)
        link.delay(0.02, UP)  # no faster than a test can cut
        bucket.config["store.url"] = f"http://{link.address}"
        create(shared_worker, bucket, name, flush__size=size, s3__part__size=5_242_880)
        for first in range(0, total, size):
            bucket.wait_for_files(first // size, timeout=kills.seconds(size))  # those before are there, and do not count
            carried = link.carried()[UP]
            with kills.meanwhile(produce, kafka, name, rows(first, size, text)):
                wait_for(lambda least=carried + 1_000_000: link.carried()[UP] > least, "a file is on its way",
                         kills.seconds(size), interval=0.01)
                told = shared_worker.times_told(name, AGAIN)
                if first + size < total:
                    link.cut()
                else:
                    link.refuse()
        wait_for_failure(shared_worker, name, told)
        link.heal()
        bucket.wait_for_files(files, timeout=kills.seconds(total))
    assert ids(bucket) == list(range(total))
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
    size = kills.records(8000) // 16
    each, early = 4 * size, size * 17 // 5  # of a partition
    kafka.create(name, partitions=4)
    create(shared_worker, bucket, name, tasks__max=1, flush__size=size)
    for partition in range(4):
        produce(kafka, name, rows(partition * each, early), partition)
    wait_for(lambda: len(bucket.names()) > 2, "files arrive", kills.seconds(4 * each))
    create(shared_worker, bucket, name, tasks__max=3, flush__size=size)
    for partition in range(4):
        produce(kafka, name, rows(partition * each + early, each - early), partition)
    bucket.wait_for_files(16, timeout=kills.seconds(4 * each))
    assert ids(bucket) == list(range(4 * each))
