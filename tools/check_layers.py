#!/usr/bin/env python3
"""Checks what a compiler doesn't: which way #includes point, and how large files grow.

    tools/check_layers.py [ROOT]

Reads the layer table of runtime/README.md and checks every #include under runtime/, rest_api/,
connectors/ and proto/ against it; where librdkafka and Boost are included; the length of sources
and of module READMEs. Prints one line a finding, `file:line: what`, and ends with 1 if there is
any. Bazel's visibility can't do it: with GCC a header that only a dep of a dep lists builds.
"""

import re
import sys
from pathlib import Path

MAX_LINES = 450
MAX_README_LINES = 40
MAX_RUNTIME_README_LINES = 80
# Longer for a reason: path -> the reason.
LONG_FILES = {
    "runtime/abi/sluice_plugin.h": "the whole plugin contract is one header by design",
    "tests/abi/v1_0/sluice_plugin.h": "a frozen copy of the plugin contract",
}

CODE_FOLDERS = ("runtime", "rest_api", "connectors", "proto")
SIZED_FOLDERS = CODE_FOLDERS + ("tests", "tools")
CODE_SUFFIXES = (".h", ".cc", ".c", ".proto")
SIZED_SUFFIXES = CODE_SUFFIXES + (".py", ".sh", ".bzl")

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')
_IMPORT = re.compile(r'^\s*import\s+(?:public\s+)?(")([^"]+)"')
_LAYER = re.compile(r"^(\d+) (\S+(?: \S+)*)(?:  +(\S.*))?$")
_SEES = re.compile(r"^sees (.+) only$")
_TESTING = re.compile(r"(_test|_fake|fakes|fake_\w+|_testing|testing|_harness)\.(h|cc)$")


class TableError(Exception):
    """The layer table is missing or can't be read."""


class Table:
    """Which module may include which."""

    def __init__(self, text):
        self.layer = {}  # module -> number
        self.sees = {}  # module -> the modules and headers that it may include, if it is limited
        self.same_layer = set()  # (module, module of the same layer that it may include)
        for line in _block_of(text):
            if line.startswith("same layer, only:"):
                self._read_same_layer(line.partition(":")[2])
            elif not line.startswith("beside:"):
                self._read_layer(line)

    def _read_layer(self, line):
        match = _LAYER.match(line)
        if not match:
            raise TableError(f"runtime/README.md: expected 'N module...  comment', found '{line}'")
        number, modules, comment = match.groups()
        sees = _SEES.match(comment or "")
        for module in modules.split():
            if module in self.layer:
                raise TableError(f"runtime/README.md: module {module} stands in two layers")
            self.layer[module] = int(number)
            if sees:
                self.sees[module] = re.split(r",\s*|\s+and\s+", sees[1])

    def _read_same_layer(self, text):
        for rule in text.split(";"):
            users, arrow, used = rule.partition("->")
            if not arrow:
                raise TableError(f"runtime/README.md: expected 'a, b -> c', found '{rule.strip()}'")
            for user in users.split(","):
                self.same_layer |= {(user.strip(), module.strip()) for module in used.split(",")}

    def forbids(self, user, path, used, testing):
        """Why a file of module `user` may not include `path` of module `used`; None if it may."""
        if user == used:
            return None
        for module in (user, used):
            if module not in self.layer:
                return f"module {module} is not in the layer table of runtime/README.md"
        below = self.layer[user] - self.layer[used]
        if user in self.sees and self.layer[used] > 0:
            header = path.removeprefix("runtime/")
            if used in self.sees[user] or header in self.sees[user]:
                return None
            if testing and _TESTING.search(path) and self._sees_some_of(user, used):
                return None
            return f"{user} sees {', '.join(self.sees[user])} and layer 0 only, not {path}"
        if below > 0 or below == 0 and (testing or (user, used) in self.same_layer):
            return None
        where = "its own layer" if below == 0 else "a higher layer"
        return f"{user} (layer {self.layer[user]}) includes {path} of {where} ({self.layer[used]})"

    def _sees_some_of(self, user, used):
        return any(name.split("/")[0] == used for name in self.sees[user])


