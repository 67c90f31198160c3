#!/bin/sh
# Enqueue first, listen for the completion after. Reads BASE and OXEN_API_KEY; its last line is the new clip's address.
set -eu
id=$(curl -sSf -X POST "$BASE/api/ai/queue" \
  -H "Authorization: Bearer $OXEN_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "model": "lightricks-ltx-2-retake",
    "prompt": "<prompt>",
    "input_video": "'"$BASE"'/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4"
  }' | jq -re '.generations[0].generation_id')
event=$(curl -sSN --max-time 600 "$BASE/api/events" -H "Authorization: Bearer $OXEN_API_KEY" | awk -v id="$id" '
  $0 == "event: media_generation_completed" { completed = 1; next }
  completed && /^data: / {
    completed = 0
    if (index($0, "\"generation_id\":\"" id "\"")) { print substr($0, 7); exit }
  }')
printf '%s' "$event" | jq -re 'if .status == "succeeded" then .url else error(.error) end'
