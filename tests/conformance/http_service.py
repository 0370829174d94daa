"""A server for the profiles of HTTP connectors: prints its port, and serves what the folder says until it is killed.

    http_service.py FOLDER

POST /orders takes a JSON object with an `id`, or an array of them; the ids go to FOLDER/ids, one a line. GET /items gives ten
of 120 items from `offset` on. Whoever sends anything else gets a 400; while there is FOLDER/outage all get a 503.
"""

import http.server
import json
import pathlib
import sys
import urllib.parse

FOLDER = pathlib.Path(sys.argv[1])
ITEMS = 120
PAGE = 10


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if (FOLDER / "outage").exists():
            return self.answer(503)
        try:
            read = json.loads(body)
            ids = [order["id"] for order in (read if isinstance(read, list) else [read])]
        except (ValueError, TypeError, KeyError, RecursionError):
            return self.answer(400, {"error": "an order has an id"})
        if not all(isinstance(one, int) and one >= 0 for one in ids):
            return self.answer(400, {"error": "an id is a number"})
        with open(FOLDER / "ids", "a", encoding="utf-8") as file:
            file.write("".join(f"{one}\n" for one in ids))
        return self.answer(200)

    def do_GET(self):
        if (FOLDER / "outage").exists():
            return self.answer(503)
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        first = int(query["offset"][0])
        return self.answer(200, [{"id": number, "text": f"item {number}"} for number in range(first, min(first + PAGE, ITEMS))])

    def answer(self, code, content=None):
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


(FOLDER / "ids").touch()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
