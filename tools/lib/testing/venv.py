"""The Python environment of tests: pytest, and a Kafka client that is not ours."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

_REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def venv_python():
    """Its interpreter. The environment is made once for each requirements.txt."""
    cache = Path(os.environ["SLUICE_CACHE"])
    version = hashlib.sha256(_REQUIREMENTS.read_bytes()).hexdigest()[:12]
    folder = cache / f"venv-{version}"
    with open(cache / "venv.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            print(f"[test] making a Python environment in {folder}", file=sys.stderr)
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run(["/usr/bin/python3", "-m", "venv", folder], check=True)
            pip = [folder / "bin" / "pip", "install", "-q", "--disable-pip-version-check"]
            subprocess.run([*pip, "-r", _REQUIREMENTS], check=True)
            (folder / "ready").touch()
    return str(folder / "bin" / "python")
