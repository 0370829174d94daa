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

from support.worker import free_port, wait_for

SERVICES = pathlib.Path(__file__).resolve().parents[2] / "tools" / "services"
TYPE = "application/vnd.schemaregistry.v1+json"
AVRO = "io.confluent.connect.avro.AvroConverter"


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

    def register(self, subject, schema):
        """The id; the schema is Python's form of JSON."""
        code, answer = ask(f"{self.url}/subjects/{urllib.parse.quote(subject)}/versions", "POST", {"schema": json.dumps(schema)})
        assert code == 200, answer
        return answer["id"]

    def compatibility(self, subject, level):
        code, answer = ask(f"{self.url}/config/{urllib.parse.quote(subject)}", "PUT", {"compatibility": level})
        assert code == 200, answer

    def versions(self, subject):
        code, answer = ask(f"{self.url}/subjects/{urllib.parse.quote(subject)}/versions")
        return answer if code == 200 else []

    def schema(self, subject, version="latest"):
        code, answer = ask(f"{self.url}/subjects/{urllib.parse.quote(subject)}/versions/{version}")
        assert code == 200, answer
        return json.loads(answer["schema"])


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


class Gate:
    """Passes requests on to a registry while it is open; shut, nobody listens. It may ask for a `user` ("name:password"),
    and with `certificates` speak TLS to clients that show one."""

    def __init__(self, registry, user=None, certificates=None):
        self.port, self.target, self.server, self.requests = free_port(), registry.url, None, 0
        self.url = f"{'https' if certificates else 'http'}://127.0.0.1:{self.port}"
        self.expected = user and "Basic " + base64.b64encode(user.encode()).decode()
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
                gate.requests += 1
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size)) if size else None
                if gate.expected and self.headers.get("Authorization") != gate.expected:
                    code, answer = 401, {"error_code": 401, "message": "Unauthorized"}
                else:
                    code, answer = ask(gate.target + self.path, self.command, body)
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
