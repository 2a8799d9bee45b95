#!/usr/bin/env bash
# Measures Levee against its baselines: scripts/bench.sh predict|ingest|infer|train|quality [--json FILE] [--save] [--rounds N] [--seconds N] [--data FILE]
# Ends with 0 when every must is met, 1 when one is not, 2 when the machine was too busy to say, 64 for what is not measured yet.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# need CHECK PACKAGE...: installs Debian's and Ubuntu's own packages when the check fails.
need() {
  if eval "$1" >/dev/null 2>&1; then return; fi
  shift
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "The benchmark needs packages that only root can install: run once as root: apt-get install $*"
    sudo=(sudo)
  fi
  command -v apt-get >/dev/null || die "The benchmark needs what Debian and Ubuntu call $*: install it with this system's package manager."
  say "Installing $*..."
  "${sudo[@]}" apt-get update -qq >&2
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

"$root/scripts/setup.sh" --all
if [ "${1:-}" = predict ]; then
  need "command -v wrk" wrk
  need "/usr/bin/python3 -c 'import fastapi, uvicorn, uvloop, httptools, xgboost, sklearn'" \
    python3-fastapi python3-uvicorn python3-uvloop python3-httptools python3-xgboost python3-sklearn
fi
if [ "${1:-}" = quality ] || [ "${1:-}" = train ]; then
  need "/usr/bin/python3 -c 'import xgboost, sklearn'" python3-xgboost python3-sklearn
fi

ensure_built Silo
build "$root/bench/Bench" "${build_flags[@]}" || die "The build did not succeed."
exec dotnet "$root/bench/Bench/bin/Release/net10.0/Levee.Bench.dll" "$@"
