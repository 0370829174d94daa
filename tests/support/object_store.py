"""Object stores of a test's own, read back with clients that share no code with the connector."""

import gzip
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
# Not what is being written: ours in a folder, and S3Proxy's parts, which it lists.
_OBJECT = re.compile(r"(^|/)[^./][^/]*\.(json|json\.gz|avro|parquet|raw)$")


class S3:
    """S3Proxy, started at once; a test may stop, kill and start it. It keeps its port and data until `down`."""

    def __init__(self, folder):
        self._tool = str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "services")
        self._environment = {**os.environ, "SLUICE_SERVICES_DIR": str(folder)}
        self._run("up", "s3")
        lines = dict(line.split("=", 1) for line in self._run("env", "s3").splitlines())
        self.url, self.key, self.secret = lines["SLUICE_S3"], lines["SLUICE_S3_KEY"], lines["SLUICE_S3_SECRET"]
        self.port = urllib.parse.urlparse(self.url).port
        self._buckets = 0

    def _run(self, *arguments):
        return subprocess.run([self._tool, *arguments], env=self._environment, check=True, timeout=180,
                              stdout=subprocess.PIPE, text=True).stdout

    def stop(self, kill=False):
        self._run("stop", *(["--kill"] if kill else []), "s3")

    def start(self):
        self._run("up", "s3")

    def down(self):
        self._run("down", "s3")

    def client(self):
        return pyarrow.fs.S3FileSystem(access_key=self.key, secret_key=self.secret, region="us-east-1", scheme="http",
                                       endpoint_override=f"127.0.0.1:{self.port}", allow_bucket_creation=True)

    def new_bucket(self):
        self._buckets += 1
        client, name = self.client(), f"test-bucket-{self._buckets}"
        client.create_dir(name)
        return Bucket(client, name, {"s3.bucket.name": name, "store.url": self.url, "s3.region": "us-east-1",
                                     "aws.access.key.id": self.key, "aws.secret.access.key": self.secret})


class Flaky:
    """A server before the S3 server, whose requests fail in turn: `plan(number)` says which of them is refused ("refuse": the
    S3 server does not get it) and of which the answer is lost ("lose")."""

    def __init__(self, port, plan):
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
