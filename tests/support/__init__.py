"""What tests share. Servers, downloads and ports are those of tools/lib/services."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
