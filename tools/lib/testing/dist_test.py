"""The staged product: what tools/build puts into dist/ is complete and stands alone."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

DIST = Path(os.environ["SLUICE_DIST"])
ROOT = Path(os.environ["SLUICE_ROOT"])


def exported_symbols(plugin):
    lines = subprocess.run(
        ["nm", "-D", "--defined-only", plugin], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return [line.split()[-1] for line in lines]


class DistTest(unittest.TestCase):
    def test_a_plugin_exports_its_entry_and_nothing_else(self):
        plugins = sorted((DIST / "plugins").glob("*.so"))
        self.assertTrue(plugins)
        for plugin in plugins:
            with self.subTest(plugin=plugin.name):
                self.assertEqual(["sluice_plugin_entry_v1"], exported_symbols(plugin))

    def test_a_plugin_needs_no_more_than_the_staged_headers(self):
        sources = [file for file in (ROOT / "connectors/ticker").glob("*.cc") if "_test" not in file.name]
        with tempfile.TemporaryDirectory() as folder:
            # Away from the tree, so that nothing but dist/include can be found.
            for source in [*sources, *(ROOT / "connectors/ticker").glob("*.h")]:
                copy = Path(folder) / source.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(source.read_bytes())
            plugin = Path(folder) / "ticker.so"
            subprocess.run(
                ["g++", "-std=c++20", "-shared", "-fPIC", "-I", DIST / "include/sluice", "-I", "."]
                + [f"-Wl,--version-script={DIST / 'share/sluice/plugin.lds'}", "-Wl,-z,defs"]
                + ["-fuse-ld=mold", "-o", plugin]
                + [source.relative_to(ROOT) for source in sources],
                check=True,
                cwd=folder,
            )
            self.assertEqual(["sluice_plugin_entry_v1"], exported_symbols(plugin))

    def test_the_abi_header_is_plain_c(self):
        header = DIST / "include/sluice/runtime/abi/sluice_plugin.h"
        subprocess.run(
            ["gcc", "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"]
            + ["-x", "c", header],
            check=True,
        )

    def test_the_worker_finds_all_its_libraries(self):
        worker = DIST / "bin/sluice-worker"
        libraries = subprocess.run(["ldd", worker], check=True, capture_output=True, text=True)
        self.assertNotIn("not found", libraries.stdout)


if __name__ == "__main__":
    unittest.main()
