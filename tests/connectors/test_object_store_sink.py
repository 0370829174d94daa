"""Records to objects of a real S3 server, and of a local folder: every format, read back with pyarrow, DuckDB and
fastavro; folders, names, cuts, keys, headers, bad records."""

import datetime
import decimal as decimals
import io
import json

import duckdb
import fastavro
import pyarrow.parquet
import pytest
from records import (
    BOOLEAN, BYTES, DATE, FLOAT32, FLOAT64, INT8, INT16, INT32, INT64, STRING, TIME, TIMESTAMP, array, decimal, envelope,
    optional, produce, struct, unscaled)
from support.cookbook import recipe
from support.object_store import SINK, Flaky
from support.registry import AVRO, converter
from support.worker import JSON, wait_for
from support.worker import STRING as STRING_CONVERTER

BYTES_CONVERTER = "org.apache.kafka.connect.converters.ByteArrayConverter"
ORDER = struct(id=INT64, item=STRING, region=optional(STRING))
FORMAT = "io.confluent.connect.s3.format."


def order(number, item="pen", region="north"):
    return envelope(INT64, number), envelope(ORDER, {"id": number, "item": item, "region": region})


def avro(number, schema, value):
    """A record as AvroConverter reads it, of the schema with this id."""
    out = io.BytesIO(b"\0" + number.to_bytes(4, "big"))
    out.seek(5)
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), value)
    return out.getvalue()


def create(worker, bucket, name, format="json.JsonFormat", **config):
    worker.create(name, **{"connector__class": SINK, "storage__class": "io.confluent.connect.s3.storage.S3Storage",
                           "topics": name, "flush__size": 10, "format__class": FORMAT + format, "key__converter": JSON,
                           "value__converter": JSON, "retry__backoff__ms": 200, **bucket.config, **config})


def dead_letters(name):
    return {"errors__tolerance": "all", "errors__deadletterqueue__topic__name": f"{name}-dead",
            "errors__deadletterqueue__topic__replication__factor": 1,
            "errors__deadletterqueue__context__headers__enable": "true"}


ALL = struct(i8=INT8, i16=INT16, i32=INT32, i64=INT64, f32=FLOAT32, f64=FLOAT64, b=BOOLEAN, s=STRING, y=BYTES, d=decimal(3),
             day=DATE, t=TIME, ts=TIMESTAMP, ints=array(INT32), m={"type": "map", "keys": STRING, "values": INT32},
             inner=struct(a=INT32, b=optional(STRING)), nothing=optional(STRING))
PAYLOAD = {"i8": -8, "i16": 16000, "i32": -32, "i64": 1 << 40, "f32": 1.5, "f64": 0.1, "b": True, "s": "ä'\"\\\t\n",
           "y": "AAH/", "d": unscaled(-1234567), "day": 19782, "t": 3723004, "ts": 1709209800250, "ints": [1, 2, 3],
           "m": {"k": 1}, "inner": {"a": 1, "b": None}, "nothing": None}
INSTANT = datetime.datetime(2024, 2, 29, 12, 30, 0, 250000, datetime.timezone.utc)
READ = {"i8": -8, "i16": 16000, "i32": -32, "i64": 1 << 40, "f32": 1.5, "f64": 0.1, "b": True, "s": "ä'\"\\\t\n",
        "y": b"\x00\x01\xff", "d": decimals.Decimal("-1234.567"), "day": datetime.date(2024, 2, 29),
        "t": datetime.time(1, 2, 3, 4000), "ts": INSTANT, "ints": [1, 2, 3], "m": {"k": 1},
        "inner": {"a": 1, "b": None}, "nothing": None}


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "brotli", "zstd"])
def test_parquet_of_all_types(shared_worker, kafka, bucket, name, codec):
    kafka.create(name)
    kafka.produce(name, [envelope(ALL, PAYLOAD)] * 10)
    create(shared_worker, bucket, name, "parquet.ParquetFormat", parquet__codec=codec)
    extension = {"none": ".parquet", "gzip": ".gz.parquet", "brotli": ".br.parquet"}.get(codec, f".{codec}.parquet")
    assert bucket.wait_for_files(1) == [f"topics/{name}/partition=0/{name}+0+0000000000{extension}"]
    records = bucket.all_records()
    assert len(records) == 10
    assert {**records[0], "m": dict(records[0]["m"])} == READ


