"""An identity provider for tests: gives unsecured tokens for alice's client credentials, over http or https."""

import base64
import http.server
import json
import ssl
import threading
import time
import urllib.parse

CLIENT_ID, CLIENT_SECRET = "alice-client", "client-secret"


def _base64(data):
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


class TokenProvider:
    """`life` is how many seconds a token is good for; with `certificates` it speaks https."""

    def __init__(self, life, certificates=None):
        self.life, self.scopes, self.given, self.refused = life, [], [], 0
        self.failing = False
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status, answer = provider.answer(self.headers["Authorization"], form)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}/token"
        if certificates:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates["server.pem"])
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.url = self.url.replace("http:", "https:")

    def answer(self, authorization, form):
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if self.failing:
            return 503, {}
        if authorization != f"Basic {expected}" or form["grant_type"] != ["client_credentials"]:
            self.refused += 1
            return 401, {"error": "invalid_client"}
        self.scopes += form.get("scope", [])
        now = time.time()
        claims = {"sub": "alice", "iat": now, "exp": now + self.life}
        token = f"{_base64({'alg': 'none'})}.{_base64(claims)}."
        self.given.append(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": self.life}

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
