"""Object stores of a test's own, read back with clients that share no code with the connector."""

import base64
import contextlib
import dataclasses
import gzip
import hashlib
import hmac
import http.client
import http.server
import io
import json
import os
import pathlib
import re
import subprocess
import threading
import urllib.parse

import fastavro
import pyarrow.fs
import pyarrow.parquet

from support.worker import wait_for

SINK = "io.confluent.connect.s3.S3SinkConnector"
AZURE_SINK = "io.confluent.connect.azure.datalake.gen2.AzureDataLakeGen2SinkConnector"
# Not what is being written: ours in a folder, and S3Proxy's parts, which it lists.
_OBJECT = re.compile(r"(^|/)[^./][^/]*\.(json|json\.gz|avro|parquet|raw)$")


class _Server:
    """Started at once; a test may stop or kill it for a while. It keeps its port and data until `down`."""

    service = ""
    prefix = ""  # of its addresses' names

    def __init__(self, folder):
        self._tool = str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "services")
        self._environment = {**os.environ, "SLUICE_SERVICES_DIR": str(folder)}
        self._run("up", self.service)
        lines = dict(line.split("=", 1) for line in self._run("env", self.service).splitlines())
        self.env = {name.removeprefix(self.prefix): value for name, value in lines.items()}
        self.url = self.env[""]
        self.port = urllib.parse.urlparse(self.url).port
        self._buckets = 0

    def _run(self, *arguments):
        return subprocess.run([self._tool, *arguments], env=self._environment, check=True, timeout=600,
                              stdout=subprocess.PIPE, text=True).stdout

    @contextlib.contextmanager
    def stopped(self, kill=False):
        self._run("stop", *(["--kill"] if kill else []), self.service)
        try:
            yield
        finally:
            self._run("up", self.service)

    def down(self):
        self._run("down", self.service)

    def new_bucket(self):
        self._buckets += 1
        client, name = self.client(), f"test-bucket-{self._buckets}"
        client.create_dir(name)
        return Bucket(client, name, self.config(name))


class S3(_Server):
    """S3Proxy."""

    service, prefix = "s3", "SLUICE_S3"

    def client(self):
        return pyarrow.fs.S3FileSystem(access_key=self.env["_KEY"], secret_key=self.env["_SECRET"], region="us-east-1",
                                       scheme="http", endpoint_override=f"127.0.0.1:{self.port}", allow_bucket_creation=True)

    def config(self, bucket):
        return {"s3.bucket.name": bucket, "store.url": self.url, "s3.region": "us-east-1",
                "aws.access.key.id": self.env["_KEY"], "aws.secret.access.key": self.env["_SECRET"]}


class Azurite(_Server):
    """Microsoft's emulator of Azure's Blob storage."""

    service, prefix = "azurite", "SLUICE_AZURITE"

    def client(self):
        authority = f"127.0.0.1:{self.port}"
        return pyarrow.fs.AzureFileSystem(self.env["_ACCOUNT"], account_key=self.env["_KEY"], blob_storage_authority=authority,
                                          dfs_storage_authority=authority, blob_storage_scheme="http",
                                          dfs_storage_scheme="http")

    def config(self, container):
        prefix = "azure.datalake.gen2."
        return {f"{prefix}account.name": self.env["_ACCOUNT"], f"{prefix}file.system": container, "store.url": self.url,
                f"{prefix}access.key": self.env["_KEY"]}

    def sas(self, services="b", kinds="sco", rights="rwc", until="2099-01-01T00:00:00Z"):
        """A signature of the account, as Azure's portal makes it."""
        fields = [self.env["_ACCOUNT"], rights, services, kinds, "", until, "", "https,http", "2021-12-02", "", ""]
        digest = hmac.new(base64.b64decode(self.env["_KEY"]), "\n".join(fields).encode(), hashlib.sha256).digest()
        return urllib.parse.urlencode({"sv": "2021-12-02", "ss": services, "srt": kinds, "sp": rights, "se": until,
                                       "spr": "https,http", "sig": base64.b64encode(digest).decode()})


@dataclasses.dataclass
class Request:
    """One that a server has answered with success."""

    method: str
    path: str
    size: int  # of its body
    headers: dict

    def __post_init__(self):
        """The query's parts, by name."""
        query = urllib.parse.urlparse(self.path).query
        self.query = {name: values[0] for name, values in urllib.parse.parse_qs(query, keep_blank_values=True).items()}


class Flaky:
    """A server before the S3 server, whose requests fail in turn: `plan(number)` says which of them is refused ("refuse": the
    S3 server does not get it) and of which the answer is lost ("lose"). `seen` are those that the S3 server has done."""

    def __init__(self, port, plan=lambda _: None):
        outer, lock = self, threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with lock:
                    outer.requests += 1
                    fate = plan(outer.requests)
                    outer.failed += fate is not None
                status, headers, answer = (503, [], b"") if fate == "refuse" else self.forward(body)
                if status < 300:
                    outer.seen.append(Request(self.command, self.path, len(body), dict(self.headers)))
                if fate == "lose":
                    status, headers, answer = 500, [], b""
                self.send_response(status)
                for key, value in headers:
                    if key.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server"):
                        self.send_header(key, value)
                if self.command != "HEAD":
                    self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def forward(self, body):
                server = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                headers = {key: value for key, value in self.headers.items() if key.lower() not in ("expect", "connection")}
                server.request(self.command, self.path, body, headers)
                answer = server.getresponse()
                try:
                    return answer.status, answer.getheaders(), answer.read()
                finally:
                    server.close()

            def log_message(self, *_):
                pass

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do

        self.requests = self.failed = 0
        self.seen = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def local_bucket(folder):
    """The same in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "bucket").mkdir()
    return Bucket(pyarrow.fs.LocalFileSystem(), str(folder / "bucket"),
                  {"s3.bucket.name": "bucket", "store.url": f"file://{folder}"})


class Bucket:
    """`config` is the connector's part that leads here."""

    def __init__(self, client, name, config):
        self.client, self.name, self.config = client, name, config

    def names(self):
        """Of its objects, below the bucket, in order; none while the server is away."""
        try:
            found = self.client.get_file_info(pyarrow.fs.FileSelector(self.name, recursive=True, allow_not_found=True))
        except OSError:
            return []
        names = [info.path[len(self.name) + 1:] for info in found if info.type == pyarrow.fs.FileType.File]
        return sorted(name for name in names if _OBJECT.search(name))

    def read(self, name):
        with self.client.open_input_stream(f"{self.name}/{name}", compression=None) as stream:
            return stream.read()

    def records(self, name):
        """What a file holds, by its extension."""
        content = self.read(name)
        if name.endswith(".parquet"):
            return pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()
        if name.endswith(".avro"):
            return list(fastavro.reader(io.BytesIO(content)))
        if name.endswith(".gz"):
            content = gzip.decompress(content)
        return [json.loads(line) for line in content.decode().splitlines()]

    def all_records(self, of=""):
        return [record for name in self.names() if of in name for record in self.records(name)]

    def wait_for_files(self, count, timeout=60):
        wait_for(lambda: len(self.names()) == count, lambda: f"{count} files, but {self.names()}", timeout, interval=0.2)
        return self.names()

    def wait_for_records(self, count, timeout=60):
        wait_for(lambda: len(self.all_records()) >= count, lambda: f"{count} records, but {len(self.all_records())}", timeout,
                 interval=0.5)
        return self.all_records()
