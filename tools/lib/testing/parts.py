"""The parts of tools/test, each a function that runs something and returns a Count."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import check_layers
from testing.count import Count, count_events, count_xml
from testing.fuzz import fuzz as run_fuzz
from testing.fuzz_main import bazel_bin, run_bazel
from testing.venv import venv_python

ROOT = Path(os.environ["SLUICE_ROOT"])
_DIST_TEST = ROOT / "tools" / "lib" / "testing" / "dist_test.py"
# Three brokers and four workers want the machine to themselves: a part of its own.
_CHAOS = (ROOT / "tests/chaos/test_chaos.py", ROOT / "tests/cluster/test_broker_and_network_faults.py")
_TWO_FILES_AT_A_TIME = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
# Files of minutes: first, so that none of them is what the others are waited for.
_LONG = ("test_conversation.py", "test_interop.py", "test_blocked_connectors.py", "test_validate.py", "test_takeover.py",
         "test_session_keys.py", "test_peer_group.py", "test_conformance.py")
# Plugins that only tests use: test doubles with a switch for each way to fail or to hang.
_TEST_PLUGINS = "tests/support/plugins"
# What tests on real servers get to know: their addresses.
_SERVER_VARIABLES = ("SLUICE_KAFKA", "SLUICE_KAFKA_HOME")


def _all_targets():
    """Not //..., which would follow Bazel's own links (bazel-<name of this folder>)."""
    folders = ("runtime", "rest_api", "connectors", "proto", "tests", "tools")
    return [f"//{name}/..." for name in folders if any((ROOT / name).rglob("BUILD.bazel"))]


def _bazel(command, flags, targets):
    """Runs Bazel; its output goes to the terminal."""
    startup = shlex.split(os.environ.get("SLUICE_BAZEL_FLAGS", ""))
    with tempfile.NamedTemporaryFile(prefix="sluice-events.", suffix=".json") as events:
        status = subprocess.run(
            ["bazel", *startup, command, "--keep_going", f"--build_event_json_file={events.name}"]
            + [*flags, "--", *targets],
            cwd=ROOT,
            check=False,
        ).returncode
        count = count_events(Path(events.name).read_text(encoding="utf-8").splitlines())
    # 1: something did not build, 3: a test failed, 4: no test; what else is no verdict at all.
    if status not in (0, 3, 4) and not count.failed:
        count.failed.append(f"bazel {command} ended with status {status}")
    return count


def _bazel_tests(only, tags, *flags):
    targets = [target for target in only if not target.endswith(".py")] or _all_targets()
    return _bazel("test", [f"--test_tag_filters={tags}", *flags], targets)


def _pytest(folder, files, environment=None, flags=(), match=""):
    """Runs pytest on files under `folder`; none of them is nothing. `match`: what it gets as -k."""
    if not files:
        return Count()
    with tempfile.NamedTemporaryFile(prefix="sluice-pytest.", suffix=".xml") as xml:
        status = subprocess.run(
            [venv_python(), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
            + [f"--junitxml={xml.name}", *flags, *(["-k", match] if match else []), *map(str, files)],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            check=False,
        ).returncode
        text = Path(xml.name).read_text(encoding="utf-8")
    count = count_xml(text, "pytest") if text else Count()
    if status not in (0, 1, 5) and not count.failed:
        count.failed.append(f"pytest ended with status {status}")
    return count


def checks(only):
    """check_layers, and the tests of the tools themselves."""
    count = Count()
    findings = check_layers.check(ROOT)
    for finding in findings:
        print(finding, file=sys.stderr)
    if findings:
        count.failed.append(f"check_layers: {len(findings)} findings, see above")
    else:
        count.passed += 1
    tests = sorted((ROOT / "tools").rglob("*_test.py"))
    tests.remove(_DIST_TEST)
    path = f"{ROOT / 'tools'}:{ROOT / 'tools' / 'lib'}"
    count.add(_pytest(ROOT / "tools", tests, {"PYTHONPATH": path}))
    return count


def unit(only):
    """Also builds what is no test: clang sees locks and undeclared dependencies, which GCC, the product's compiler, cannot."""
    return _bazel_tests(only, "-integration", "--config=clang")


def fuzz(only):
    """Every fuzz target for 10 s: each is a case."""
    count = Count()
    try:
        held, count.failed = run_fuzz(run_bazel, bazel_bin, 10, only)
        count.passed = len(held)
    except (subprocess.CalledProcessError, ValueError) as error:
        count.failed.append(f"fuzz: {error}")
    return count


def asan(only):
    return _bazel_tests(only, "-integration,-no-asan", "--build_tests_only", "--config=asan")


def tsan(only):
    return _bazel_tests(only, "-integration,-no-tsan", "--build_tests_only", "--config=tsan")


def _server_environment():
    lines = subprocess.run(
        [ROOT / "tools" / "services", "env", "kafka"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    variables = dict(line.split("=", 1) for line in lines)
    return {name: variables[name] for name in _SERVER_VARIABLES}


def _build_test_plugins():
    """Answers what did not build, and the folder of the plugins: Bazel's own, they are no product. Built as that is, though,
    with which they share most."""
    count = _bazel("build", ["-c", "opt"], [f"//{_TEST_PLUGINS}/..."])
    startup = shlex.split(os.environ.get("SLUICE_BAZEL_FLAGS", ""))
    output = subprocess.run(
        ["bazel", *startup, "info", "-c", "opt", "bazel-bin"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()
    return count, Path(output) / _TEST_PLUGINS


def _staged_environment():
    environment = _server_environment()
    environment["SLUICE_DIST"] = os.environ.get("SLUICE_DIST") or str(ROOT / "dist")
    return environment


def integration(only, match=""):
    """`match` picks tests in Python by name; those in C++ stay out then."""
    environment = _staged_environment()
    flags = [f"--test_env={name}={value}" for name, value in environment.items()]
    count = Count()
    files = [Path(file).absolute() for file in only if file.endswith(".py")]
    if not match and (not only or len(files) < len(only)):
        flags = ["--build_tests_only", "--config=clang", "--local_test_jobs=1", *flags]
        count.add(_bazel_tests(only, "integration", *flags))
    if not only:
        files = [file for file in sorted((ROOT / "tests").rglob("test_*.py")) if file not in _CHAOS]
        files.sort(key=lambda file: _LONG.index(file.name) if file.name in _LONG else len(_LONG))
        files.append(_DIST_TEST)
    if files:
        unbuilt, plugins = _build_test_plugins()
        count.add(unbuilt)
        environment["SLUICE_TEST_PLUGINS"] = str(plugins)
    # Mostly they wait, so two files run at a time.
    together = _TWO_FILES_AT_A_TIME if len(files) > 1 and not match else ()
    count.add(_pytest(ROOT, files, environment, together, match))
    return count


def chaos(only, match=""):
    """Groups under load, and what can happen to them, their brokers and their network."""
    environment = _staged_environment()
    count, plugins = _build_test_plugins()
    environment["SLUICE_TEST_PLUGINS"] = str(plugins)
    files = [Path(file).absolute() for file in only] or _CHAOS
    count.add(_pytest(ROOT, files, environment, match=match))
    return count


PARTS = {part.__name__: part for part in (checks, unit, fuzz, asan, tsan, integration, chaos)}
