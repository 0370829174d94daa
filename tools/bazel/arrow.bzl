"""@arrow: Apache Arrow and Parquet for C++, as tools/lib/arrow.sh fetched them, or nothing."""

_BUILD = """
cc_library(
    name = "arrow",
    srcs = glob(["lib/*.so*"]),
    hdrs = glob(["include/**"]),
    includes = ["include"],
    target_compatible_with = {compatible},
    visibility = ["//visibility:public"],
)
"""

def _arrow_repository_impl(ctx):
    sdk = ctx.os.environ.get("SLUICE_ARROW_SDK", "")
    compatible = []
    if not sdk:
        compatible = ["@platforms//:incompatible"]  # its users are skipped
    elif not ctx.path(sdk + "/include/arrow").exists:
        fail("no include/arrow in %s: run tools/lib/arrow.sh" % sdk)
    else:
        ctx.symlink(sdk + "/include", "include")
        ctx.symlink(sdk + "/lib", "lib")
    ctx.file("BUILD.bazel", _BUILD.format(compatible = repr(compatible)))

arrow_repository = repository_rule(
    implementation = _arrow_repository_impl,
    doc = "The folder is named by SLUICE_ARROW_SDK, which .bazelrc.local sets; \"\" for none.",
    environ = ["SLUICE_ARROW_SDK"],
    local = True,
)
