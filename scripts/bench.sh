#!/usr/bin/env bash
# Measures Levee against its baselines: scripts/bench.sh predict|ingest|idle|infer|train|quality|import [--json FILE] [--save] [--rounds N] [--seconds N] [--data FILE]
# Ends with 0 when every must is met, 1 when one is not, 2 when the machine was too busy to say, 64 for what is not measured yet.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh" --all
case "${1:-}" in
  predict | serving | overload) need "command -v wrk" wrk ;;
esac
if [ "${1:-}" = predict ]; then
  need "/usr/bin/python3 -c 'import fastapi, uvicorn, uvloop, httptools, xgboost, sklearn'" \
    python3-fastapi python3-uvicorn python3-uvloop python3-httptools python3-xgboost python3-sklearn
fi
case "${1:-}" in
  infer) need "/usr/bin/python3 -c 'import xgboost'" python3-xgboost ;;
  quality | train) need "/usr/bin/python3 -c 'import xgboost, sklearn'" python3-xgboost python3-sklearn ;;
esac

if [ "${1:-}" = import ]; then ensure_built Cli; else ensure_built Silo; fi
if [ "${1:-}" = predict ]; then ensure_built Api; fi
build "$root/bench/Bench" "${build_flags[@]}" || die "The build did not succeed."
exec dotnet "$root/bench/Bench/bin/Release/net10.0/Levee.Bench.dll" "$@"
