"""What tests of object store sinks have in common, whichever store it is."""

from records import produce
from support import kills
from support.worker import wait_for


def ids(bucket):
    return sorted(record["id"] for record in bucket.all_records())


def restart_the_broker_in_the_middle(new_worker, kafka, bucket, name, create, rows):
    """While a sink writes 30 files into the empty bucket: each record is there once."""
    size = kills.records(15_000) // 30
    kafka.create(name)
    worker = new_worker(bootstrap__servers=kafka.address).start()
    create(worker, bucket, name, flush__size=size)
    with kills.meanwhile(produce, kafka, name, rows(0, 20 * size)):
        wait_for(lambda: len(bucket.names()) > 2, "files arrive", kills.seconds(20 * size), interval=0.01)
        kafka.stop()
        kafka.start()
    produce(kafka, name, rows(20 * size, 10 * size))
    bucket.wait_for_files(30, timeout=kills.seconds(30 * size))
    assert ids(bucket) == list(range(30 * size))
