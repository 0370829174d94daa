"""Records to files of Azure's storage, which its makers' emulator stands for; read back with pyarrow's own client. What
comes of formats, folders, cuts and bad records is the same for all stores: test_object_store_sink.py."""

import pytest
from records import INT64, STRING, envelope, produce, struct
from store_rows import ids, restart_the_broker_in_the_middle, restart_the_server_in_the_middle, shares
from support import kills
from support.network import DOWN, Network
from support.object_store import AZURE_SINK, Flaky
from support.worker import JSON, wait_for

ROW = struct(id=INT64, text=STRING)
KEY = "azure.datalake.gen2.access.key"


def rows(first, count, text="row"):
    return ((None, envelope(ROW, {"id": n, "text": text})) for n in range(first, first + count))


def create(worker, container, name, format="json.JsonFormat", **config):
    worker.create(name, **{"connector__class": AZURE_SINK, "topics": name, "flush__size": 500,
                           "format__class": f"io.confluent.connect.azure.storage.format.{format}", "key__converter": JSON,
                           "value__converter": JSON, "retry__backoff__ms": 100,
                           "azure__datalake__gen2__retry__backoff__ms": 10, "azure__datalake__gen2__part__retries": 1,
                           **container.config, **config})


@pytest.mark.parametrize("format, extension", [("json.JsonFormat", "json"), ("parquet.ParquetFormat", "snappy.parquet")],
                         ids=["json", "parquet"])
def test_files(shared_worker, kafka, container, name, format, extension):
    kafka.create(name)
    produce(kafka, name, rows(0, 1000))
    create(shared_worker, container, name, format)
    assert container.wait_for_files(2) == [
        f"topics/{name}/partition=0/{name}+0+{offset:010}.{extension}" for offset in (0, 500)]
    assert container.all_records() == [{"id": n, "text": "row"} for n in range(1000)]


def test_blob_storage_has_its_own_names_for_the_keys(shared_worker, kafka, azurite, container, name):
    kafka.create(name)
    produce(kafka, name, rows(0, 500))
    shared_worker.create(name, **{
        "connector.class": "io.confluent.connect.azure.blob.AzureBlobStorageSinkConnector", "topics": name, "flush.size": 500,
        "format.class": "io.confluent.connect.azure.blob.format.avro.AvroFormat", "key.converter": JSON, "value.converter": JSON,
        "storage.class": "io.confluent.connect.azure.blob.storage.AzureBlobStorage", "store.url": azurite.url,
        "azblob.account.name": azurite.env["_ACCOUNT"], "azblob.account.key": azurite.env["_KEY"],
        "azblob.container.name": container.name})
    assert container.wait_for_files(1) == [f"topics/{name}/partition=0/{name}+0+0000000000.avro"]
    assert container.all_records() == [{"id": n, "text": "row"} for n in range(500)]


def test_a_large_file_by_blocks_and_a_sas(shared_worker, kafka, azurite, container, name):
    kafka.create(name)
    text = "x" * 10_000
    produce(kafka, name, rows(0, 1300, text))
    container.config.pop(KEY)
    with Flaky(azurite.port) as recorder:
        container.config["store.url"] = f"{recorder.url}/{azurite.env['_ACCOUNT']}"
        create(shared_worker, container, name, flush__size=1300, azure__datalake__gen2__part__size=5_242_880,
               azure__datalake__gen2__sas__key=azurite.sas())
        container.wait_for_files(1)
        wait_for(lambda: kafka.committed(f"connect-{name}", name) == 1300, "all is committed")
    assert [(request.method, request.query["comp"]) for request in recorder.seen if request.method == "PUT"] == [
        ("PUT", "block")] * 3 + [("PUT", "blocklist")]
    assert container.all_records() == [{"id": n, "text": text} for n in range(1300)]