def test_parquet_read_by_duckdb(shared_worker, kafka, bucket, name, tmp_path):
    kafka.create(name)
    kafka.produce(name, [envelope(ALL, {**PAYLOAD, "i64": n}) for n in range(1000)])
    create(shared_worker, bucket, name, "parquet.ParquetFormat", flush__size=1000)
    (file,) = bucket.wait_for_files(1)
    (tmp_path / "read.parquet").write_bytes(bucket.read(file))
    found = duckdb.sql("SELECT count(*), sum(i64), min(d), min(\"inner\".a), min(m['k']), sum(len(ints)) "
                       f"FROM '{tmp_path}/read.parquet'").fetchall()[0]
    assert found == (1000, sum(range(1000)), decimals.Decimal("-1234.567"), 1, 1, 3000)


@pytest.mark.parametrize("codec", ["null", "deflate", "snappy", "bzip2"])
def test_avro_of_all_types(shared_worker, kafka, bucket, name, codec):
    kafka.create(name)
    kafka.produce(name, [envelope(ALL, PAYLOAD)] * 10)
    create(shared_worker, bucket, name, "avro.AvroFormat", avro__codec=codec)
    assert bucket.wait_for_files(1) == [f"topics/{name}/partition=0/{name}+0+0000000000.avro"]
    assert bucket.all_records() == [READ] * 10


def test_json_lines(shared_worker, kafka, bucket, name):
    kafka.create(name)
    kafka.produce(name, [envelope(ALL, PAYLOAD)] * 10)
    create(shared_worker, bucket, name, json__decimal__format="NUMERIC")
    bucket.wait_for_files(1)
    assert bucket.all_records() == [{**PAYLOAD, "d": -1234.567}] * 10


def test_json_without_schemas_in_gzip(shared_worker, kafka, bucket, name):
    kafka.create(name)
    values = [{"n": n, "list": [1, None, "x"], "deep": {"a": 1.5}} for n in range(10)]
    kafka.produce(name, [json.dumps(value) for value in values])
    create(shared_worker, bucket, name, value__converter__schemas__enable="false", s3__compression__type="gzip",
           s3__compression__level=9, topics__dir="lake/raw")
    assert bucket.wait_for_files(1) == [f"lake/raw/{name}/partition=0/{name}+0+0000000000.json.gz"]
    assert bucket.all_records() == values


def test_bytes_as_they_are(shared_worker, kafka, bucket, name):
    kafka.create(name)
    values = [bytes([n, 0, 255, 10]) for n in range(10)]
    kafka.produce(name, values)
    create(shared_worker, bucket, name, "bytearray.ByteArrayFormat", value__converter=BYTES_CONVERTER,
           format__bytearray__separator="|", format__bytearray__extension=".raw", file__delim="-",
           filename__offset__zero__pad__width=3)
    (file,) = bucket.wait_for_files(1)
    assert file == f"topics/{name}/partition=0/{name}-0-000.raw"
    assert bucket.read(file) == b"".join(value + b"|" for value in values)


def test_folders_of_fields(shared_worker, kafka, bucket, name):
    kafka.create(name)
    produce(kafka, name, [order(n, region=["north", "south", None][n % 3]) for n in range(30)])
    create(shared_worker, bucket, name, flush__size=30, partition__field__name="region,item",
           partitioner__class="io.confluent.connect.storage.partitioner.FieldPartitioner")
    assert bucket.wait_for_files(3) == [
        f"topics/{name}/region={region}/item=pen/{name}+0+000000000{n}.json"
        for region, n in (("north", 0), ("null", 2), ("south", 1))]
    assert [record["id"] for record in bucket.all_records("north")] == list(range(0, 30, 3))


def test_cut_by_records_time(shared_worker, kafka, bucket, name):
    kafka.create(name)
    schema = struct(id=INT64, at=STRING)
    times = ["2024-02-29T10:00:00Z", "2024-02-29T10:09:00Z", "2024-02-29T10:11:00Z", "2024-02-29T11:30:00+01:00",
             "2024-02-29T12:00:00Z"]
    kafka.produce(name, [envelope(schema, {"id": n, "at": at}) for n, at in enumerate(times)])
    create(shared_worker, bucket, name, flush__size=1000, rotate__interval__ms=600_000, locale="en-US", timezone="UTC",
           partitioner__class="io.confluent.connect.storage.partitioner.HourlyPartitioner",
           timestamp__extractor="RecordField", timestamp__field="at")
    wait_for(lambda: len(bucket.names()) == 3, lambda: f"three files: {bucket.names()}")
    day = f"topics/{name}/year=2024/month=02/day=29/hour=10/{name}+0+000000000"
    assert bucket.names() == [f"{day}{n}.json" for n in (0, 2, 3)]
    assert [record["id"] for record in bucket.all_records()] == [0, 1, 2, 3]


def test_cut_by_the_clock(shared_worker, kafka, bucket, name):
    kafka.create(name)
    produce(kafka, name, [order(1), order(2)])
    create(shared_worker, bucket, name, flush__size=1000, rotate__schedule__interval__ms=1000, timezone="Europe/Berlin")
    bucket.wait_for_records(2)
    produce(kafka, name, [order(3)])
    records = bucket.wait_for_records(3)
    assert [record["id"] for record in records] == [1, 2, 3]


