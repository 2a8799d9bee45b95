#!/usr/bin/env bash
# The load test with ApacheBench: scripts/load-test.sh [URL]: 1,000 requests, 100 at a time, to POST /predict of a running API
# (REQUESTS and CONCURRENCY change that, LEVEE_API_KEY is sent as X-Api-Key). Prints requests/s and percentiles; ends with 1 when a request
# failed. It is a closed loop and always the same customer, as the reference's test is, and so flatters: for many customers and latencies at a
# given rate use scripts/levee bench predict.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

url="${1:-http://localhost:8000}"
requests="${REQUESTS:-1000}"
concurrency="${CONCURRENCY:-100}"
need "command -v ab" apache2-utils

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
printf '{"customer_id":42,"merchant_id":7,"amount":129.90}' >"$work/body.json"
headers=()
if [ -n "${LEVEE_API_KEY:-}" ]; then headers=(-H "X-Api-Key: $LEVEE_API_KEY"); fi

# -l: answers differ in length, for they hold their latency.
ab -q -l -k -n "$requests" -c "$concurrency" -p "$work/body.json" -T application/json "${headers[@]}" "${url%/}/predict" >"$work/result" ||
  die "ab got no answers from $url."

number() { awk -F: -v name="$1" '$1 == name { split($2, words, " "); print words[1] + 0; found = 1 } END { if (!found) print 0 }' "$work/result"; }
percentile() { awk -v name="$1%" '$1 == name { print $2 }' "$work/result"; }

failed=$(($(number "Failed requests") + $(number "Non-2xx responses")))
echo "requests     $(number "Complete requests"), $concurrency at a time"
echo "requests/s   $(number "Requests per second")"
for p in 50 90 95 99 100; do echo "p$p          $(percentile "$p") ms"; done
echo "failed       $failed"
[ "$failed" -eq 0 ]