def _block_of(text):
    """The lines of the fenced block under '## Layers'."""
    _, heading, rest = text.partition("## Layers\n")
    parts = rest.split("```", 2)
    if not heading or len(parts) < 3:
        raise TableError("runtime/README.md: no fenced block under '## Layers'")
    return [line.rstrip() for line in parts[1].splitlines() if line.strip()]


def module_of(path):
    """The module of a file of ours, by its path from the root; None if the path is not ours."""
    parts = path.split("/")
    if parts[0] == "runtime" and len(parts) > 2:
        return parts[1]
    if parts[0] == "connectors" and len(parts) > 2:
        return "/".join(parts[:2])
    return parts[0] if parts[0] in CODE_FOLDERS and len(parts) > 1 else None


def check_connector(user, path, used):
    """The rule 'connectors/* -> connectors/shared -> connectors/sdk -> abi', and 'connectors/a_b -> connectors/a'. Why
    not, or None."""
    if used == user or used == ("abi" if user == "connectors/sdk" else "connectors/sdk"):
        return None
    if user.startswith(f"{used}_") or used == "connectors/shared" and user != "connectors/sdk":
        return None
    expected = "runtime/abi" if user == "connectors/sdk" else "connectors/sdk"
    return f"{user} may include {expected} and its own files only, not {path}"


def check_include(table, file, quote, path, root):
    """Yields what is wrong with `file` including `path`."""
    user = module_of(file)
    used = module_of(path)
    testing = bool(_TESTING.search(file))
    if "rdkafka" in path.split("/")[-1] and not re.fullmatch(r"runtime/kafka/[^/]+\.cc", file):
        yield f"{path} belongs in runtime/kafka/*.cc only"
    if path.startswith("boost/") and file.endswith(".h") and user not in ("rest_api", "cluster"):
        yield f"{path}: Boost stays out of headers, but for rest_api's and cluster's"
    if path.startswith("absl/synchronization/"):
        yield f"{path}: use runtime/base/mutex.h, TSan can't see into Abseil's"
    if quote == '"' and used is None and (root / file).parent.joinpath(path).exists():
        yield f"{path}: write the path from the root of the tree"
    if used is None or user is None:
        return
    if user.startswith("connectors/"):
        reason = check_connector(user, path, used)
    elif used.startswith("connectors/"):
        reason = f"{path}: nothing in {user} may include a connector or the SDK"
    else:
        reason = table.forbids(user, path, used, testing)
    if reason:
        yield reason


def files_under(root, folders, suffixes):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                yield str(path.relative_to(root)), path


def check_includes(root, table):
    for file, path in files_under(root, CODE_FOLDERS, CODE_SUFFIXES):
        pattern = _IMPORT if path.suffix == ".proto" else _INCLUDE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = pattern.match(line)
            for finding in check_include(table, file, *match.groups(), root) if match else ():
                yield f"{file}:{number}: {finding}"


def check_sizes(root):
    for file, path in files_under(root, SIZED_FOLDERS, SIZED_SUFFIXES):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_LINES and file not in LONG_FILES:
            yield f"{file}:1: {lines} lines, at most {MAX_LINES}: look for the second concept in it"


def check_readmes(root):
    folders = [root / "rest_api"]
    for parent in ("runtime", "connectors"):
        folders += [path for path in sorted((root / parent).glob("*")) if path.is_dir()]
    for folder in folders:
        if not any(file.suffix in CODE_SUFFIXES for file in folder.glob("*")):
            continue
        readme = folder / "README.md"
        name = readme.relative_to(root)
        if not readme.exists():
            yield f"{name}:1: missing: what the module is for, its headers in order, its threads"
            continue
        yield from check_readme(readme, name, MAX_README_LINES)
    readme = root / "runtime" / "README.md"
    yield from check_readme(readme, readme.relative_to(root), MAX_RUNTIME_README_LINES)


def check_readme(readme, name, most):
    lines = len(readme.read_text(encoding="utf-8").splitlines())
    if lines > most:
        yield f"{name}:1: {lines} lines, at most {most}"


def check(root):
    """All findings, as lines."""
    try:
        text = (root / "runtime" / "README.md").read_text(encoding="utf-8")
        table = Table(text)
    except (OSError, TableError) as error:
        return [str(error)]
    return [*check_includes(root, table), *check_sizes(root), *check_readmes(root)]


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    findings = check(root)
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
