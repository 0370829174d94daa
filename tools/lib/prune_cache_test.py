"""Tests of prune_cache.py."""

import os
import tempfile
import unittest
from pathlib import Path

import prune_cache


class PruneCacheTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for age in range(8):  # file 7 was used longest ago
            file = self.folder / "ab" / str(age)
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(b"x" * 100)
            os.utime(file, (1000 - age, 1000 - age))

    def names(self):
        return sorted(file.name for file in self.folder.rglob("*") if file.is_file())

    def test_leaves_a_small_cache_alone(self):
        self.assertEqual(0, prune_cache.prune(self.folder, 800))
        self.assertEqual(8, len(self.names()))

    def test_removes_what_was_used_longest_ago(self):
        self.assertEqual(300, prune_cache.prune(self.folder, 700))
        self.assertEqual(["0", "1", "2", "3", "4"], self.names())

    def test_a_missing_folder_is_empty(self):
        self.assertEqual(0, prune_cache.prune(self.folder / "none", 1))


if __name__ == "__main__":
    unittest.main()
