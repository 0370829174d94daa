"""@rdkafka: librdkafka as tools/lib/rdkafka.sh built it, or the system's."""

_BUILD = """
cc_library(
    name = "rdkafka",
    srcs = {srcs},
    hdrs = glob(["include/librdkafka/*.h"]),
    includes = ["include"],
    linkopts = {linkopts},
    visibility = ["//visibility:public"],
)
"""

_LIBS = ["sasl2", "ssl", "crypto", "z", "zstd", "m", "dl", "pthread"]

def _rdkafka_repository_impl(ctx):
    sdk = ctx.os.environ.get("SLUICE_RDKAFKA_SDK", "")
    if not sdk:
        fail("SLUICE_RDKAFKA_SDK is not set: run tools/build once, or tools/lib/rdkafka.sh")
    if sdk == "system":
        ctx.symlink("/usr/include/librdkafka", "include/librdkafka")
        srcs = []
        libs = ["rdkafka"]
    else:
        if not ctx.path(sdk + "/librdkafka.a").exists:
            fail("no librdkafka.a in %s: run tools/lib/rdkafka.sh%s" %
                 (sdk, " --tsan" if sdk.endswith("-tsan") else ""))
        ctx.symlink(sdk + "/include/librdkafka", "include/librdkafka")
        ctx.symlink(sdk + "/librdkafka.a", "librdkafka.a")
        srcs = ["librdkafka.a"]
        libs = _LIBS
    ctx.file("BUILD.bazel", _BUILD.format(
        srcs = repr(srcs),
        linkopts = repr(["-Wl,--as-needed"] + ["-l" + lib for lib in libs]),
    ))

rdkafka_repository = repository_rule(
    implementation = _rdkafka_repository_impl,
    doc = "The folder is named by SLUICE_RDKAFKA_SDK, which .bazelrc.local sets.",
    environ = ["SLUICE_RDKAFKA_SDK"],
    local = True,
)
