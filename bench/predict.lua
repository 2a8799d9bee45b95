-- POST for wrk. The bodies come from a file, one a line, so that every service gets the same ones in the same order.
-- Arguments: the file, the path (default /predict), how many lines make a request's JSON array (default none: a line is a body), and "patient"
-- for callers who wait for a second after a 429, as its Retry-After asks.
local requests = {}
local refused = 0

-- The requests are made once: what the load generator saves, the services of both sides have.
function init(args)
  local path = args[2] or "/predict"
  local rows = tonumber(args[3] or "0")
  if args[4] == "patient" then
    -- wrk asks for the delay before a connection's next request, not for which answer; as many wait as were refused.
    response = function(status) if status == 429 then refused = refused + 1 end end
    delay = function()
      if refused == 0 then return 0 end
      refused = refused - 1
      return 1000
    end
  end
  local headers = { ["Content-Type"] = "application/json" }
  local lines = {}
  for line in io.lines(args[1]) do
    if rows == 0 then
      requests[#requests + 1] = wrk.format("POST", path, headers, line)
    else
      lines[#lines + 1] = line
      if #lines == rows then
        requests[#requests + 1] = wrk.format("POST", path, headers, "[" .. table.concat(lines, ",") .. "]")
        lines = {}
      end
    end
  end
end

local current = 0

function request()
  current = current % #requests + 1
  return requests[current]
end

-- One line of machine-readable figures after wrk's own table. Latencies are in microseconds.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'JSON {"requests":%d,"duration_us":%d,"p50_us":%.0f,"p99_us":%.0f,"p999_us":%.0f,"status_errors":%d,"timeouts":%d,"socket_errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    errors.status, errors.timeout, errors.connect + errors.read + errors.write))
end
