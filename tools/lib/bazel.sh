# Sourced after common.sh and packages.sh: what tools/build and tools/test do before Bazel runs.
# shellcheck shell=bash

# Packages, librdkafka, .bazelrc.local, and a disk cache of bounded size. Instant when all is there.
prepare_bazel() {
  # shellcheck disable=SC2086
  need_packages $PACKAGES_BUILD
  "$SLUICE_ROOT/tools/lib/rdkafka.sh"
  /usr/bin/python3 "$SLUICE_ROOT/tools/lib/prune_cache.py" "$SLUICE_CACHE/bazel"
}

# SLUICE_BAZEL_FLAGS are start-up flags, e.g. --output_base=/some/where.
run_bazel() { # command, its arguments
  local startup=()
  read -ra startup <<<"${SLUICE_BAZEL_FLAGS:-}"
  (cd "$SLUICE_ROOT" && bazel "${startup[@]}" "$@")
}
