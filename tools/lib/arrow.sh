#!/usr/bin/env bash
# Fetches Apache Arrow's C++ libraries and headers once into the cache under the home directory, and
# prints the folder: include/ and lib/. They come out of the Python wheel of pyarrow, as Debian has
# no package of them. Prints nothing, and says why, where they cannot be had: then there is no
# Parquet, and all else works.
#
# SLUICE_ARROW=none does without; SLUICE_ARROW=/folder takes another build with include/ and lib/.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$SLUICE_ROOT/tools/lib/packages.sh"

VERSION=21.0.0
WHEEL=pyarrow-$VERSION-cp311-cp311-manylinux_2_28_x86_64.whl
WHEEL_SHA256=40ebfcb54a4f11bcde86bc586cbd0272bac0d516cfa539c799c2453768477569
sdk="$SLUICE_CACHE/arrow-$VERSION-1"

without() {
  say "without Parquet: $*"
  exit 0
}

fetch() {
  local work
  work="$(mktemp -d "$SLUICE_CACHE/arrow.XXXXXX")"
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  # shellcheck disable=SC2086
  need_packages $PACKAGES_ARROW
  say "fetching Apache Arrow $VERSION (pip download pyarrow), 45 MB"
  /usr/bin/python3 -m venv "$work/venv" >"$work/log" 2>&1 || without "no Python environment: $(tail -n 1 "$work/log")"
  "$work/venv/bin/pip" download -q --disable-pip-version-check --no-deps --only-binary=:all: \
    --python-version 3.11 --platform manylinux_2_28_x86_64 -d "$work" "pyarrow==$VERSION" \
    >>"$work/log" 2>&1 || without "pip cannot fetch pyarrow $VERSION: $(tail -n 1 "$work/log")"
  echo "$WHEEL_SHA256  $work/$WHEEL" | sha256sum --check --status ||
    die "$WHEEL has another sha256 than the expected $WHEEL_SHA256: not using it"
  /usr/bin/python3 -m zipfile -e "$work/$WHEEL" "$work/wheel"
  mkdir -p "$work/sdk/lib"
  cp -r "$work/wheel/pyarrow/include" "$work/sdk/include"
  cp "$work/wheel/pyarrow"/libarrow.so.*[0-9] "$work/wheel/pyarrow"/libparquet.so.*[0-9] "$work/sdk/lib/"
  rm -rf "$sdk"
  mv "$work/sdk" "$sdk"
}

case "${SLUICE_ARROW:-}" in
  none) exit 0 ;;
  /*) echo "$SLUICE_ARROW"; exit 0 ;;
esac
if [[ ! -d "$sdk" ]]; then
  [[ "$(uname -m)" == x86_64 ]] || without "no wheel for $(uname -m) is known here; see SLUICE_ARROW"
  mkdir -p "$SLUICE_CACHE"
  fetch
fi
echo "$sdk"
