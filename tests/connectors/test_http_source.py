"""Records from an HTTP server, page by page: each mode finds all and the news, resumes where it was, and comes back when it
is told to."""

import collections
import json

import pytest
from support import kills
from support.cookbook import recipe
from support.http_server import CUT, SILENT, Limit, Reply, Tokens
from support.offsets import path as offsets_path
from support.worker import JSON, STRING, Worker, wait_for

SOURCE = "io.confluent.connect.http.HttpSourceConnector"
PAGE = 10


class Items:
    """A list that grows, and the ways to page through it. Numbers from 0 on; `ticks`: so many share a time."""

    def __init__(self, count, ticks=1, page=PAGE):
        self.count, self.ticks, self.page = count, ticks, page

    def item(self, number):
        return {"id": number, "at": number // self.ticks, "text": f"item {number}"}

    def cut(self, first, most=None):
        return [self.item(number) for number in range(first, min(first + (most or self.page), self.count))]

    def by_offset(self, request):
        return Reply(body=self.cut(int(request.query["offset"])))

    def by_page(self, request):
        return Reply(body={"data": self.cut((int(request.query["page"]) - 1) * self.page)})

    def by_time(self, request):
        """All from a time on, that time included, a page of them."""
        since = int(request.query["since"] or 0)
        return Reply(body=self.cut(since * self.ticks, max(self.page, 2 * self.ticks)))

    def by_cursor(self, request):
        first = int((request.query.get("cursor") or "c0")[1:])
        more = first + self.page < self.count
        return Reply(body={"data": self.cut(first), "next": f"c{first + self.page}" if more else None})

    def by_link(self, request):
        first = int(request.query.get("from", 0))
        links = {"next": f"{request.path}?from={first + self.page}&key={request.query['key']}"}
        return Reply(body={"data": self.cut(first), "links": links if first + self.page < self.count else {}})

    def by_header(self, request):
        first = int(request.query.get("from", 0))
        next_page = f"<http://{request.headers['Host']}{request.path}?from={first + self.page}>; rel=\"next\""
        return Reply(body=self.cut(first), headers={"Link": next_page} if first + self.page < self.count else {})


MODES = {
    "by_offset": {"http__request__parameters": "offset=${offset}"},
    "by_page": {"http__offset__mode": "PAGE_NUMBER", "http__request__parameters": "page=${offset}",
                "http__response__data__json__pointer": "/data"},
    "by_time": {"http__offset__mode": "CHAINING", "http__offset__json__pointer": "/at",
                "http__request__parameters": "since=${offset}"},
    "by_cursor": {"http__offset__mode": "CURSOR_PAGINATION", "http__next__page__json__pointer": "/next",
                  "http__response__data__json__pointer": "/data", "http__request__parameters": "cursor=${offset}"},
    "by_link": {"http__offset__mode": "NEXT_LINK", "http__next__page__json__pointer": "/links/next",
                "http__response__data__json__pointer": "/data", "http__request__parameters": "key=s3cret-key"},
    "by_header": {"http__offset__mode": "NEXT_LINK"},
}


def create(worker, server, name, **config):
    worker.create(name, **{"connector__class": SOURCE, "url": server.url + "/items", "topic__name__pattern": name,
                           "value__converter": JSON, "value__converter__schemas__enable": "false",
                           "key__converter": STRING, "request__interval__ms": 50, "retry__backoff__ms": 50,
                           "max__retries": 1000, **config})


def ids(kafka, topic, timeout=20):
    return [json.loads(record.value())["id"] for record in kafka.read(topic, timeout)]


def wait_for_ids(kafka, topic, count, timeout=30):
    wait_for(lambda: kafka.size(topic) >= count, lambda: f"{count} records, but {kafka.size(topic)}", timeout)
    return ids(kafka, topic, timeout)


def create_all(worker, kafka, server, name, **config):
    """One for each mode, each with a path and a topic of its own."""
    for mode, settings in MODES.items():
        kafka.create(f"{name}-{mode}")
        create(worker, server, f"{name}-{mode}", url=f"{server.url}/{mode}", **settings, **config)


def test_all_pages_and_the_news_come_once(shared_worker, kafka, server, name):
    items = Items(35, ticks=3)
    server.respond = lambda request: getattr(items, request.path[1:])(request)
    create_all(shared_worker, kafka, server, name, http__record__key__json__pointer="/id")
    for count in (35, 36, 57):
        items.count = count
        for mode in MODES:
            wait_for(lambda: kafka.size(f"{name}-{mode}") >= count, f"{mode}: {count} records")
    # They go on asking, and nothing comes twice.
    asked = {mode: len(server.asked(f"/{mode}")) for mode in MODES}
    for mode in MODES:
        wait_for(lambda: len(server.asked(f"/{mode}")) > asked[mode] + 5, f"{mode} asks again")
        records = kafka.read(f"{name}-{mode}")
        assert [json.loads(record.value()) for record in records] == items.cut(0, 57), mode
        assert records[7].key() == b"7"
        assert shared_worker.states(f"{name}-{mode}") == ["RUNNING", "RUNNING"]


def test_a_killed_worker_resumes_and_loses_nothing(new_worker, kafka, server, name):
    total, pages = kills.records(3600) // len(MODES), 60
    items = Items(total, ticks=3, page=total // pages)
    limit, *more = (moment * pages // total for moment in kills.moments(total, total // 2))

    def respond(request):
        # So far and no further before the kill, however slow that is.
        if len(server.asked(request.path)) > limit:
            return SILENT
        return getattr(items, request.path[1:])(request)

    def stored(mode):
        offsets = worker.get(offsets_path(f"{name}-{mode}")).json["offsets"]
        return offsets and offsets[0]["offset"]["offset"]

    server.respond = respond
    worker = new_worker(offset__flush__interval__ms=20, session__timeout__ms=6000, heartbeat__interval__ms=1000).start()
    create_all(worker, kafka, server, name)
    for following in (*more, 1_000_000):
        for mode in MODES:
            wait_for(lambda: len(server.asked(f"/{mode}")) > limit and stored(mode) not in ([], "", "0", "1"),
                     f"{mode}: {limit} pages are behind it", kills.seconds(total))
        worker.kill()
        limit, asked = following, {mode: len(server.asked(f"/{mode}")) for mode in MODES}
        worker.start()
    begin = {"offset": "0", "page": "1", "since": "", "cursor": "", "from": None}
    for mode in MODES:
        topic = f"{name}-{mode}"
        wait_for(lambda: kafka.size(topic) >= total and set(ids(kafka, topic, kills.seconds(total))) == set(range(total)),
                 f"{mode}: all have come", kills.seconds(total), interval=0.5)
        again = server.asked(f"/{mode}")[asked[mode]].query
        assert any(begin[key] != value for key, value in again.items() if key in begin), f"{mode} began anew: {again}"


def test_a_broker_restart_loses_nothing(own_kafka, server, name, tmp_path):
    """From the server to a topic, and from there back to the server."""
    total, taken = kills.records(1000), collections.Counter()
    items = Items(total // 2, page=max(PAGE, total // 100))

    def respond(request):
        if request.path == "/items":
            return items.by_offset(request)
        taken.update(item["id"] for item in request.json)
        return Reply()

    server.respond = respond
    own_kafka.create(name)
    with Worker(tmp_path, name, own_kafka.address) as worker:
        create(worker, server, name, **MODES["by_offset"])
        worker.create(f"{name}-back", connector__class="HttpSink", topics=name, http__url=server.url + "/back",
                      batching__enabled="true", batch__max__size=max(7, total // 2000), batch__json__as__array="true", key__converter=STRING,
                      value__converter=JSON, value__converter__schemas__enable="false")
        wait_for(lambda: len(taken) > total // 10, "some are back", kills.seconds(total))
        own_kafka.stop()
        items.count = total
        own_kafka.start()
        wait_for(lambda: len(taken) == total, lambda: f"{total} are back, but {len(taken)}", kills.seconds(total))
        assert sorted(taken) == list(range(total))
        for connector in (name, f"{name}-back"):  # they stop for a moment if the broker was away for long
            worker.wait_for_states(connector, "RUNNING", "RUNNING")


def test_a_web_services_list(shared_worker, kafka, server, name):
    """The pipeline of the cookbook in README.md, by its own JSON."""
    tickets = [{"id": n, "updated_at": f"2024-01-01T00:00:{n // 2:02}Z"} for n in range(30)]

    def respond(request):
        since, limit = request.query["updated_since"], int(request.query["limit"])
        return Reply(body={"data": [one for one in tickets if one["updated_at"] >= since][:limit]})

    server.respond = respond
    config = recipe("A web service's list into a topic")
    config.update({"topic.name.pattern": name, "url": config["url"].replace("https://api.example.com", server.url),
                   "http.request.parameters": config["http.request.parameters"].replace("100", "7"),
                   "request.interval.ms": 50, "key.converter": STRING, "value.converter": JSON,
                   "value.converter.schemas.enable": "false"})
    kafka.create(name)
    shared_worker.create(name, **config)
    assert wait_for_ids(kafka, name, 30) == list(range(30))
    tickets.append({"id": 30, "updated_at": tickets[-1]["updated_at"]})
    assert wait_for_ids(kafka, name, 31) == list(range(31))
    assert kafka.read(name)[30].key() == b"30"


def test_a_snapshot_is_read_again_and_again(shared_worker, kafka, server, name):
    items = Items(25)
    server.respond = items.by_cursor
    kafka.create(name)
    create(shared_worker, server, name, http__offset__mode="SNAPSHOT_PAGINATION", http__next__page__json__pointer="/next",
           http__response__data__json__pointer="/data", http__request__parameters="cursor=${offset}")
    wait_for(lambda: kafka.size(name) >= 75, "it is read three times")
    shared_worker.put(f"/connectors/{name}/stop")
    shared_worker.wait_for_states(name, "STOPPED")
    assert ids(kafka, name)[:75] == list(range(25)) * 3


def test_faults_of_every_kind(shared_worker, kafka, server, name):
    total = kills.records(80)
    early, last = total * 3 // 4, total * 7 // 8
    items, moments, reached = Items(early, page=max(PAGE, total // 400)), kills.moments(early, PAGE), []

    def respond(request):
        offset = int(request.query["offset"])
        if moments and offset >= moments[0]:
            moments.pop(0)
            server.next(CUT, Reply(503), items.by_offset, Reply(429, headers={"Retry-After": "1"}), items.by_offset, CUT, CUT,
                        Reply(500), SILENT, Reply(408))
        if offset >= last and not reached:
            reached.append(offset)
            return SILENT
        return items.by_offset(request)

    server.respond = respond
    kafka.create(name)
    create(shared_worker, server, name, http__request__timeout__ms=500, **MODES["by_offset"])
    assert wait_for_ids(kafka, name, early, kills.seconds(total)) == list(range(early))
    assert not moments
    items.count = total
    wait_for(lambda: reached, "it is in the middle of the rest", kills.seconds(total))
    server.stop()
    server.start()
    assert wait_for_ids(kafka, name, total, kills.seconds(total)) == list(range(total))


def test_a_limit_is_believed_and_not_counted(shared_worker, kafka, server, name):
    limit = Limit(Items(5).by_offset)
    server.respond = limit
    kafka.create(name)
    create(shared_worker, server, name, max__retries=0, **MODES["by_offset"])
    wait_for_ids(kafka, name, 5)
    assert limit.refused == 1


def test_entities_are_shared_out_and_each_goes_to_its_topic(shared_worker, kafka, server, name):
    items = {"a": Items(15), "b": Items(25), "c": Items(5)}
    server.respond = lambda request: items[request.path.strip("/")].by_offset(request)
    for entity in items:
        kafka.create(f"{name}-{entity}")
    create(shared_worker, server, name, url=server.url + "/${entityName}", entity__names="a,b,c", tasks__max=2,
           topic__name__pattern=name + "-${entityName}", **MODES["by_offset"])
    for entity, list_of in items.items():
        assert wait_for_ids(kafka, f"{name}-{entity}", list_of.count) == list(range(list_of.count))
    shared_worker.wait_for_states(name, "RUNNING", "RUNNING", "RUNNING")


def test_offsets_are_seen_and_altered_by_rest_and_hold_no_secret(shared_worker, kafka, server, name):
    items = Items(35)
    server.respond = items.by_link
    kafka.create(name)
    create(shared_worker, server, name, **MODES["by_link"])
    wait_for_ids(kafka, name, 35)
    wait_for(lambda: shared_worker.get(offsets_path(name)).json["offsets"], "offsets are stored")
    shared_worker.put(f"/connectors/{name}/stop")
    shared_worker.wait_for_states(name, "STOPPED")
    stored = shared_worker.get(offsets_path(name))
    assert stored.json["offsets"][0]["partition"] == {"entity": ""}
    assert stored.json["offsets"][0]["offset"]["offset"].startswith("/items?from=") and "s3cret" not in stored.text
    offsets = [{"partition": {"entity": ""}, "offset": {"offset": "/items?from=20"}}]
    answer = shared_worker.request("PATCH", offsets_path(name), {"offsets": offsets})
    assert answer.code == 200, answer.text
    shared_worker.put(f"/connectors/{name}/resume")
    assert wait_for_ids(kafka, name, 50) == list(range(35)) + list(range(20, 35))
    assert all(request.query["key"] == "s3cret-key" for request in server.requests)


def test_tokens_are_fetched_and_renewed(shared_worker, kafka, server, name):
    items, tokens = Items(15), Tokens()

    def respond(request):
        if request.path == "/token":
            return tokens.give(request)
        return items.by_offset(request) if tokens.allows(request) else Reply(401, "no " + request.headers["Authorization"])

    server.respond = respond
    kafka.create(name)
    create(shared_worker, server, name, auth__type="OAUTH2", oauth2__token__url=server.url + "/token",
           oauth2__client__id="me", oauth2__client__secret="client-s3cret", **MODES["by_offset"])
    wait_for_ids(kafka, name, 15)
    tokens.revoke()
    items.count = 30
    assert wait_for_ids(kafka, name, 30) == list(range(30))
    assert len(tokens.given) == 2
    # From now on every token is refused, and the answers quote what was sent.
    tokens.allows = lambda request: False
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert "was answered with 401: no Bearer ***" in shared_worker.trace(name)
    for text in (shared_worker.log(), shared_worker.trace(name)):
        assert not any(secret in text for secret in ("client-s3cret", *tokens.given))


@pytest.mark.parametrize("answer, said", [
    (Reply(401), "was answered with 401"),
    (Reply(200, "<html>"), "it is no JSON"),
    (Reply(200, {"items": []}), "it has nothing at /data"),
    (Reply(200, {"data": [1], "next": "http://127.0.0.1:1/steal"}), "passwords would go to another server"),
], ids=["password", "html", "pointer", "link"])
def test_what_cannot_pass_fails_the_task(shared_worker, kafka, server, name, answer, said):
    server.respond = lambda request: answer
    create(shared_worker, server, name, http__offset__mode="NEXT_LINK", http__next__page__json__pointer="/next",
           http__response__data__json__pointer="/data", http__request__parameters="key=s3cret-key")
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    trace = shared_worker.trace(name)
    assert said in trace and "s3cret-key" not in trace


def test_a_stop_does_not_wait_for_a_silent_server(shared_worker, kafka, server, name):
    server.respond = lambda request: SILENT
    create(shared_worker, server, name, http__timeout=600, **MODES["by_offset"])
    wait_for(lambda: server.requests, "it asks")
    assert shared_worker.put(f"/connectors/{name}/stop").code == 204
    shared_worker.wait_for_states(name, "STOPPED")
