#!/usr/bin/env python3
"""An engine for Retake in Python: it turns the segment's pictures into negatives and its sound down, with ffmpeg."""
import json, os, subprocess, sys, threading

LINE = threading.Lock()  # lines come from several threads, and must not mix
RUNNING = {}             # the ffmpeg of each job, by the job's id
CAN = {"modes": ["replace_video", "replace_audio", "replace_audio_and_video"], "deterministic": True}

def say(**message):
    with LINE:
        print(json.dumps(message), flush=True)

def command(job, answer):
    window, seg = job["window"], job["segment"]
    run = ["ffmpeg", "-nostdin", "-v", "error", "-progress", "pipe:1", "-y", "-i", window["file"]]
    if job["mode"] != "replace_audio":
        run += ["-vf", f"negate=enable='between(n,{seg['first']},{seg['first'] + seg['frames'] - 1})'", "-crf", "10"]
    if job["mode"] != "replace_video" and window["sound"]:
        run += ["-af", f"volume=0.2:enable='between(t,{seg['start']},{seg['end']})'"]
    return run + [answer]

def work(job, process):
    for line in process.stdout:  # of -progress: frame=12
        name, _, value = line.strip().partition("=")
        if name == "frame" and value.isdigit():
            say(type="progress", id=job["id"], fraction=min(int(value) / job["window"]["frames"], 1), phase="negating")
    code = process.wait()
    del RUNNING[job["id"]]
    if code == 0:
        say(type="result", id=job["id"], file="answer.mp4", seed=job["seed"])
    elif code < 0:  # killed by cancel()
        say(type="error", id=job["id"], kind="cancelled")
    else:
        say(type="error", id=job["id"], kind="broken", message="The picture filter failed.")

def start(job):
    if job["mode"] == "replace_audio" and not job["window"]["sound"]:
        return say(type="error", id=job["id"], kind="bad_request", field="mode", message="The clip has no sound to turn down.")
    run = command(job, os.path.join(job["dir"], "answer.mp4"))
    process = subprocess.Popen(run, stdout=subprocess.PIPE, text=True)  # its standard error goes to the log
    RUNNING[job["id"]] = process
    threading.Thread(target=work, args=(job, process), daemon=True).start()

for message in map(json.loads, sys.stdin):  # ends with the server, too
    kind = message["type"]
    if kind == "hello":
        say(type="hello", protocol=1, name="negative", version="1.0", title="Negative", capabilities=CAN)
    elif kind == "load":
        say(type="loaded")  # a model would read its weights here, and say how far it is
    elif kind == "job":
        start(message)
    elif kind == "cancel" and message["id"] in RUNNING:
        RUNNING[message["id"]].kill()
    elif kind == "health":
        say(type="health", ok=True)
    elif kind == "shutdown":
        break
for process in list(RUNNING.values()):
    process.kill()
