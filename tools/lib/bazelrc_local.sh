#!/usr/bin/env bash
# Writes .bazelrc.local: what is true of this machine only. Called by rdkafka.sh with the folders
# of the plain and of the tsan librdkafka, and of Arrow, which may be "". Leaves the file alone when
# nothing has changed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Bazel doesn't see system headers and libraries; a hash of the installed packages that hold them stands in: those
# that the build asks for, and what they are names for. Not tcmalloc, of which no source includes a header: it would
# rebuild all for one link. Clang has a hash of its own: who installs it for the tests does not build the product again.
# dpkg-query also fails when one of the patterns names nothing that is known: harmless.
. "$SLUICE_ROOT/tools/lib/packages.sh"
hash_of() { # pattern...
  local packages
  packages="$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' "$@" 2>/dev/null || true)"
  sed -n '/ libgoogle-perftools-dev /d; s/^installed //p' <<<"$packages" | sort -u | sha256sum | cut -c1-16
}
# shellcheck disable=SC2086
system="$(hash_of $PACKAGES_BUILD 'libboost1*-dev' 'libstdc++-*-dev' libc6-dev linux-libc-dev 'g++-*' 'gcc-*')"
clang="$(hash_of 'clang-16*' 'libclang*-16*' 'llvm-16*')"
file="$SLUICE_ROOT/.bazelrc.local"
content="# Written by tools/lib/bazelrc_local.sh
build --action_env=SLUICE_SYSTEM=$system
build:clang --action_env=SLUICE_CLANG=$clang
build --repo_env=SLUICE_RDKAFKA_SDK=$1
build --repo_env=SLUICE_ARROW_SDK=$3
build:tsan --repo_env=SLUICE_RDKAFKA_SDK=$2"
if [[ "$(cat "$file" 2>/dev/null)" != "$content" ]]; then
  printf '%s\n' "$content" >"$file.$$"
  mv "$file.$$" "$file"
fi