@pytest.mark.parametrize("config, said", [
    ({"azure.datalake.gen2.file.system": "no-such-container"}, "no-such-container"),
    ({KEY: "d3Jvbmcta2V5"}, "403"),
])
def test_what_a_user_has_to_mend_fails_at_once(shared_worker, kafka, container, name, config, said):
    kafka.create(name)
    produce(kafka, name, rows(0, 1))
    container.config.update(config)
    create(shared_worker, container, name, flush__size=1)
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert said in shared_worker.trace(name)
    assert "d3Jvbmcta2V5" not in shared_worker.trace(name) and "d3Jvbmcta2V5" not in shared_worker.log()


def test_a_killed_worker_loses_and_repeats_nothing(new_worker, kafka, azurite, name):
    """Cut by the records: the same files again. Cut by the clock: differently, so files say what they hold."""
    by_records, by_clock, before = azurite.new_bucket(), azurite.new_bucket(), {}
    size = kills.records(6500) // 13
    kafka.create(name)
    # Offsets in Kafka are far behind; and what a dead consumer had is soon another's.
    worker = new_worker(offset__flush__interval__ms=60_000, consumer__session__timeout__ms=6000).start()
    create(worker, by_records, name, flush__size=size)
    create(worker, by_clock, f"{name}-clock", topics=name, flush__size=10_000_000, rotate__schedule__interval__ms=1000, timezone="UTC",
           consumer__override__max__poll__records=50)
    with kills.meanwhile(produce, kafka, name, rows(0, 12 * size)):
        for moment in kills.moments(13 * size, 4 * size):
            wait_for(lambda least=moment // size: len(by_records.names()) >= least and by_clock.names(), "files arrive",
                     kills.seconds(13 * size))
            worker.kill()
            before.update({file: by_records.read(file) for file in by_records.names()})
            worker.start()
    produce(kafka, name, rows(12 * size, size))
    by_records.wait_for_files(13, timeout=kills.seconds(13 * size))
    by_clock.wait_for_records(13 * size, timeout=kills.seconds(13 * size))
    assert ids(by_records) == ids(by_clock) == list(range(13 * size))
    assert {file: by_records.read(file) for file in before} == before  # what was there is there in the same bytes


def test_requests_fail_and_answers_are_lost(shared_worker, kafka, azurite, container, name):
    size, files = shares(kills.records(1400), 700, 20)
    total, text = size * files, "x" * (7_000_000 // size)
    kafka.create(name)
    with Flaky(azurite.port, lambda number: {2: "refuse", 4: "lose", 5: "refuse"}.get(number % 6)) as flaky:
        container.config["store.url"] = f"{flaky.url}/{azurite.env['_ACCOUNT']}"
        create(shared_worker, container, name, flush__size=size, azure__datalake__gen2__part__size=5_242_880)
        produce(kafka, name, rows(0, total, text))
        container.wait_for_files(files, timeout=kills.seconds(total))
        assert flaky.failed > max(2, files)
        assert len({request.query["blockid"] for request in flaky.seen if request.query.get("comp") == "block"}) >= 2
    assert container.all_records() == [{"id": n, "text": text} for n in range(total)]


def test_the_server_restarts_in_the_middle(shared_worker, kafka, azurite, container, name):
    """The emulator does not keep all from a SIGKILL, so there is none."""
    restart_the_server_in_the_middle(shared_worker, kafka, azurite, container, name, create, rows, kill=(False, False))


def test_the_broker_restarts_in_the_middle(new_worker, own_kafka, azurite, name):
    restart_the_broker_in_the_middle(new_worker, own_kafka, azurite.new_bucket(), name, create, rows)


def test_a_silent_server_does_not_hold_up_a_stop(shared_worker, kafka, azurite, container, name):
    kafka.create(name)
    with Network() as network:
        link = network.link(azurite.port)
        container.config["store.url"] = f"http://{link.address}/{azurite.env['_ACCOUNT']}"
        create(shared_worker, container, name)
        produce(kafka, name, rows(0, 500))
        container.wait_for_files(1)
        link.black_hole(DOWN)
        produce(kafka, name, rows(500, 500))
        shared_worker.put(f"/connectors/{name}/stop")
        shared_worker.wait_for_states(name, "STOPPED")
        link.heal()
    assert ids(container) in (list(range(500)), list(range(1000)))  # the answer was lost, not the file
