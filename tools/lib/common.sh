# Sourced by the shell scripts in tools/: where things are, and how to speak to the user.
# shellcheck shell=bash
SLUICE_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
SLUICE_CACHE="${SLUICE_CACHE:-${HOME:?HOME must be set}/.cache/sluice}"
export SLUICE_ROOT SLUICE_CACHE

say() { printf '\033[1m[%s]\033[0m %s\n' "$(basename "$0")" "$*" >&2; }
die() {
  printf '[%s] error: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Runs a noisy command with its output in a log; on failure shows the log's end and stops.
quietly() {
  local log="$1"
  shift
  if ! "$@" >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    die "'$*' failed; the whole output is in $log"
  fi
}

# With set -e a command that nobody expected to fail ends the script: say which.
set -o errtrace
trap 'printf "[%s] %s:%s: this failed: %s\n" "$(basename "$0")" "${BASH_SOURCE[0]}" "$LINENO" \
  "$BASH_COMMAND" >&2' ERR
