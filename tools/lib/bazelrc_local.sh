#!/usr/bin/env bash
# Writes .bazelrc.local: what is true of this machine only. Called by rdkafka.sh with the folders
# of the plain and of the tsan librdkafka, and of Arrow, which may be "". Leaves the file alone when
# nothing has changed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Bazel doesn't see system headers and libraries; a hash of the packages that hold them stands in.
# dpkg-query also fails when one of the patterns names nothing that is installed: harmless. tcmalloc
# (and what comes with it), of which no source includes a header, is left out: it would rebuild all for one link.
packages="$(dpkg-query -W -f '${Package} ${Version}\n' 'lib*-dev' rapidjson-dev 'g++*' 'gcc*' \
  clang-16 mold protobuf-compiler 2>/dev/null || true)"
system="$(grep -vE '^lib(google-perftools|unwind[78]*)-dev ' <<<"$packages" | sort | sha256sum | cut -c1-16)"
file="$SLUICE_ROOT/.bazelrc.local"
content="# Written by tools/lib/bazelrc_local.sh
build --action_env=SLUICE_SYSTEM=$system
build --repo_env=SLUICE_RDKAFKA_SDK=$1
build --repo_env=SLUICE_ARROW_SDK=$3
build:tsan --repo_env=SLUICE_RDKAFKA_SDK=$2"
if [[ "$(cat "$file" 2>/dev/null)" != "$content" ]]; then
  printf '%s\n' "$content" >"$file.$$"
  mv "$file.$$" "$file"
fi
