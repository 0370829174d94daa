"""What tests of object store sinks have in common, whichever store it is."""

import collections

from records import produce
from support import kills
from support.worker import wait_for

AGAIN = "Writing failed and will be tried again"


def ids(bucket):
    return sorted(record["id"] for record in bucket.all_records())


def each_once(bucket, count):
    """That these are there, from 0 on, and nothing is there twice; what is not as it should be is told with its files."""
    found, files = collections.Counter(), collections.defaultdict(list)
    for file in bucket.names():
        numbers = [record["id"] for record in bucket.records(file)]
        found.update(numbers)
        files[min(numbers), max(numbers), len(numbers)].append(file)
    twice = sorted(number for number, times in found.items() if times > 1)
    lacking = sorted(set(range(count)) - set(found))
    assert not twice and not lacking and len(found) == count, (
        f"{len(twice)} twice, from {twice[:1]} to {twice[-1:]}; {len(lacking)} lacking, from {lacking[:1]} to {lacking[-1:]}; "
        f"first, last and count of each file: {sorted(files.items())}")


def shares(total, least, most):
    """How many records a file gets, and how many files there are: `least` in each, if there are so many, and `most` files."""
    files = max(1, min(most, total // least))
    return total // files, files


def wait_for_failure(worker, name, after=0):
    """That the sink has told one, and goes on after."""
    wait_for(lambda: worker.times_told(name, AGAIN) > after, "the failure is told")


def restart_the_server_in_the_middle(worker, kafka, server, bucket, name, create, rows, kill):
    """Twice, while a sink writes 24 files into the empty bucket: each record is there once. `kill`: how it ends, each time."""
    size = kills.records(12_000) // 24
    kafka.create(name)
    create(worker, bucket, name, flush__size=size, consumer__override__max__poll__records=max(50, size // 100))
    for how, first in zip(kill, (0, 12 * size), strict=True):
        with kills.meanwhile(produce, kafka, name, rows(first, 10 * size)):
            wait_for(lambda least=first // size + 2: len(bucket.names()) > least, "files arrive", kills.seconds(24 * size),
                     interval=0.01)
            told = worker.times_told(name, AGAIN)
            with server.stopped(kill=how):
                produce(kafka, name, rows(first + 10 * size, 2 * size))  # something is left to write, however fast it was
                wait_for_failure(worker, name, told)
    bucket.wait_for_files(24, timeout=kills.seconds(24 * size))
    each_once(bucket, 24 * size)
    assert worker.states(name) == ["RUNNING", "RUNNING"]


def restart_the_broker_in_the_middle(new_worker, kafka, bucket, name, create, rows):
    """While a sink writes 30 files into the empty bucket: each record is there once."""
    size = kills.records(15_000) // 30
    kafka.create(name)
    worker = new_worker(bootstrap__servers=kafka.address).start()
    create(worker, bucket, name, flush__size=size)
    with kills.meanwhile(produce, kafka, name, rows(0, 20 * size)):
        for moment in kills.moments(20 * size, 3 * size):
            wait_for(lambda least=moment // size: len(bucket.names()) >= least, "files arrive", kills.seconds(20 * size),
                     interval=0.01)
            kafka.stop()
            kafka.start()
    produce(kafka, name, rows(20 * size, 10 * size))
    bucket.wait_for_files(30, timeout=kills.seconds(30 * size))
    assert kafka.size(name) == 30 * size, "the topic itself has repetitions"
    each_once(bucket, 30 * size)
