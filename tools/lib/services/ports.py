"""Ports on loopback that two processes do not get at once while neither listens yet."""

import collections
import os
import random
import socket

SERVERS = range(20000, 22000)  # of tools/services: kept while a server is stopped
TESTS = range(22000, 30000)

# Who was given a port holds the abstract socket of its number, until it is given this many others or ends. By then a
# server listens there, has gone for good, or is one of tools/services that was stopped: those have their own range.
_MOST = 256
_given = collections.deque()


def free_port(ports):
    """One of `ports`, all of which lie outside the range of outgoing connections. Any thread. OSError: all are taken."""
    for port in random.sample(ports, len(ports)):
        reservation = socket.socket(socket.AF_UNIX)
        try:
            reservation.bind(f"\0sluice-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            reservation.close()
            continue
        _given.append(reservation.detach())
        if len(_given) > _MOST:
            os.close(_given.popleft())
        return port
    raise OSError(f"no free port from {ports[0]} to {ports[-1]} on 127.0.0.1")
