"""Many REST clients at once, as consoles, operators and probes are: each asks, reads, thinks, asks again."""

import asyncio
import random
import time

from load.http_client import Connection

# What one client asks, out of 1000 requests. {c} is one of the connectors that were named, {p} its class.
MIX = [
    (300, "GET", "/connectors/{c}/status"),
    (150, "GET", "/connectors"),
    (100, "GET", "/connectors?expand=status&expand=info"),
    (100, "GET", "/connectors/{c}"),
    (80, "GET", "/connectors/{c}/config"),
    (80, "GET", "/connectors/{c}/tasks"),
    (50, "GET", "/connectors/{c}/tasks/0/status"),
    (40, "GET", "/connectors/{c}/topics"),
    (30, "GET", "/connector-plugins"),
    (30, "GET", "/health"),
    (20, "GET", "/"),
    (18, "PUT", "/connector-plugins/{p}/config/validate"),
    (2, "PUT", "/connectors/{c}/config"),  # the same again: the connector is started anew
]
_OK = {200, 201}


class Load:
    """`clients` connections for `seconds`; a client thinks `think` seconds on average between an answer and its next
    request. `connectors` maps names to their configurations."""

    def __init__(self, host, port, connectors, clients=200, seconds=60, think=0.2, seed=1):
        self.address, self.connectors, self.think = (host, port), connectors, think
        self.clients, self.seconds, self.seed = clients, seconds, seed
        self.latencies = []
        self.errors = []
        self.lag = []  # how late this process's own timers were: what is not the server's

    def run(self):
        asyncio.run(self._run())
        return self

    async def _run(self):
        until = time.perf_counter() + self.seconds
        tasks = [self._client(random.Random(self.seed * 1000 + n), until) for n in range(self.clients)]
        await asyncio.gather(self._watch(until), *tasks)

    async def _watch(self, until):
        while (now := time.perf_counter()) < until:
            await asyncio.sleep(0.05)
            self.lag.append(time.perf_counter() - now - 0.05)

    async def _client(self, rng, until):
        names = list(self.connectors)
        weights = [row[0] for row in MIX]
        await asyncio.sleep(rng.uniform(0, 2 * self.think))
        try:
            connection = await Connection.open(*self.address)
            while time.perf_counter() < until:
                _, method, path = rng.choices(MIX, weights)[0]
                name = rng.choice(names)
                body = self.connectors[name] if method == "PUT" else None
                path = path.replace("{c}", name).replace("{p}", self.connectors[name]["connector.class"])
                answer = await connection.request(method, path, body)
                self.latencies.append(answer.seconds)
                if answer.status not in _OK:
                    self.errors.append(f"{method} {path} of {name}: {answer.status} {answer.body[:200]!r}")
                await asyncio.sleep(rng.uniform(0.5, 1.5) * self.think)
            connection.close()
        except (OSError, asyncio.TimeoutError) as error:
            self.errors.append(f"{type(error).__name__}: {error}")

    def percentile_ms(self, share):
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def lag_ms(self):
        ordered = sorted(self.lag)
        return 1000 * ordered[int(0.99 * len(ordered))]
