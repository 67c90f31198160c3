#!/bin/sh
# Enqueue with every parameter, then poll until it has ended. Reads BASE and OXEN_API_KEY; its last line is the new clip's address.
set -eu
id=$(curl -sSf -X POST "$BASE/api/ai/queue" \
  -H "Authorization: Bearer $OXEN_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "model": "lightricks-ltx-2-retake",
    "prompt": "<prompt>",
    "input_video": "'"$BASE"'/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4",
    "start_time": 4,
    "duration": 3,
    "mode": "replace_audio_and_video"
  }' | jq -re '.generations[0].generation_id')
while :; do
  row=$(curl -sSf "$BASE/api/ai/queue/$id" -H "Authorization: Bearer $OXEN_API_KEY")
  status=$(printf '%s' "$row" | jq -re '.status')
  echo "status: $status"
  case "$status" in
  succeeded) break ;;
  failed | cancelled) printf '%s' "$row" | jq -r '.error_message' >&2; exit 1 ;;
  esac
  sleep 1
done
printf '%s' "$row" | jq -re '.result_url'