def test_an_object_of_many_parts(shared_worker, kafka, s3, name):
    bucket = s3.new_bucket()
    kafka.create(name)
    text = "x" * 10_000
    kafka.produce(name, [envelope(STRING, f"{n} {text}") for n in range(1200)])  # 12 MB
    with Flaky(s3.port) as recorder:
        bucket.config["store.url"] = recorder.url
        create(shared_worker, bucket, name, flush__size=1200, s3__part__size=5_242_880, s3__send__digest="true")
        bucket.wait_for_files(1)
        wait_for(lambda: kafka.committed(f"connect-{name}", name) == 1200, "all is committed")
    assert bucket.all_records() == [f"{n} {text}" for n in range(1200)]
    begin, *parts, end = [request for request in recorder.seen if request.method != "HEAD"]
    assert (begin.method, begin.query) == ("POST", {"uploads": ""})
    upload = end.query["uploadId"]
    assert (end.method, end.query) == ("POST", {"uploadId": upload})
    assert [(part.method, part.query) for part in parts] == [
        ("PUT", {"partNumber": str(number), "uploadId": upload}) for number in (1, 2, 3)]
    assert [part.size for part in parts[:2]] == [5_242_880] * 2
    assert all("Content-MD5" in part.headers for part in parts)


def test_keys_and_headers(shared_worker, kafka, bucket, name):
    kafka.create(name)
    kafka.produce(name, [envelope(ORDER, {"id": n, "item": "x", "region": None}) for n in range(10)], key="the key",
                  headers=[("trace", b"abc"), ("n", b"5")])
    create(shared_worker, bucket, name, "parquet.ParquetFormat", store__kafka__keys="true", store__kafka__headers="true",
           keys__format__class=FORMAT + "avro.AvroFormat", headers__format__class=FORMAT + "json.JsonFormat",
           key__converter=STRING_CONVERTER)
    stem = f"topics/{name}/partition=0/{name}+0+0000000000"
    assert bucket.wait_for_files(3) == [f"{stem}.headers.json", f"{stem}.keys.avro", f"{stem}.snappy.parquet"]
    assert bucket.records(f"{stem}.keys.avro") == ["the key"] * 10
    assert bucket.records(f"{stem}.headers.json") == [[{"key": "trace", "value": "abc"}, {"key": "n", "value": "5"}]] * 10


@pytest.mark.parametrize("config, folder", [({}, "tombstone"), ({"tombstone__encoded__partition": "gone=yes"}, "gone=yes")],
                         ids=["default", "folder"])
def test_tombstones(shared_worker, kafka, bucket, name, config, folder):
    kafka.create(name)
    produce(kafka, name, [order(1), (envelope(INT64, 1), None), order(2)])
    create(shared_worker, bucket, name, flush__size=3, behavior__on__null__values="write", store__kafka__keys="true",
           keys__format__class=FORMAT + "json.JsonFormat", **config)
    stem = f"topics/{name}/partition=0/{name}+0+0000000000"
    gone = f"topics/{name}/{folder}/{name}+0+0000000001.keys.json"
    assert bucket.wait_for_files(3) == sorted([f"{stem}.json", f"{stem}.keys.json", gone])
    assert bucket.records(gone) == [1]


def test_bad_records_become_dead_letters(shared_worker, kafka, bucket, name):
    kafka.create(name)
    records = [order(n) for n in range(12)]
    records[3] = (envelope(INT64, 3), None)
    records[7] = (envelope(INT64, 7), "{no JSON")
    produce(kafka, name, records)
    create(shared_worker, bucket, name, behavior__on__null__values="ignore", **dead_letters(name))
    bucket.wait_for_files(1)
    assert [record["id"] for record in bucket.all_records()] == [n for n in range(12) if n not in (3, 7)]
    wait_for(lambda: kafka.size(f"{name}-dead") == 2, lambda: f"two dead letters, but {kafka.size(f'{name}-dead')}")


def test_a_null_fails_the_task_by_default(shared_worker, kafka, bucket, name):
    kafka.create(name)
    produce(kafka, name, [order(1), (envelope(INT64, 3), None)])
    create(shared_worker, bucket, name)
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert f"{name}-0@1" in shared_worker.trace(name) and "behavior.on.null.values" in shared_worker.trace(name)


