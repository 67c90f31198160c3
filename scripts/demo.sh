#!/bin/sh
# From a fresh clone to an edited clip: installs what is missing, builds, starts a server, runs one retake of the sample
# clip through the public API, and proves that the rest of the clip is untouched. On a terminal the server then
# stays up until Ctrl-C; without one, or with DEMO_EXIT=1, it is stopped at once. The result is kept in demo-output.
set -eu
cd "$(dirname "$0")/.."

if ! command -v go >/dev/null 2>&1; then
  echo "The demo needs Go 1.26 or newer in PATH: see https://go.dev/doc/install" >&2
  exit 1
fi
scripts/install-deps.sh demo
echo "building bin/retake"
make -s build

. scripts/server.sh
start_server "${DEMO_LISTEN:-127.0.0.1:0}"
echo "the server is at $base"

prompt="heavy snow, wind howling" start=4 duration=4 mode=replace_audio_and_video
clip=/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4

# call METHOD PATH [BODY] prints the answer, or says what went wrong.
call() {
  code=$(curl -sS -o "$work/answer" -w '%{http_code}' -X "$1" "$base$2" \
    -H "Authorization: Bearer $key" -H "Content-Type: application/json" ${3:+--data-binary "$3"})
  if [ "$code" != 200 ]; then
    echo "$1 $2 answered $code: $(cat "$work/answer")" >&2
    return 1
  fi
  cat "$work/answer"
}

# fetch ADDRESS FILE downloads a file of the server.
fetch() {
  case "$1" in http*) from="$1" ;; *) from="$base$1" ;; esac
  curl -sSf -o "$2" -H "Authorization: Bearer $key" "$from"
}

mkdir -p demo-output
original=demo-output/original.mp4 result=demo-output/edited.mp4
fetch "$clip" "$original"

echo "asking for \"$prompt\" from $start s to $((start + duration)) s of the sample clip"
body=$(jq -cn --arg prompt "$prompt" --arg clip "$base$clip" --arg mode "$mode" --argjson start "$start" --argjson duration "$duration" \
  '{model: "lightricks-ltx-2-retake", prompt: $prompt, input_video: $clip, start_time: $start, duration: $duration, mode: $mode}')
answer=$(call POST /api/ai/queue "$body")
id=$(printf '%s' "$answer" | jq -r '.generations[0].generation_id')

said=""
while :; do
  row=$(call GET "/api/ai/queue/$id")
  status=$(printf '%s' "$row" | jq -r .status)
  now=$(printf '%s' "$row" | jq -r '"\(.status) \(.phase // "")"')
  if [ "$now" != "$said" ]; then
    printf '%s' "$row" | jq -r '"  \(.status)\(if (.phase // "") != "" then ": \(.phase)" else "" end), \((.progress // 0) * 100 | floor)%"'
    said="$now"
  fi
  case "$status" in
  succeeded) break ;;
  failed | cancelled)
    echo "the generation ended as $status: $(printf '%s' "$row" | jq -r '.error_message // ""')" >&2
    exit 1
    ;;
  esac
  sleep 0.3
done

fetch "$(printf '%s' "$row" | jq -r .result_url)" "$result"
echo
echo "the proof, made from the two files alone:"
proved=0
bin/retake verify "$original" "$result" --start "$start" --duration "$duration" --mode "$mode" || proved=$?
echo
echo "edited file   $(pwd)/$result"
echo "original      $(pwd)/$original"
[ "$proved" -eq 0 ] || { echo "The proof did not hold." >&2; exit "$proved"; }

if [ "${DEMO_EXIT:-}" = 1 ] || ! [ -t 0 ] || ! [ -t 1 ]; then
  echo "address       $base/ai/workbench?model=lightricks-ltx-2-retake (the server is stopped now; make demo on a terminal keeps it up)"
  exit 0
fi
if [ -n "$signin" ]; then
  echo "Workbench     $signin"
  echo "              (signs in by itself, once, within an hour; after that $base/ai/workbench and the key)"
else
  echo "Workbench     $base/ai/workbench"
fi
echo "API key       $key"
echo
echo "The server stays up until you press Ctrl-C; its data goes with it, demo-output stays."
wait "$pid"
