#!/usr/bin/env bash
# Builds everything and runs all tests: scripts/test.sh [PROJECT...], where PROJECT is part of a test project's name. The last line is
# always "N passed, N failed". A test that was skipped, and a project that could not run, counts as failed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Dozens of programs start and end here: what compiles code a second time pays only for what is called thousands of times (the number is
# hexadecimal, the default 1e), and to profile it never does. An eighth of the processors' time.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=2000

cores="$(nproc 2>/dev/null || echo 2)"
jobs="${LEVEE_TEST_JOBS:-$((cores < 4 ? cores : 4))}"
# Against a project that hangs; a slow machine must not look like one.
limit="${LEVEE_TEST_TIMEOUT:-1800}"
passed=0
failed=1
results="$(mktemp -d)"
trap 'echo "$passed passed, $failed failed"' EXIT

# run_project FILE: one project's tests; its result file and its output end up in $results.
run_project() {
  local name code=0
  name="$(basename "$1" .csproj)"
  timeout -k 10 "$limit" dotnet test "$1" -c Release --no-build --nologo \
    --logger "trx;LogFileName=$name.trx" --results-directory "$results" >"$results/$name.log" 2>&1 </dev/null || code=$?
  echo "$code" >"$results/$name.code"
}

# counter FILE NAME: a number of the summary in a result file; 0 when it has none.
counter() { sed -n "s/.*<Counters\(.*\)/\1/p" "$1" 2>/dev/null | sed -n "s/.* $2=\"\([0-9]*\)\".*/\1/p" | grep -m 1 . || echo 0; }

"$root/scripts/setup.sh" --all
say "Building..."
build "$root/Orleans.sln" "${build_flags[@]}" || die "The build did not succeed."

projects=()
# The longest comes first, so that the others run beside it.
for project in "$root"/tests/Integration/*.csproj "$root"/tests/[!I]*/*.csproj; do
  # A project without sources, or one that only helps others, has no tests.
  [ -n "$(find "$(dirname "$project")" \( -name bin -o -name obj \) -prune -o -name '*.cs' -print -quit)" ] || continue
  grep -q '<IsTestProject>false' "$project" && continue
  if [ $# = 0 ]; then projects+=("$project"); fi
  for wanted in "$@"; do
    case "${project##*/}" in *"$wanted"*) projects+=("$project") ;; esac
  done
done
[ "${#projects[@]}" != 0 ] || die "No test project is called like that."

say "Running ${#projects[@]} test projects, $jobs at a time..."
for project in "${projects[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || true; done
  run_project "$project" &
done
wait

failed=0
for project in "${projects[@]}"; do
  name="$(basename "$project" .csproj)"
  ok="$(counter "$results/$name.trx" passed)"
  total="$(counter "$results/$name.trx" total)"
  bad=$((total - ok))
  code="$(cat "$results/$name.code" 2>/dev/null || echo 1)"
  if [ "$bad" = 0 ] && { [ "$code" != 0 ] || [ "$total" = 0 ]; }; then
    bad=1
    say "$name could not run its tests (exit code $code):"
  fi
  if [ "$bad" != 0 ]; then cat "$results/$name.log" >&2; fi
  printf '%-28s %5d passed, %d failed\n' "$name" "$ok" "$bad"
  passed=$((passed + ok))
  failed=$((failed + bad))
done
if [ "$failed" != 0 ]; then
  say "Results are in $results."
  exit 1
fi
rm -rf "$results"
