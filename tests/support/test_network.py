"""The links of support/network.py between a test and a server that sends back what it gets."""

import socket
import socketserver
import threading
import time

import pytest
from support.network import DOWN, UP, Network
from support.worker import free_port, wait_for

PATIENCE = 0.3  # after which what has not come does not come


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while data := self.request.recv(65536):
                self.server.got.append(data)
                self.request.sendall(data)
        except OSError:
            self.server.resets.append(self.client_address)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), Echo)
        self.got, self.resets = [], []
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def end(self):
        self.shutdown()
        self.server_close()


@pytest.fixture(name="network", scope="module")
def _network():
    with Network() as network:
        yield network


@pytest.fixture(name="server")
def _server():
    server = Server()
    yield server
    server.end()


@pytest.fixture(name="link")
def _link(network, server):
    link = network.link(server.port)
    yield link
    link.end()


def connect(link):
    return socket.create_connection(("127.0.0.1", link.port), timeout=10)


def echo(conn, data=b"hello"):
    conn.sendall(data)
    return receive(conn, len(data)) == data


def receive(conn, count):
    data = b""
    while len(data) < count:
        more = conn.recv(count - len(data))
        assert more, f"the connection ended after {len(data)} of {count} bytes"
        data += more
    return data


def is_silent(conn):
    conn.settimeout(PATIENCE)
    try:
        conn.recv(1)
        return False
    except TimeoutError:
        return True
    finally:
        conn.settimeout(10)


def refuses(link):
    try:
        connect(link).close()
        return False
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:  # it closes its listener just now
        return False


def test_carries_both_directions_and_ends_with_its_ends(link, server):
    data = bytes(range(256)) * 40_000
    with connect(link) as conn:
        sender = threading.Thread(target=conn.sendall, args=(data,))
        sender.start()
        assert receive(conn, len(data)) == data
        sender.join()
        assert link.connections() == 1 and link.carried() == {UP: len(data), DOWN: len(data)}
        conn.shutdown(socket.SHUT_WR)
        assert conn.recv(1) == b""
    wait_for(lambda: link.connections() == 0, "the connection is gone")
    assert not server.resets


def test_refuses_and_cuts_what_there_is(link, server):
    with connect(link) as conn:
        assert echo(conn)
        link.refuse()
        with pytest.raises(ConnectionResetError):
            conn.recv(1)
    assert refuses(link)
    wait_for(lambda: server.resets, "the other end knows")
    link.heal()
    with connect(link) as conn:
        assert echo(conn)


def test_a_cut_leaves_the_door_open(link):
    with connect(link) as old:
        assert echo(old)
        link.cut()
        with pytest.raises(ConnectionResetError):
            old.recv(1)
        with connect(link) as new:
            assert echo(new)


def test_a_black_hole_holds_back_what_is_sent_until_it_is_healed(link, server):
    with connect(link) as old:
        assert echo(old)
        link.black_hole()
        old.sendall(b"later")
        with connect(link) as new:
            new.sendall(b"also")
            assert is_silent(old) and is_silent(new) and server.got == [b"hello"]
            link.heal()
            assert receive(old, 5) == b"later" and receive(new, 4) == b"also"


def test_a_black_hole_hides_an_end_that_dies(link, server):
    with connect(link) as watcher:
        with connect(link) as conn:
            assert echo(conn)
            link.black_hole()
        assert is_silent(watcher) and link.connections() == 2
        link.heal()
        wait_for(lambda: link.connections() == 1, "it is known now")


def test_a_black_hole_that_is_cut_forgets(link, server):
    with connect(link) as conn:
        assert echo(conn)
        link.black_hole()
        conn.sendall(b"lost")
        link.cut()
        link.heal()
    with connect(link) as conn:
        assert echo(conn, b"again")
    assert server.got == [b"hello", b"again"]


def test_a_black_hole_in_one_direction(link, server):
    with connect(link) as conn:
        link.black_hole(DOWN)
        conn.sendall(b"hello")
        wait_for(lambda: server.got == [b"hello"], "it came through")
        assert is_silent(conn)
        link.heal()
        assert receive(conn, 5) == b"hello"
        link.black_hole(UP)
        conn.sendall(b"second")
        assert is_silent(conn) and server.got == [b"hello"]
        link.heal()
        assert receive(conn, 6) == b"second"


def test_a_delay_keeps_the_order(link):
    with connect(link) as conn:
        link.delay(0.1)
        started = time.monotonic()
        assert echo(conn)
        assert time.monotonic() - started >= 0.2
        conn.sendall(b"12")
        link.delay(0)
        conn.sendall(b"34")
        assert receive(conn, 4) == b"1234"


def test_refuses_while_nobody_listens_at_the_target(network):
    link = network.link(free_port())
    try:
        wait_for(lambda: refuses(link), "refused as by the target")
    finally:
        link.end()


def test_listens_again_when_the_target_does(network):
    server = Server()
    link = network.link(server.port)
    server.end()
    wait_for(lambda: refuses(link), "refused")
    server = Server(server.port)
    wait_for(lambda: not refuses(link), "not refused")
    with connect(link) as conn:
        assert echo(conn)
    link.end()
    server.end()
