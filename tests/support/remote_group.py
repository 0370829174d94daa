"""A group whose workers can be cut off, from the brokers and from each other.

Each worker has `brokers`, its links to the three brokers, and `rest`, the link through which the other workers reach
it. The test itself asks each worker directly.
"""

from support.group import Group
from support.network import Links
from support.worker import Worker, free_port

REPLICAS = {f"{topic}__storage__replication__factor": 3 for topic in ("config", "offset", "status")}


class RemoteGroup(Group):
    def __init__(self, folder, name, brokers, network, **settings):
        super().__init__(folder, name, brokers.address, **{**REPLICAS, **settings})
        self.brokers, self._network = brokers, network
        self._rest = []

    def new(self, kind=Worker, **settings):
        taken = {worker.links_number for worker in self.workers}
        number = min(set(range(1, self.brokers.workers + 1)) - taken, default=None)
        assert number, f"the brokers have listeners for {self.brokers.workers} workers"
        worker = super().new(kind, **settings)
        worker.links_number, worker.brokers = number, self.brokers.links(number)
        worker.rest = self._network.link(worker.port, free_port())
        self._rest.append(worker.rest)
        worker.advertised_url = f"http://{worker.rest.address}"
        worker.settings.update({"bootstrap.servers": worker.brokers.address,
                                "rest.advertised.host.name": "127.0.0.1", "rest.advertised.port": worker.rest.port})
        return worker

    def heal(self):
        """All links between the workers, and to the brokers, pass everything on."""
        Links(self._rest).heal()
        for worker in self.workers:
            worker.brokers.heal()

    def end(self):
        super().end()
        for link in self._rest:
            link.end()
        self._rest.clear()
