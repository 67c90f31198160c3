#!/usr/bin/python3
"""Enqueue with every parameter, then poll until it has ended. Reads BASE and OXEN_API_KEY; its last line is the new clip's address."""
import os
import sys
import time

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
while True:
    row = requests.get(f"{BASE}/api/ai/queue/{generation_id}", headers=HEADERS, timeout=60).json()
    print("status:", row["status"])
    if row["status"] in {"succeeded", "failed", "cancelled"}:
        break
    time.sleep(1)
if row["status"] != "succeeded":
    sys.exit(str(row["error_message"]))
print(row["result_url"])
