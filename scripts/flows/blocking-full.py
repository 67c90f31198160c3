#!/usr/bin/python3
"""Generate with every parameter and wait for the answer. Reads BASE and OXEN_API_KEY; its last line is the new clip's address."""
import os

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

response = requests.post(f"{BASE}/api/ai/videos/generate", headers=HEADERS, json=BODY, timeout=600)
response.raise_for_status()
print(response.json()["videos"][0]["url"])
