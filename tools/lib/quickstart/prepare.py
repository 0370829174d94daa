"""Writes the quick start's files into its folder: prepare.py STATE KAFKA PLUGINS."""

import pathlib
import shutil
import socket
import sys

HERE = pathlib.Path(__file__).parent


def free_port(wanted=8083):
    """8083, Connect's port, or another one if that is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
            except OSError:
                continue
    raise SystemExit("no free port on 127.0.0.1")


def main(state, kafka, plugins):
    state = pathlib.Path(state)
    values = {"STATE": str(state), "KAFKA": kafka, "PLUGINS": plugins, "PORT": str(free_port())}
    for name in ("worker.properties", "source.json", "sink.json"):
        text = (HERE / name).read_text()
        for key, value in values.items():
            text = text.replace(f"@{key}@", value)
        (state / name).write_text(text)
    (state / "port").write_text(values["PORT"])
    if not (state / "orders.jsonl").exists():
        shutil.copy(HERE / "orders.jsonl", state / "orders.jsonl")


if __name__ == "__main__":
    main(*sys.argv[1:])
