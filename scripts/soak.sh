#!/usr/bin/env bash
# The long and full-size runs: scripts/soak.sh streaming|memory|prediction-log [--save]
# streaming: three silos under load while silos are killed, stopped and frozen and PostgreSQL and a broker are away for a minute; at the end all that
# was produced is compared. Ends with 0 when all is exact.
# memory: one silo for a quarter of an hour at 80 % of its highest rate, with event time running fast; ends with 0 when memory stays flat.
# prediction-log: PostgreSQL is away for a minute at 2,000 predictions/s, then again and the silo is killed within; then more is asked than
# can be answered. Ends with 0 when no request failed and nothing is missing that was answered a flush interval before the kill.
# All print a table of results; with --save it also goes to bench/results.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [ "${1:-}" = memory ] || [ "${1:-}" = prediction-log ]; then
  exec "$root/scripts/bench.sh" "$@"
fi
[ "${1:-}" = streaming ] || die "Usage: scripts/soak.sh streaming|memory|prediction-log [--save]"
results="$(mktemp)"
trap 'rm -f "$results"' EXIT

"$root/scripts/setup.sh" --all
build "$root/tests/Integration" "${build_flags[@]}" || die "The build did not succeed."
# The rate spreads the load over the outages, and 200,000 records fit into the embedded log, of which nothing may be dropped.
LEVEE_SOAK_TRANSACTIONS="${LEVEE_SOAK_TRANSACTIONS:-200000}" LEVEE_SOAK_RATE="${LEVEE_SOAK_RATE:-400}" \
  LEVEE_SOAK_KILLS="${LEVEE_SOAK_KILLS:-5}" LEVEE_SOAK_OUTAGE="${LEVEE_SOAK_OUTAGE:-60}" LEVEE_SOAK_RESULTS="$results" \
  dotnet test "$root/tests/Integration" -c Release --no-build --nologo --filter "FullyQualifiedName~ThreeSilosTests" >&2
cat "$results"
if [ "${2:-}" = --save ]; then
  mkdir -p "$root/bench/results"
  cp "$results" "$root/bench/results/$(date -u +%F)-streaming-faults.md"
fi
