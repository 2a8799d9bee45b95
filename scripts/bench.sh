#!/usr/bin/env bash
# Measures Levee against its baselines: scripts/bench.sh predict|ingest|infer|train|quality [--json FILE] [--save] [--rounds N] [--seconds N]
# Ends with 0 when every must is met, 1 when one is not, 2 when the machine was too busy to say, 64 for what is not measured yet.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"

# Debian's and Ubuntu's own packages, installed when they are missing: $1 shows that they are there, the rest names them.
need() {
  local check="$1"
  shift
  if ! eval "$check" >/dev/null 2>&1; then
    echo "Installing $*..." >&2
    local sudo=""
    if [ "$(id -u)" != 0 ]; then sudo="sudo"; fi
    $sudo apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "$@" >&2
  fi
}

if [ "${1:-}" = predict ]; then
  need "command -v wrk" wrk
  need "/usr/bin/python3 -c 'import fastapi, uvicorn, uvloop, httptools, xgboost, sklearn'" \
    python3-fastapi python3-uvicorn python3-uvloop python3-httptools python3-xgboost python3-sklearn
fi

for project in src/Silo src/Cli bench/Bench; do
  dotnet build "$root/$project" -c Release -v q --nologo >&2
done
exec dotnet "$root/bench/Bench/bin/Release/net10.0/Levee.Bench.dll" "$@"
