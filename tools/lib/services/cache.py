"""What a service needs, fetched once into the cache under the home directory."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from services.service import ServiceError, say

CACHE = Path(os.environ.get("SLUICE_CACHE") or Path.home() / ".cache" / "sluice")


def fetch_once(name, what, fill):
    """The folder CACHE/name, made by fill(folder) when it is not there. Whole, or not at all."""
    target = CACHE / name
    if target.is_dir():
        return target
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_dir():
            say(f"fetching {what} into {target}")
            work = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=CACHE))
            try:
                fill(work)
                work.chmod(0o755)
                work.rename(target)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    return target


def run(command, folder):
    """Runs a program that fetches; its output is shown only when it fails."""
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        tail = "\n".join((result.stdout + result.stderr).splitlines()[-25:])
        raise ServiceError(f"'{' '.join(command)}' failed with status {result.returncode}:\n{tail}")
