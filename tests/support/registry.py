"""A schema registry seen from a test, and a gate before it that can be shut."""

import base64
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

from support.worker import STRING, free_port, wait_for

SERVICES = pathlib.Path(__file__).resolve().parents[2] / "tools" / "services"
TYPE = "application/vnd.schemaregistry.v1+json"
AVRO = "io.confluent.connect.avro.AvroConverter"
PROTOBUF = "io.confluent.connect.protobuf.ProtobufConverter"
JSON_SCHEMA = "io.confluent.connect.json.JsonSchemaConverter"


def converter(class_name, url, role="value", **more):
    """A converter's part of a connector's configuration; settings are written with __ for a dot."""
    settings = {f"{role}.converter": class_name, f"{role}.converter.schema.registry.url": url}
    settings.update({f"{role}.converter.{key.replace('__', '.')}": value for key, value in more.items()})
    return settings


def file_sink(worker, name, path, topic, settings, **more):
    """Values as lines of JSON in a file; keys are text unless the settings say more."""
    worker.create(name, **{"connector.class": "FileStreamSink", "file": str(path), "format": "json", "topics": topic,
                           "key.converter": STRING, "errors.retry.timeout": "0", **settings, **more})


def json_lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def dead_letters(topic):
    """All bad records go to `topic`, told why."""
    return {"errors.tolerance": "all", "errors.deadletterqueue.topic.name": topic,
            "errors.deadletterqueue.topic.replication.factor": "1",
            "errors.deadletterqueue.context.headers.enable": "true"}


def ask(url, method="GET", body=None):
    """Status and JSON of one request."""
    request = urllib.request.Request(url, json.dumps(body).encode() if body is not None else None, {"Content-Type": TYPE},
                                     method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, json.loads(text) if text.startswith(b"{") else text.decode(errors="replace")


class Registry:
    def __init__(self, url):
        self.url = url

    def register(self, subject, schema, kind="AVRO", references=()):
        """The id; the schema is a text, or Python's form of JSON. A reference is a name and a subject, of which it is the
        first version."""
        body = {"schema": schema if isinstance(schema, str) else json.dumps(schema), "schemaType": kind, "references": [
            {"name": name, "subject": of, "version": 1} for name, of in references]}
        code, answer = ask(f"{self.url}/subjects/{urllib.parse.quote(subject)}/versions", "POST", body)
        assert code == 200, answer
        return answer["id"]

    def compatibility(self, subject, level):
        code, answer = ask(f"{self.url}/config/{urllib.parse.quote(subject)}", "PUT", {"compatibility": level})
        assert code == 200, answer

    def delete(self, subject, version):
        """Softly."""
        code, answer = ask(f"{self.url}/subjects/{urllib.parse.quote(subject)}/versions/{version}", "DELETE")
        assert code == 200, answer

    def versions(self, subject):
        code, answer = ask(f"{self.url}/subjects/{urllib.parse.quote(subject)}/versions")
        return answer if code == 200 else []

    def latest(self, subject):
        """With id, version, schemaType (none: Avro's) and schema, a text."""
        code, answer = ask(f"{self.url}/subjects/{urllib.parse.quote(subject)}/versions/latest")
        assert code == 200, answer
        return answer

    def schema(self, subject):
        return json.loads(self.latest(subject)["schema"])


class OwnRegistry(Registry):
    """Started for the tests that ask for it; one that runs already is taken as it is."""

    def __init__(self, folder):
        self.environment = {**os.environ, "SLUICE_SERVICES_DIR": str(folder)}
        self.own = "SLUICE_REGISTRY" not in os.environ
        if self.own:
            subprocess.run([SERVICES, "up", "registry"], env=self.environment, check=True, timeout=180)
            said = subprocess.run([SERVICES, "env", "registry"], env=self.environment, check=True, capture_output=True, text=True)
            super().__init__(dict(line.split("=", 1) for line in said.stdout.splitlines())["SLUICE_REGISTRY"])
        else:
            super().__init__(os.environ["SLUICE_REGISTRY"])

    def down(self):
        if self.own:
            subprocess.run([SERVICES, "down", "registry"], env=self.environment, check=False, timeout=60)


def basic(user):
    return "Basic " + base64.b64encode(user.encode()).decode()


class Issuer:
    """An identity provider: gives tokens token-1, token-2, ... to who knows `user` ("id:secret")."""

    def __init__(self, user):
        issuer = self
        self.bodies = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                good = self.headers.get("Authorization") == basic(user)
                issuer.bodies += [body] if good else []
                answer = {"access_token": f"token-{len(issuer.bodies)}", "expires_in": 3600} if good else {
                    "error": "invalid_client"}
                text = json.dumps(answer).encode()
                self.send_response(200 if good else 401)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/token"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Gate:
    """Passes requests on to a registry while it is open; shut, nobody listens. It may ask for `headers`, or for a `user`
    ("name:password"), serve `guids` (a GUID to an id), and with `certificates` speak TLS to clients that show one."""

    def __init__(self, registry, user=None, headers=None, guids=None, certificates=None):
        self.port, self.target, self.server, self.paths = free_port(), registry.url, None, []
        self.url = f"{'https' if certificates else 'http'}://127.0.0.1:{self.port}"
        self.headers, self.guids = dict(headers or {}), guids or {}
        if user:
            self.headers["Authorization"] = basic(user)
        self.tls = None
        if certificates:
            self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates["root.pem"])
            self.tls.load_cert_chain(certificates["server.pem"])
            self.tls.verify_mode = ssl.CERT_REQUIRED
        self.open()

    def open(self):
        gate = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def forward(self):
                gate.paths.append(self.path)
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size)) if size else None
                path, _, guid = self.path.partition("/schemas/guids/")
                if guid in gate.guids:
                    path = f"/schemas/ids/{gate.guids[guid]}"
                elif guid:
                    path = self.path
                if any(self.headers.get(name) != value for name, value in gate.headers.items()):
                    code, answer = 401, {"error_code": 401, "message": "Unauthorized"}
                else:
                    code, answer = ask(gate.target + path, self.command, body)
                text = json.dumps(answer).encode()
                self.send_response(code)
                self.send_header("Content-Type", TYPE)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = forward

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address = True

            def get_request(self):  # the handshake is the connection's own thread's
                connection, address = super().get_request()
                if gate.tls:
                    connection = gate.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                return connection, address

            def handle_error(self, request, client_address):
                pass  # clients that are not let in

        self.server = wait_for(lambda: self._listen(Server, Handler), "a port to listen on")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _listen(self, server, handler):
        try:
            return server(("127.0.0.1", self.port), handler)
        except OSError:
            return None

    def shut(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


def zigzag(number):
    """An Avro int or long."""
    number, out = (number << 1) ^ (number >> 63), b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def text(value):
    """An Avro string."""
    return zigzag(len(value.encode())) + value.encode()


def frame(schema_id, payload):
    return b"\0" + schema_id.to_bytes(4, "big") + payload


def framed(value):
    """The id, and what follows it."""
    assert value[:1] == b"\0" and len(value) >= 5, value[:20]
    return int.from_bytes(value[1:5], "big"), value[5:]
