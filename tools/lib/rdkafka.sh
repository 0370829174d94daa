#!/usr/bin/env bash
# Builds librdkafka once into the cache under the home directory, and tells Bazel where it is.
#
#   tools/lib/rdkafka.sh          the library, for every config but tsan
#   tools/lib/rdkafka.sh --tsan   a second one, compiled for ThreadSanitizer
#
# SLUICE_RDKAFKA=system takes the system's librdkafka (2.4 or newer) instead.
# Needs the packages of PACKAGES_BUILD in packages.sh; fetches npm itself, when it needs the source.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$SLUICE_ROOT/tools/lib/packages.sh"

VERSION=2.15.1
# The client package that carries librdkafka's source in deps/librdkafka, and the hash of its archive.
PACKAGE=@confluentinc/kafka-javascript
PACKAGE_VERSION=1.10.1
ARCHIVE=confluentinc-kafka-javascript-$PACKAGE_VERSION.tgz
ARCHIVE_SHA256=ada7d703bb1d3237e2292bfabf438d663b6160c9f1ac2a2406b5dc4257c81b66

# Not in the build folder, where configure takes any file configure.* for a part of itself.
logs="$SLUICE_CACHE/logs/librdkafka"
variant=plain
[[ "${1:-}" == --tsan ]] && variant=tsan

sdk_of() { # variant -> folder
  if [[ "${SLUICE_RDKAFKA:-}" == system ]]; then echo system; else
    echo "$SLUICE_CACHE/librdkafka-$VERSION-2-$1"  # the 2 counts how it is patched and configured
  fi
}

fetch_source() { # folder: unpacks the source there
  local archive="$SLUICE_CACHE/downloads/$ARCHIVE"
  mkdir -p "$SLUICE_CACHE/downloads"
  if ! echo "$ARCHIVE_SHA256  $archive" | sha256sum --check --status 2>/dev/null; then
    need_npm
    say "fetching librdkafka $VERSION (npm pack $PACKAGE@$PACKAGE_VERSION)"
    (cd "$1" && quietly "$logs/npm.log" npm pack "$PACKAGE@$PACKAGE_VERSION")
    echo "$ARCHIVE_SHA256  $1/$ARCHIVE" | sha256sum --check --status ||
      die "$ARCHIVE has another sha256 than the expected $ARCHIVE_SHA256: not using it"
    mv "$1/$ARCHIVE" "$archive"
  fi
  tar -xzf "$archive" -C "$1" --strip-components=3 package/deps/librdkafka
}

# A record without headers carries one byte, a count of 0. To find that out, librdkafka allocates and frees
# a buffer for each record whose headers are asked for: a fifth of the CPU time of a sink. With
# this line it knows without.
patch_source() { # folder
  local file="$1/src/rdkafka_msgset_reader.c"
  local after='rd_kafka_buf_read_ptr(rkbuf, &hdr.Headers.data, hdr.Headers.len);'
  local line='if (hdr.Headers.len == 1 \&\& *(const char *)hdr.Headers.data == 0) hdr.Headers.len = 0;'
  sed -i "s/^ *${after//&/\\&}\$/&\n        $line/" "$file"
  [[ "$(grep -c 'hdr.Headers.len = 0;' "$file")" == 1 ]] ||
    die "cannot patch $file: is it not librdkafka $VERSION?"
}

build() { # variant
  local sdk work
  sdk="$(sdk_of "$1")"
  [[ "$sdk" == system || -f "$sdk/librdkafka.a" ]] && return
  mkdir -p "$logs"
  work="$(mktemp -d "$SLUICE_CACHE/librdkafka-build.XXXXXX")"
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  fetch_source "$work"
  patch_source "$work"
  say "building librdkafka $VERSION ($1), about a minute"
  local flags=()
  if [[ "$1" == tsan ]]; then
    flags=(CFLAGS="-fsanitize=thread -fno-omit-frame-pointer -Wno-tsan" LDFLAGS=-fsanitize=thread)
  fi
  # Threads: C11's are invisible to TSan. lz4: the bundled one, so that no package is needed.
  (cd "$work" && quietly "$logs/configure.log" env "${flags[@]}" \
    ./configure --disable-curl --disable-c11threads --disable-lz4-ext)
  grep -q 'WITH_ZSTD 1' "$work/config.h" || die "librdkafka found no zstd: is libzstd-dev installed?"
  grep -q 'WITH_SASL_CYRUS 1' "$work/config.h" ||
    die "librdkafka found no Cyrus SASL: is libsasl2-dev installed?"
  quietly "$logs/make.log" make -C "$work/src" -j"$(nproc)" librdkafka.a
  mkdir -p "$work/sdk/include/librdkafka"
  cp "$work/src/rdkafka.h" "$work/src/rdkafka_mock.h" "$work/sdk/include/librdkafka/"
  [[ "$1" == tsan ]] || strip -g "$work/src/librdkafka.a"
  cp "$work/src/librdkafka.a" "$work/sdk/"
  rm -rf "$sdk"
  mv "$work/sdk" "$sdk"
  rm -rf "$work"
  trap - EXIT
}

build "$variant"
arrow="$("$SLUICE_ROOT/tools/lib/arrow.sh")"
"$(dirname "${BASH_SOURCE[0]}")/bazelrc_local.sh" "$(sdk_of plain)" "$(sdk_of tsan)" "$arrow"
