"""PostgreSQL beside a benchmark: what it is asked, and its own CPU time."""

import pathlib
import subprocess
import time

import workers


class Server:
    """PostgreSQL: asked with psql, and its CPU time, with that of its sessions, from /proc."""

    def __init__(self, address):
        self.address, self.host = address, address.rpartition("@")[2]
        data = self.ask("SHOW data_directory")
        self.pid = int((pathlib.Path(data) / "postmaster.pid").read_text().splitlines()[0])

    def ask(self, sql):
        return subprocess.run(["psql", "-X", "-q", "-A", "-t", self.address, "-c", sql], check=True, capture_output=True,
                              text=True).stdout.strip()

    def wait_for_sessions_to_end(self):
        """Else one that ends while times are read would be counted twice, or not at all."""
        while int(self.ask("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")) > 1:
            time.sleep(0.1)

    def cpu_seconds(self):
        """Sessions that have ended are in the children's time of their parent."""
        total = 0
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                pid, _, rest = stat.read_text().partition(" (")
            except OSError:
                continue
            fields = rest.rpartition(")")[2].split()
            if int(pid) == self.pid or int(fields[1]) == self.pid:
                total += sum(map(int, fields[11:15]))
        return total / workers.TICKS
