"""Tests of fuzz.py with a shell script in a fuzzer's place."""

import pytest
from testing import fuzz


@pytest.fixture
def target(tmp_path, monkeypatch):
    monkeypatch.setattr(fuzz, "ROOT", tmp_path)
    monkeypatch.setattr(fuzz, "_CACHE", tmp_path / "cache")
    return fuzz.Target("//rest_api:x_fuzz")


def script(tmp_path, text):
    path = tmp_path / "fuzzer"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def test_a_target_that_holds(target, tmp_path):
    binary = script(tmp_path, "echo 'stat::number_of_executed_units: 1200' >&2\n")
    assert fuzz.run_target(target, binary, 1) is None


def test_one_that_breaks_leaves_its_input_in_the_corpus(target, tmp_path):
    binary = script(
        tmp_path,
        'for a in "$@"; do case $a in -artifact_prefix=*) echo x >"${a#*=}crash-1";; esac; done; exit 77\n',
    )
    wrong = fuzz.run_target(target, binary, 1)
    assert "status 77" in wrong and "rest_api/corpus/x_fuzz/crash-1" in wrong
    assert (tmp_path / "rest_api/corpus/x_fuzz/crash-1").exists()


def test_one_that_tried_nothing_has_not_held(target, tmp_path):
    assert "status 0" in fuzz.run_target(target, script(tmp_path, "exit 0\n"), 1)


def test_only_named_targets(target):
    def bazel(*_):
        return "//rest_api:x_fuzz\n//runtime/record:json_fuzz\n"

    assert [t.name for t in fuzz.find_targets(bazel)] == ["x_fuzz", "json_fuzz"]
    assert [t.package for t in fuzz.find_targets(bazel, ["json_fuzz"])] == ["runtime/record"]
    with pytest.raises(ValueError, match="no fuzz target y_fuzz; there are: x_fuzz, json_fuzz"):
        fuzz.find_targets(bazel, ["y_fuzz"])
