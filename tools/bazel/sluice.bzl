"""The rules that this tree's packages use, so that a flag changes in one place."""

_TSAN_DATA = select({
    "//tools/bazel:tsan": ["//tools/bazel:tsan.supp"],
    "//conditions:default": [],
})

_GTEST = "//tools/bazel:gtest"

def sluice_library(name, **kwargs):
    """A cc_library: one header, its .cc, and all deps that they include."""
    native.cc_library(name = name, **kwargs)

def sluice_binary(name, **kwargs):
    """A cc_binary."""
    native.cc_binary(name = name, **kwargs)

def sluice_test(name, deps = [], data = [], size = "small", **kwargs):
    """A GoogleTest test with its main; fails after 60 s unless `size` says otherwise."""
    if type(deps) == type([]):
        deps = [dep for dep in deps if dep != _GTEST]
    native.cc_test(
        name = name,
        size = size,
        data = data + _TSAN_DATA,
        deps = deps + [_GTEST],
        **kwargs
    )

def sluice_plugin(name, deps = [], linkopts = [], **kwargs):
    """NAME.so, a plugin: exports sluice_plugin_entry_v1 and nothing else.

    A test has it as `data` and opens $TEST_SRCDIR/sluice/<package>/NAME.so.
    """
    native.cc_binary(
        name = name + ".so",
        linkshared = True,
        additional_linker_inputs = ["//tools/bazel:plugin.lds"],
        linkopts = linkopts + [
            "-Wl,--version-script=$(location //tools/bazel:plugin.lds)",
            "-Wl,-z,defs",
        ],
        deps = deps,
        **kwargs
    )

def sluice_shared_library(name, version_script, deps = [], linkopts = [], **kwargs):
    """A shared object that a plugin opens by itself; exports what its version script says."""
    native.cc_binary(
        name = name,
        linkshared = True,
        additional_linker_inputs = [version_script],
        linkopts = linkopts + [
            "-Wl,--version-script=$(location %s)" % version_script,
            "-Wl,-z,defs",
        ],
        deps = deps,
        **kwargs
    )

def sluice_proto(name, srcs, deps = [], visibility = None, **kwargs):
    """C++ classes of .proto files, which import each other by their path from the root.

    Args:
      name: the cc_library; it has X.pb.h for each X.proto.
      srcs: .proto files of this package.
      deps: other sluice_proto targets whose files are imported.
      visibility: as usual.
      **kwargs: handed to the cc_library.
    """
    stems = [src[:-len(".proto")] for src in srcs]
    native.filegroup(
        name = name + "_srcs",
        srcs = srcs + [dep + "_srcs" for dep in deps],
        visibility = visibility,
    )
    package = native.package_name()
    native.genrule(
        name = name + "_protoc",
        srcs = [":" + name + "_srcs"],
        outs = [stem + ext for stem in stems for ext in [".pb.h", ".pb.cc"]],
        cmd = "protoc --proto_path=. --cpp_out=$(GENDIR) " +
              " ".join(["%s/%s" % (package, src) for src in srcs]),
        message = "Generating C++ of",
    )
    native.cc_library(
        name = name,
        srcs = [stem + ".pb.cc" for stem in stems],
        hdrs = [stem + ".pb.h" for stem in stems],
        copts = ["-w"],
        visibility = visibility,
        deps = deps + ["//tools/bazel:protobuf"],
        **kwargs
    )

def sluice_text(name, src, visibility = None):
    """NAME.h with a file's text in the binary: `inline constexpr char kText_NAME[]`.

    Args:
      name: the cc_library, and the last part of the constant's name.
      src: the file; it must not contain )sluice_text".
      visibility: as usual.
    """
    native.genrule(
        name = name + "_h",
        srcs = [src],
        outs = [name + ".h"],
        cmd = "{ echo '#pragma once'; printf 'inline constexpr char kText_%s[] = R\"sluice_text(' " + name +
              "; cat $<; echo ')sluice_text\";'; } >$@",
        message = "Embedding",
    )
    native.cc_library(name = name, hdrs = [name + ".h"], visibility = visibility)

def sluice_fuzz(name, srcs, corpus, deps = [], **kwargs):
    """A libFuzzer target NAME (tools/fuzz) and NAME_corpus_test, which replays `corpus`.

    tools/fuzz puts inputs that break it into corpus/NAME.

    Args:
      name: the fuzzer.
      srcs: one file with LLVMFuzzerTestOneInput.
      corpus: inputs that the test replays under any compiler: glob(["corpus/NAME/*"]).
      deps: as usual.
      **kwargs: handed to both.
    """
    native.cc_binary(
        name = name,
        srcs = srcs,
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["fuzz", "manual"],
        deps = deps,
        **kwargs
    )
    native.cc_test(
        name = name + "_corpus_test",
        size = "small",
        srcs = srcs,
        args = ["$(locations %s)" % label for label in corpus],
        data = corpus + _TSAN_DATA,
        deps = deps + ["//tools/bazel:fuzz_replay_main"],
        **kwargs
    )
