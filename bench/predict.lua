-- POST /predict for wrk. The bodies come from a file, one a line, so that every service gets the same ones in the same order.
local bodies = {}

function init(args)
  for line in io.lines(args[1]) do
    bodies[#bodies + 1] = line
  end
end

local headers = { ["Content-Type"] = "application/json" }
local current = 0

function request()
  current = current % #bodies + 1
  return wrk.format("POST", "/predict", headers, bodies[current])
end

-- One line of machine-readable figures after wrk's own table. Latencies are in microseconds.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'JSON {"requests":%d,"duration_us":%d,"p50_us":%.0f,"p99_us":%.0f,"status_errors":%d,"socket_errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
