"""Tests of check_layers.py on small trees that it must accept or refuse."""

import tempfile
import unittest
from pathlib import Path

import check_layers

README = """# runtime
## Layers
```
6 worker  wires all of it
5 rest_api  sees herder/herder.h and metrics only
4 herder cluster  what runs where
3 task  the loops
2 plugin convert transform errors storage
1 record config metrics kafka proto
0 abi base
beside: connectors/* -> connectors/sdk -> abi; nothing else of ours
same layer, only: kafka -> config, metrics; convert, transform -> errors; herder -> cluster
```
"""


class CheckLayersTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("runtime/README.md", README)

    def write(self, file, text):
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if path.name != "README.md":
            path.parent.joinpath("README.md").touch()

    def findings(self, file, text):
        self.write(file, text)
        if not file.startswith("runtime/README"):
            (self.root / "runtime/README.md").write_text(README, encoding="utf-8")
        return check_layers.check(self.root)

    def includes(self, file, *headers):
        return self.findings(file, "".join(f"#include {header}\n" for header in headers))

    def test_accepts_what_points_down_or_is_listed(self):
        for file, header in [
            ("runtime/task/a.cc", '"runtime/convert/b.h"'),
            ("runtime/task/a.cc", '"runtime/task/b.h"'),
            ("runtime/kafka/a.cc", '"runtime/config/b.h"'),
            ("runtime/herder/a.cc", '"runtime/cluster/b.h"'),
            ("runtime/transform/a.h", '"runtime/errors/b.h"'),
            ("runtime/plugin/a.cc", '"proto/plugin.pb.h"'),
            ("runtime/worker/a.cc", '"rest_api/server.h"'),
            ("rest_api/a.cc", '"runtime/herder/herder.h"'),
            ("rest_api/a.cc", '"runtime/base/status.h"'),
            ("rest_api/a_test.cc", '"runtime/herder/fake_herder.h"'),
            ("rest_api/a.cc", '"runtime/metrics/registry.h"'),
            ("rest_api/a.h", "<boost/asio/io_context.hpp>"),
            ("connectors/file/a.cc", '"connectors/sdk/plugin.h"'),
            ("connectors/postgres_sink/a.cc", '"connectors/postgres/b.h"'),
            ("connectors/file/a.cc", '"connectors/shared/b.h"'),
            ("connectors/shared/a.cc", '"connectors/sdk/b.h"'),
            ("connectors/sdk/a.h", '"runtime/abi/sluice_plugin.h"'),
            ("runtime/kafka/a.cc", "<librdkafka/rdkafka.h>"),
            ("runtime/errors/reporter_test.cc", '"runtime/storage/b.h"'),
        ]:
            with self.subTest(file=file, header=header):
                self.assertEqual([], self.includes(file, header))
                (self.root / file).unlink()

    def test_refuses_what_points_up_or_aside(self):
        for file, header, what in [
            ("runtime/base/a.h", '"runtime/task/b.h"', "higher layer"),
            ("runtime/base/a.h", '"runtime/abi/b.h"', "its own layer"),
            ("runtime/convert/a.cc", '"runtime/storage/b.h"', "its own layer"),
            ("runtime/config/a.cc", '"runtime/kafka/b.h"', "its own layer"),
            ("runtime/errors/a_test.cc", '"runtime/task/b.h"', "higher layer"),
            ("runtime/herder/a.cc", '"rest_api/server.h"', "higher layer"),
            ("rest_api/a.cc", '"runtime/herder/distributed_herder.h"', "rest_api sees"),
            ("rest_api/a.cc", '"runtime/task/b.h"', "rest_api sees"),
            ("rest_api/a.cc", '"runtime/herder/fake_herder.h"', "rest_api sees"),
            ("rest_api/a_test.cc", '"runtime/task/fake_task.h"', "rest_api sees"),
            ("connectors/file/a.cc", '"runtime/base/status.h"', "connectors/sdk and its own"),
            ("connectors/file/a.cc", '"connectors/ticker/b.h"', "connectors/sdk and its own"),
            ("connectors/postgres/a.cc", '"connectors/postgres_sink/b.h"', "connectors/sdk and its own"),
            ("connectors/shared/a.cc", '"connectors/file/b.h"', "connectors/sdk and its own"),
            ("connectors/sdk/a.h", '"connectors/shared/b.h"', "runtime/abi and its own"),
            ("connectors/sdk/a.h", '"runtime/record/b.h"', "runtime/abi and its own"),
            ("runtime/task/a.cc", '"connectors/sdk/plugin.h"', "connector or the SDK"),
            ("runtime/new/a.cc", '"runtime/base/status.h"', "not in the layer table"),
            ("runtime/kafka/a.h", "<librdkafka/rdkafka.h>", "runtime/kafka/*.cc only"),
            ("runtime/task/a.cc", "<librdkafka/rdkafka.h>", "runtime/kafka/*.cc only"),
            ("runtime/worker/a.h", "<boost/asio/io_context.hpp>", "Boost"),
            ("runtime/task/a.cc", '"absl/synchronization/mutex.h"', "mutex.h"),
        ]:
            with self.subTest(file=file, header=header):
                found = self.includes(file, header)
                self.assertEqual(1, len(found), found)
                self.assertIn(f"{file}:1: ", found[0])
                self.assertIn(what, found[0])
                (self.root / file).unlink()

    def test_refuses_a_path_that_is_not_from_the_root(self):
        self.write("runtime/base/b.h", "")
        self.assertIn("from the root", self.includes("runtime/base/a.cc", '"b.h"')[0])

    def test_reads_imports_of_protos(self):
        self.assertEqual([], self.findings("proto/a.proto", 'import "proto/b.proto";\n'))
        self.assertIn("higher", self.findings("proto/a.proto", 'import "runtime/task/b.proto";')[0])

    def test_counts_lines(self):
        self.assertEqual([], self.findings("runtime/base/a.cc", "\n" * 450))
        self.assertIn("451 lines", self.findings("runtime/base/a.cc", "\n" * 451)[0])

    def test_wants_short_readmes_in_modules(self):
        self.write("runtime/base/a.cc", "")
        self.write("runtime/base/README.md", "x\n" * 41)
        self.assertIn("41 lines, at most 40", check_layers.check(self.root)[0])
        (self.root / "runtime/base/README.md").unlink()
        self.assertIn("missing", check_layers.check(self.root)[0])

    def test_refuses_a_table_that_it_cannot_read(self):
        for text in ["# no table", "## Layers\n```\nbase abi\n```\n"]:
            with self.subTest(text=text):
                self.assertIn("README.md", self.findings("runtime/README.md", text)[0])
        (self.root / "runtime/README.md").unlink()
        self.assertIn("README.md", check_layers.check(self.root)[0])


if __name__ == "__main__":
    unittest.main()
