"""A way to a broker that takes note of what clients say of themselves."""

import contextlib
import socket
import threading


class Recorder:
    """Passes connections on to a broker and keeps what clients sent in them; they go to the broker itself after they have
    asked where it is."""

    def __init__(self, target):
        host, _, port = target.rpartition(":")
        self.target, self.seen, self._lock = (host, int(port)), b"", threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._server.accept()
                broker = socket.create_connection(self.target)
                threading.Thread(target=self._pass, args=(client, broker, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(broker, client, False), daemon=True).start()

    def _pass(self, source, sink, keep):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if keep:
                    with self._lock:
                        self.seen += data
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._server.close()
