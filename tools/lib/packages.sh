# Sourced after common.sh: the Debian packages that each tool needs, and their installation.
# shellcheck shell=bash disable=SC2034
PACKAGES_BUILD="ca-certificates g++ make mold python3 bazel-bootstrap bazel-platforms
  bazel-rules-java bazel-rules-proto bazel-skylib libboost-dev libssl-dev rapidjson-dev libabsl-dev
  libgtest-dev libgmock-dev libbenchmark-dev libspdlog-dev libfmt-dev libsasl2-dev libsasl2-modules
  libsasl2-modules-gssapi-mit zlib1g-dev libzstd-dev libprotobuf-dev libprotoc-dev
  protobuf-compiler libpcre2-dev libpq-dev libcurl4-openssl-dev libbz2-dev
  libgoogle-perftools-dev"
PACKAGES_ARROW="python3-venv"
PACKAGES_CHECK="clang-16 libclang-rt-16-dev llvm-16 python3-venv"
PACKAGES_INTEGRATION="prometheus krb5-kdc krb5-admin-server"  # promtool; a Kerberos realm
PACKAGES_FORMAT="clang-format-16"
PACKAGES_JAVA="ca-certificates python3 maven openjdk-17-jre-headless"
PACKAGES_POSTGRES="python3 postgresql"

# Installs those of the named packages that are missing. Without any missing it takes no time.
need_packages() { # package...
  local missing installed p
  command -v dpkg-query >/dev/null || die "no dpkg-query: this script knows Debian 12 only; install by hand: $*"
  installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "$@" 2>/dev/null || true)"
  missing=()
  for p in "$@"; do
    [[ "$installed" == *" installed:$p "* ]] || missing+=("$p")
  done
  ((${#missing[@]})) || return 0
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "not root and no sudo; install by hand: ${missing[*]}"
    as_root=(sudo)
  fi
  local log
  log="$(mktemp -t sluice-apt.XXXXXX)"
  quietly "$log" "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 update
  quietly "$log" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}"
  rm -f "$log"
}

# npm fetches librdkafka's source, and Azurite. Any npm will do; Debian's is taken only where there is none.
need_npm() {
  command -v npm >/dev/null || need_packages npm
}
