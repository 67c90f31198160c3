#!/bin/sh
# Generate with every parameter and wait for the answer. Reads BASE and OXEN_API_KEY; its last line is the new clip's address.
set -eu
curl -sSf -X POST "$BASE/api/ai/videos/generate" \
  -H "Authorization: Bearer $OXEN_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "model": "lightricks-ltx-2-retake",
    "prompt": "<prompt>",
    "input_video": "'"$BASE"'/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4",
    "start_time": 4,
    "duration": 3,
    "mode": "replace_audio_and_video"
  }' | jq -re '.videos[0].url'
