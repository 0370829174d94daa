"""Keeps Bazel's disk cache, which Bazel itself never prunes, under a size.

prune_cache.py FOLDER [MAX_MB]: when the folder holds more, the files that were used longest ago
go first, until three quarters of it are left. A file that Bazel misses is simply built again.
"""

import os
import sys

DEFAULT_MAX_MB = 4000


def list_files(folder):
    """Yields (last use, size, path) of each file."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            try:
                stat = os.stat(path)
            except FileNotFoundError:
                continue
            yield max(stat.st_atime, stat.st_mtime), stat.st_size, path


def prune(folder, max_bytes):
    """Returns how many bytes went."""
    files = sorted(list_files(folder))
    total = sum(size for _, size, _ in files)
    if total <= max_bytes:
        return 0
    removed = 0
    for _, size, path in files:
        if total - removed <= max_bytes * 3 // 4:
            break
        try:
            os.remove(path)
        except FileNotFoundError:
            continue
        removed += size
    return removed


def main():
    max_mb = int(sys.argv[2]) if len(sys.argv) > 2 else DEFAULT_MAX_MB
    removed = prune(sys.argv[1], max_mb * 1000 * 1000)
    if removed:
        print(f"pruned {removed // 1000000} MB from {sys.argv[1]}", file=sys.stderr)


if __name__ == "__main__":
    main()
