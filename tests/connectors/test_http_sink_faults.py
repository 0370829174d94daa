"""Records to an HTTP server that fails in every way, and from a worker that is killed: nothing lost, nothing that was taken is
sent again but where a worker was killed or an answer lost, keys in order."""

import collections

from records import produce
from support import kills
from support.http_server import CUT, SILENT, Reply
from support.worker import wait_for
from test_http_sink import create

AGAIN = "A request failed and will be tried again"


def batches(total):
    """A request for each record of few; of many no more than some thousands. Answers how many records are in each, too."""
    size = max(1, total // 2000)
    return size, {"batching__enabled": str(size > 1).lower(), "batch__suffix": "", "batch__max__size": size}


def test_faults_of_every_kind_lose_nothing_and_keep_the_order(shared_worker, kafka, server, name):
    """A cut or a silence may come after the server has acted; here it comes before, so each is taken once."""
    total, taken = kills.records(200), []
    moments = kills.moments(total, 50)

    def respond(request):
        taken.extend(request.text.split("\n"))
        if moments and len(taken) >= moments[0]:
            moments.pop(0)
            # (A cut of a connection that was used before is tried again by libcurl itself, once.)
            server.next(CUT, Reply(503), respond, Reply(429, headers={"Retry-After": "1"}), respond, CUT, CUT, Reply(500),
                        SILENT, Reply(408), respond)
        return Reply(204)

    server.respond = respond
    kafka.create(name)
    kafka.produce(name, map(str, range(total)))
    create(shared_worker, server, name, http__request__timeout__ms=500, **batches(total)[1])
    wait_for(lambda: len(taken) >= total, lambda: f"{total} are taken, but {len(taken)}", kills.seconds(total))
    assert taken == [str(n) for n in range(total)]
    assert not moments
    wait_for(lambda: kafka.committed(f"connect-{name}", name) == total, "all is committed")


def test_the_server_is_away_for_a_while(shared_worker, kafka, server, name):
    total, taken, produced = kills.records(2000), [], 0

    def respond(request):
        taken.extend(request.text.split("\n"))
        return Reply()

    server.respond = respond
    kafka.create(name)
    create(shared_worker, server, name, batching__enabled="true", batch__suffix="", batch__max__size=max(50, total // 2000))
    for moment in kills.moments(total, total // 2):
        before, told = len(taken), shared_worker.times_told(name, AGAIN)
        with kills.meanwhile(kafka.produce, name, map(str, range(produced, moment))):
            wait_for(lambda least=before + (moment - produced) // 4: len(taken) > least, "some are taken", kills.seconds(total))
            server.stop()
        produced = moment + total // 10
        kafka.produce(name, map(str, range(moment, produced)))  # something is left to send, however fast it was
        wait_for(lambda times=told: shared_worker.times_told(name, AGAIN) > times, "the failure is told")
        server.start()
    kafka.produce(name, map(str, range(produced, total)))
    # What was under way when it stopped may have been taken, and come again.
    wait_for(lambda: len(set(taken)) == total, lambda: f"{total} are taken, but {len(set(taken))}", kills.seconds(total),
             interval=0.2)
    assert list(dict.fromkeys(taken)) == [str(n) for n in range(total)]


def test_a_killed_worker_loses_nothing(new_worker, kafka, server, name):
    """Repetitions have the Idempotency-Key of what they repeat."""
    total, taken, seen = kills.records(600), collections.Counter(), {}
    limit, *more = kills.moments(total, 200)

    def respond(request):
        if len(taken) > limit:  # so far and no further before the kill
            return SILENT
        seen.setdefault(request.headers["Idempotency-Key"], set()).add(request.text)
        taken.update(request.text.split("\n"))
        return Reply()

    server.respond = respond
    kafka.create(name, partitions=2)
    worker = new_worker(offset__flush__interval__ms=60_000, session__timeout__ms=6000, heartbeat__interval__ms=1000,
                        consumer__session__timeout__ms=6000).start()
    create(worker, server, name, tasks__max=2, http__idempotency__key="true", **batches(total)[1])
    for partition in range(2):
        produce(kafka, name, ((None, f"{partition}-{n}") for n in range(total // 2)), partition)
    for following in (*more, total):
        wait_for(lambda: len(taken) > limit, "some are taken", kills.seconds(total))
        worker.kill()
        limit = following
        worker.start()
    wait_for(lambda: len(taken) == total, lambda: f"{total} are taken, but {len(taken)}", kills.seconds(total))
    assert set(taken) == {f"{p}-{n}" for p in range(2) for n in range(total // 2)}
    assert all(len(texts) == 1 for texts in seen.values())
    assert max(taken.values()) > 1, "the killed worker had committed all: the test shows nothing"


def test_requests_beside_each_other_keep_the_order_of_keys(shared_worker, kafka, server, name):
    total, taken = kills.records(1000), collections.defaultdict(list)
    size, batching = batches(total)  # of one key each, so that they may overtake each other
    moments = kills.moments(total, 100)

    def respond(request):
        for record in request.text.split("\n"):
            key, _, number = record.partition("=")
            taken[key].append(int(number))
        return Reply()

    server.respond = respond
    kafka.create(name)
    produce(kafka, name, ((key, f"{key}={n}") for n in range(total) for key in [f"k{n // size % 20}"]))
    create(shared_worker, server, name, max__in__flight__requests=8,
           consumer__override__max__poll__records=max(500, 20 * size), **batching)  # a put is of many requests
    for moment in moments:
        wait_for(lambda least=moment: sum(map(len, list(taken.values()))) >= least, "some are taken", kills.seconds(total),
                 interval=0.01)
        server.next(Reply(503), CUT, Reply(503), times=5)
    wait_for(lambda: sum(map(len, list(taken.values()))) >= total, "all are taken", kills.seconds(total))
    assert shared_worker.times_told(name, AGAIN) > 0
    for key, numbers in taken.items():
        assert numbers == sorted(numbers), key
    assert sorted(number for numbers in taken.values() for number in numbers) == list(range(total))
