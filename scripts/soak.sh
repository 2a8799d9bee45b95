#!/usr/bin/env bash
# The long and full-size runs: scripts/soak.sh streaming|memory|serving|overload|prediction-log|fuzz [--save] [--minutes N]
# streaming: three silos under load while silos are killed, stopped and frozen and PostgreSQL and a broker are away for a minute; and one with a
# customer that always throws, one that hangs and no dead-letter topic. At the end all that was produced is compared. Ends with 0 when all is exact.
# memory: windows are filled, then one silo for a quarter of an hour at 80 % of its highest rate, with event time running fast (23 minutes in all);
# ends with 0 when memory stays flat.
# serving: POST /predict for a quarter of an hour at 60 % of the highest rate beside 10,000 idle connections; ends with 0 when memory stays flat,
# no request fails and no minute's p99 is more than twice that of the first.
# overload: three times as many callers as can be answered in time; ends with 0 when those who are let in have their answers within half a second,
# nobody gets another error than 429, and everybody is let in before and after.
# prediction-log: PostgreSQL is away for a minute at 2,000 predictions/s, then again and the silo is killed within. Ends with 0 when no request
# failed and nothing is missing that was answered a flush interval before the kill.
# fuzz: 100,000 mangled requests to every endpoint before test grains, and as many to two silos before a real database, between which versions are
# swapped 42 times under load before; ends with 0 when none was answered with 5xx or with anything from inside the server.
# All print a table of results; with --save it also goes to bench/results.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case "${1:-}" in
  memory | serving | overload | prediction-log) exec "$root/scripts/bench.sh" "$@" ;;
esac
results="$(mktemp)"
trap 'rm -f "$results"' EXIT

# Prints the table, and keeps it when that was asked for.
finish() { # name, --save or nothing
  cat "$results"
  if [ "${2:-}" = --save ]; then
    mkdir -p "$root/bench/results"
    cp "$results" "$root/bench/results/$(date -u +%F)-$1.md"
  fi
}

if [ "${1:-}" = fuzz ]; then
  "$root/scripts/setup.sh" --all
  export LEVEE_FUZZ_REQUESTS="${LEVEE_FUZZ_REQUESTS:-100000}" LEVEE_SWAP_ROUNDS="${LEVEE_SWAP_ROUNDS:-20}" LEVEE_FUZZ_RESULTS="$results"
  {
    printf '# Mangled requests\n\n%s UTC, %s cores.\n\n' "$(date -u '+%F %H:%M')" "$(nproc)"
    printf '| sent to | requests | answers | 5xx, silence or anything from inside |\n| --- | ---: | --- | ---: |\n'
  } >"$results"
  build "$root/tests/Api.Tests" "${build_flags[@]}" || die "The build did not succeed."
  dotnet test "$root/tests/Api.Tests" -c Release --no-build --nologo --filter "FullyQualifiedName~FuzzTests" >&2
  build "$root/tests/Integration" "${build_flags[@]}" || die "The build did not succeed."
  dotnet test "$root/tests/Integration" -c Release --no-build --nologo --filter "FullyQualifiedName~ServingTests" >&2
  finish fuzz "${2:-}"
  exit 0
fi
[ "${1:-}" = streaming ] || die "Usage: scripts/soak.sh streaming|memory|serving|overload|prediction-log|fuzz [--save] [--minutes N]"

"$root/scripts/setup.sh" --all
build "$root/tests/Integration" "${build_flags[@]}" || die "The build did not succeed."
# The rate spreads the load over the outages, and 200,000 records fit into the embedded log, of which nothing may be dropped.
LEVEE_SOAK_TRANSACTIONS="${LEVEE_SOAK_TRANSACTIONS:-200000}" LEVEE_SOAK_RATE="${LEVEE_SOAK_RATE:-400}" \
  LEVEE_SOAK_KILLS="${LEVEE_SOAK_KILLS:-5}" LEVEE_SOAK_OUTAGE="${LEVEE_SOAK_OUTAGE:-60}" LEVEE_SOAK_RESULTS="$results" \
  dotnet test "$root/tests/Integration" -c Release --no-build --nologo --filter "FullyQualifiedName~ThreeSilosTests|FullyQualifiedName~BadNeighboursTests" >&2
finish streaming-faults "${2:-}"
