"""The whole way: an HTTP request to a server of Retake, this engine behind it, and the proof of the file that comes back."""

import base64
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

RETAKE = os.environ.get("RETAKE", "")
TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def server(tiny_model, tmp_path_factory):
    """Starts a server whose only generative engine is this one, on the tiny model, and returns its address and key."""
    if not RETAKE:
        pytest.fail("RETAKE has to name the program: make test-ltx2 sets it")
    folder = tmp_path_factory.mktemp("server")
    checkpoint, gemma = tiny_model
    command = [sys.executable, str(TESTS / "tiny_worker.py"), "--checkpoint", str(checkpoint), "--gemma", str(gemma), "--devices", "cpu"]
    (folder / "retake.yaml").write_text(json.dumps({
        "models": {"prefer": ["ltx2"]},
        "engine": {"exec": {"ltx2": {"command": command, "start_within": "300s", "cancel_within": "60s"}}}}))
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    log = (folder / "log").open("w")
    process = subprocess.Popen([RETAKE, "serve", "--config", str(folder / "retake.yaml"), "--data", str(folder / "data"),
                                "--listen", f"127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        key = None
        for _ in range(1200):
            found = re.search(r"shown only now: (\S+)", (folder / "log").read_text())
            if found and "listening on" in (folder / "log").read_text():
                key = found[1]
                break
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        assert key, (folder / "log").read_text()
        yield f"http://127.0.0.1:{port}", key
    finally:
        process.terminate()
        process.wait(timeout=60)


def call(server, path, body=None, method=None):
    request = urllib.request.Request(server[0] + path, json.dumps(body).encode() if body else None,
                                     {"Authorization": f"Bearer {server[1]}", "Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return answer.read()


def clip(path, rate="30000/1001", sound=True):
    command = ["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size=320x180:rate={rate}"]
    if sound:
        command += ["-f", "lavfi", "-i", "sine=330:r=48000", "-c:a", "aac"]
    subprocess.run([*command, "-t", "6", "-c:v", "libx264", "-force_key_frames", "expr:gte(t,n_forced)", "-pix_fmt", "yuv420p", str(path)], check=True)


def run(server, path, mode):
    """Asks for 2 s from 2 s on, and returns the finished row."""
    data = base64.b64encode(path.read_bytes()).decode()
    answer = json.loads(call(server, "/api/ai/queue", {
        "model": "lightricks-ltx-2-retake", "prompt": "heavy snow", "input_video": f"data:video/mp4;base64,{data}", "start_time": 2, "duration": 2, "mode": mode}))
    return answer["generations"][0]["generation_id"]


def wait(server, generation):
    while True:
        row = json.loads(call(server, f"/api/ai/queue/{generation}"))
        if row["status"] in ("succeeded", "failed", "cancelled"):
            return row
        time.sleep(0.5)


def hashes(path, stream):
    """Returns the hash of every packet of a stream with its time, as ffprobe has them."""
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", stream, "-show_packets", "-show_data_hash", "md5", "-of", "json",
                          str(path)], check=True, capture_output=True, text=True).stdout
    return sorted((float(p["pts_time"]), p["data_hash"]) for p in json.loads(out)["packets"])


@pytest.mark.parametrize(
    "mode,rate,sound",
    [
        ("replace_audio_and_video", "30000/1001", True),
        ("replace_video", "25", True),
        ("replace_audio", "24", True),
        ("replace_video", "30", False),
    ],
)
def test_a_request_becomes_a_proven_file(server, tmp_path, mode, rate, sound):
    original, result = tmp_path / "original.mp4", tmp_path / "result.mp4"
    clip(original, rate, sound)
    row = wait(server, run(server, original, mode))
    assert row["status"] == "succeeded", row
    url = row["result_url"]
    result.write_bytes(call(server, url.removeprefix(server[0])))
    proof = subprocess.run([RETAKE, "verify", str(original), str(result), "--start", "2", "--duration", "2", "--mode", mode, "--json"], capture_output=True, text=True)
    assert proof.returncode == 0, proof.stdout + proof.stderr
    before, after = hashes(original, "v"), hashes(result, "v")
    assert [t for t, _ in before] == [t for t, _ in after]
    changed = [t for (t, x), (_, y) in zip(before, after) if x != y]
    if mode == "replace_audio":
        assert not changed
    else:
        assert changed and min(changed) > 1.8 and max(changed) < 4.1  # a keyframe stands at 4 s
    if sound:
        heard = [t for (t, x), (_, y) in zip(hashes(original, "a"), hashes(result, "a")) if x != y]
        assert (not heard) if mode == "replace_video" else (heard and min(heard) > 1.8 and max(heard) < 4.2)


def test_cancelling_stops_the_engine_and_keeps_it(server, tmp_path):
    clip(tmp_path / "clip.mp4")
    generation = run(server, tmp_path / "clip.mp4", "replace_video")
    while True:
        row = json.loads(call(server, f"/api/ai/queue/{generation}"))
        assert row["status"] in ("queued", "processing"), row
        if row.get("progress", 0) > 0.15:  # the engine is at it
            break
        time.sleep(0.1)
    call(server, f"/api/ai/queue/{generation}", method="DELETE")
    assert wait(server, generation)["status"] == "cancelled"
    assert wait(server, run(server, tmp_path / "clip.mp4", "replace_video"))["status"] == "succeeded"