@pytest.mark.parametrize("config, said", [
    ({"s3.bucket.name": "no-such-bucket"}, "no-such-bucket"),
    ({"aws.secret.access.key": "wrong-secret"}, "403"),
])
def test_what_a_user_has_to_mend_fails_at_once(shared_worker, kafka, s3_bucket, name, config, said):
    kafka.create(name)
    produce(kafka, name, [order(1)])
    s3_bucket.config.update(config)
    create(shared_worker, s3_bucket, name, flush__size=1)
    shared_worker.wait_for_states(name, "RUNNING", "FAILED")
    assert said in shared_worker.trace(name)
    assert "wrong-secret" not in shared_worker.trace(name) and "wrong-secret" not in shared_worker.log()


def test_validate_names_the_mistakes(shared_worker, name):
    body = {"connector.class": "S3SinkConnector", "topics": name, "name": name, "s3.bucket.name": "bucket", "flush.size": "1",
            "format.class": "OrcFormat", "rotate.interval.ms": "1000", "s3.bucket": "x"}
    answer = shared_worker.put("/connector-plugins/S3SinkConnector/config/validate", body)
    assert answer.code == 200, answer.text
    wrong = {one["value"]["name"] for one in answer.json["configs"] if one["value"]["errors"]}
    assert {"format.class", "s3.bucket"} <= wrong


def test_events_by_the_hour_as_in_the_readme(shared_worker, kafka, registry, s3_bucket, name):
    """The pipeline of the cookbook in README.md, by its own JSON."""
    config = recipe("Events into S3")
    schema = {"type": "record", "name": "Event", "fields": [
        {"name": "id", "type": "long"}, {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
    number = registry.register(f"{name}-value", schema)
    start = 1709209800000  # 12:30
    kafka.create(name)
    kafka.produce(name, [avro(number, schema, {"id": n, "occurred_at": start + n * 60_000}) for n in range(120)])
    config.update({"topics": name, "value.converter.schema.registry.url": registry.url, **s3_bucket.config})
    shared_worker.create(name, **config)
    names = s3_bucket.wait_for_files(2)  # the third hour is open
    assert names == [f"topics/{name}/year=2024/month=02/day=29/hour={hour}/{name}+0+{first:010}.snappy.parquet"
                     for hour, first in ((12, 0), (13, 30))]
    assert [record["id"] for record in s3_bucket.all_records()] == list(range(90))
    assert s3_bucket.all_records()[0]["occurred_at"] == datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)


OLD = {"type": "record", "name": "Row", "fields": [{"name": "id", "type": "long"}]}
NEW = {**OLD, "fields": [*OLD["fields"], {"name": "note", "type": "string", "default": "none"}]}
COLUMNS = {1: [("id", "int64")], 2: [("id", "int64"), ("note", "string")]}


@pytest.mark.parametrize("rule, first, files", [
    ("NONE", 1, [(0, 1, range(0, 20, 2)), (1, 2, range(1, 20, 2))]),  # a file for each
    ("BACKWARD", 1, [(0, 1, [0]), (1, 2, range(1, 20))]),  # all that follow the newer version, in its file
    ("BACKWARD", 2, [(0, 2, range(20))]),
    ("FULL", 1, [(0, 1, [0]), (1, 2, range(1, 20))]),
    ("FORWARD", 1, [(0, 1, range(20))]),
    ("FORWARD", 2, [(0, 2, [0]), (1, 1, range(1, 20))]),
])
def test_a_mix_of_two_versions(shared_worker, kafka, registry, bucket, name, rule, first, files):
    """Each is an offset, a version, and which of 20 records, in turn of the one version and the other; and so again for the next 20,
    as a cut forgets what was before it, so that files do not depend on where a task began."""
    numbers = {version: registry.register(f"{name}-value", schema) for version, schema in ((1, OLD), (2, NEW))}
    versions = [first if n % 2 == 0 else 3 - first for n in range(40)]
    kafka.create(name)
    kafka.produce(name, [avro(numbers[version], NEW if version == 2 else OLD, {"id": n, "note": f"note {n}"})
                         for n, version in enumerate(versions)])
    create(shared_worker, bucket, name, "parquet.ParquetFormat", flush__size=20, schema__compatibility=rule,
           **converter(AVRO, registry.url))
    expected = {f"topics/{name}/partition=0/{name}+0+{cut + offset:010}.snappy.parquet": (version, [cut + n for n in which])
                for cut in (0, 20) for offset, version, which in files}
    assert bucket.wait_for_files(len(expected)) == sorted(expected)
    for file, (version, which) in expected.items():
        table = pyarrow.parquet.read_table(io.BytesIO(bucket.read(file)))
        assert [(field.name, str(field.type)) for field in table.schema] == COLUMNS[version], file
        assert table.to_pylist() == [
            {"id": n} if version == 1 else {"id": n, "note": f"note {n}" if versions[n] == 2 else "none"} for n in which], file
