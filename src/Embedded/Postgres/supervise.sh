# Runs one PostgreSQL server and never lets it outlive the process that holds the other end of this script's standard input: when that
# end closes, be it by kill -9, the server is stopped. Lines read from it are names of signals for the server.
# Arguments: log file, folder to remove once the holder is gone (or empty), then the server's command. Prints the server's process id.
log=$1
remove=$2
shift 2

# A Ctrl-C in the terminal is for the holder, who stops the server when its own work is done.
trap '' HUP INT TERM
exec 3<&0 0</dev/null

"$@" 3<&- >>"$log" 2>&1 &
server=$!

(
  while read -r signal; do kill -s "$signal" "$server"; done
  if [ -n "$remove" ]; then : >"$log.orphaned"; fi
  kill -s INT "$server"
  tries=0
  while [ "$tries" -lt 150 ] && kill -0 "$server"; do sleep 0.2; tries=$((tries + 1)); done
  kill -s QUIT "$server"
) <&3 >/dev/null 2>&1 &
watcher=$!
exec 3<&-

echo "$server"
exec >/dev/null 2>&1

wait "$server"
code=$?
if [ -n "$remove" ] && [ -e "$log.orphaned" ]; then rm -rf "$remove"; fi
kill -s KILL "$watcher"
wait "$watcher"
exit "$code"
