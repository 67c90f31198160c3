# Sourced by the demo and the tests of the flows: one server on a free port, in a folder of its own, ended by its pid.
# start_server sets base (its address), key, signin (the link that signs a browser in once, where the server is on this
# machine alone) and work (a temporary folder); stop_server ends it and removes the folder.
# shellcheck shell=sh

work=""
pid=""

start_server() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/retake.XXXXXX")
  trap stop_server EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  : >"$work/server.log" # read below, perhaps before the server writes to it
  bin/retake serve --listen "${1:-127.0.0.1:0}" --data "$work/data" >"$work/server.out" 2>"$work/server.log" &
  pid=$!
  base=""
  tries=0
  while [ -z "$base" ]; do
    base=$(sed -n 's/.*listening on \(http:[^ ]*\).*/\1/p' "$work/server.log" | head -n 1)
    tries=$((tries + 1))
    if ! kill -0 "$pid" 2>/dev/null || [ "$tries" -gt 300 ]; then
      echo "The server did not start:" >&2
      cat "$work/server.log" >&2
      exit 1
    fi
    [ -n "$base" ] || sleep 0.1
  done
  key=$(sed -n 's/.*shown only now: //p' "$work/server.log")
  signin=$(sed -n 's/^sign in: //p' "$work/server.log")
}

stop_server() {
  if [ -n "$pid" ]; then
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    pid=""
  fi
  if [ -n "$work" ]; then
    rm -rf "$work"
    work=""
  fi
}
