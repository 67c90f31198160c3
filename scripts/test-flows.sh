#!/bin/sh
# Runs the hub's three sample programs (block; enqueue and poll; enqueue and listen), each with the fewest and with all
# parameters, in curl and in Python, against a server of its own. Every result must play, have all its frames,
# and be the original outside the segment. The first program edits the sample clip, the others a small copy of it.
# FLOWS names some of them, such as FLOWS="poll-full.sh poll-full.py".
set -eu
cd "$(dirname "$0")/.."
[ -x bin/retake ] || { echo "bin/retake is missing: run make build" >&2; exit 2; }

. scripts/server.sh
start_server
BASE="$base" OXEN_API_KEY="$key"
export BASE OXEN_API_KEY

original="$work/original.mp4"
sample="$BASE/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4"
curl -sSf -o "$original" "$sample"

# frames FILE decodes all of it, failing on the first complaint, then counts its pictures.
frames() {
  ffmpeg -nostdin -v error -xerror -i "$1" -map 0 -f null - &&
    ffprobe -v error -count_packets -select_streams v:0 -show_entries stream=nb_read_packets -of csv=p=0 "$1"
}
want=$(frames "$original")

# shrink puts a small copy in the sample's place.
shrink() {
  ffmpeg -nostdin -v error -i "$original" -vf scale=480:270 -c:v libx264 -preset veryfast -g 72 -c:a copy "$work/small.mp4"
  original="$work/small.mp4"
  curl -sSf -o "$work/put" -T "$original" -H "Authorization: Bearer $key" "$sample"
}

failed=0
count=0
for flow in ${FLOWS:-$(cd scripts/flows && ls)}; do
  case "$flow" in
  *-minimal.*) segment="--start 0 --duration 6 --mode replace_video" ;;
  *-full.*) segment="--start 4 --duration 3 --mode replace_audio_and_video" ;;
  *) echo "flows: $flow is named neither -minimal nor -full" >&2; exit 2 ;;
  esac
  case "$flow" in *.py) run=/usr/bin/python3 ;; *) run=sh ;; esac
  count=$((count + 1))
  result="$work/result.mp4"
  rm -f "$result"
  # shellcheck disable=SC2086
  if "$run" "scripts/flows/$flow" >"$work/said" 2>"$work/complaint" &&
    curl -sSf -o "$result" "$(tail -n 1 "$work/said")" 2>>"$work/complaint" &&
    got=$(frames "$result" 2>>"$work/complaint") &&
    { [ "$got" = "$want" ] || { echo "$got frames instead of $want" >>"$work/complaint"; false; }; } &&
    bin/retake verify "$original" "$result" $segment >>"$work/complaint" 2>&1; then
    echo "flows: ok   $flow"
  else
    echo "flows: FAIL $flow"
    sed 's/^/    /' "$work/said" "$work/complaint"
    failed=$((failed + 1))
  fi
  [ "$count" -gt 1 ] || shrink
done
[ "$failed" -eq 0 ] || { echo "flows: $failed of $count failed; the server said:"; tail -n 40 "$work/server.log"; exit 1; }
echo "flows: all $count hold"
