#!/usr/bin/python3
"""Enqueue with every parameter first, listen for the completion after. Reads BASE and OXEN_API_KEY; its last line is the new clip's address."""
import json
import os
import sys

import requests

BASE = os.environ["BASE"]
HEADERS = {
    "Authorization": f"Bearer {os.environ['OXEN_API_KEY']}",
    "Content-Type": "application/json",
}
BODY = {
    "model": "lightricks-ltx-2-retake",
    "prompt": "<prompt>",
    "input_video": "/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4",
    "start_time": 4,
    "duration": 3,
    "mode": "replace_audio_and_video",
}

response = requests.post(f"{BASE}/api/ai/queue", headers=HEADERS, json=BODY, timeout=60)
response.raise_for_status()
generation_id = response.json()["generations"][0]["generation_id"]
event = ""
with requests.get(f"{BASE}/api/events", headers=HEADERS, stream=True, timeout=600) as stream:
    stream.raise_for_status()
    for line in stream.iter_lines(decode_unicode=True):
        if line.startswith("event: "):
            event = line[7:]
        elif line.startswith("data: ") and event == "media_generation_completed":
            data = json.loads(line[6:])
            if data["generation_id"] == generation_id:
                break
    else:
        sys.exit("the stream ended without the completion")
if data["status"] != "succeeded":
    sys.exit(data["error"])
print(data["url"])
