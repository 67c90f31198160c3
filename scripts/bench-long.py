#!/usr/bin/env python3
"""Times edits of long and large clips: the same 4 s of the same keyframe intervals in clips of 20 s, 10 min and 60 min, 4 s in
the middle of 60 min of 1080p at 29.97 with B-frames as MP4 and as MKV (4.5 GB each) and of 5 hours, and 2 s of a 4K clip. Prints
what docs/benchmarks.md has under "Long and large".

usage: bench-long.py [--runs 3] [--retake bin/retake]

The clips are one encoded run each, repeated without encoding it again. Runs of different clips take turns. For each command it
tells the least wall time, the least processor time of the command with its ffmpegs, and the greatest memory of retake itself.
"""

import argparse
import json
import os
import subprocess
import tempfile
import threading
import time

# Pictures of a run at 30000/1001 a second that last as long as 1001 packets of AAC, so that copies join without a gap.
FRAMES, PACKETS = 640, 1001
SECONDS = PACKETS * 1024 / 48000
SAME = ["20 s", "10 min", "60 min"]  # of one run


def ffmpeg(*args):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *args], check=True)


def make_run(folder, size, *coding):
    """Encodes the pictures that a clip repeats."""
    path = os.path.join(folder, f"{size}.mp4")
    ffmpeg("-f", "lavfi", "-i", f"mandelbrot=s={size}:r=30000/1001:end_pts=600", "-frames:v", str(FRAMES), "-c:v", "libx264", *coding,
           "-g", "60", "-bf", "2", "-sc_threshold", "0", "-pix_fmt", "yuv420p", path)
    return path


def repeat(folder, run, sound, seconds, name):
    """Makes a clip of about so many seconds of a run and of packets of sound."""
    times = max(1, round(seconds / SECONDS))
    packets = os.path.join(folder, "sound.aac")
    with open(packets, "wb") as out:
        for _ in range(times):
            out.write(sound)
    path = os.path.join(folder, name)
    ffmpeg("-stream_loop", str(times - 1), "-i", run, "-i", packets, "-map", "0:v", "-map", "1:a", "-c", "copy", path)
    os.remove(packets)
    return path


def make(folder):
    """Makes the clips and returns their titles, paths, and starts and durations of segments."""
    path = os.path.join(folder, "run.aac")
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc=0.2*sin(2*PI*220*t)|0.2*sin(2*PI*277*t):s=48000:d={SECONDS - 1e-6:.6f}", "-c:a", "aac", "-b:a", "128k", path)
    with open(path, "rb") as data:
        sound = data.read()
    run = make_run(folder, "640x360", "-preset", "veryfast", "-crf", "23")
    clips = [(title, repeat(folder, run, sound, seconds, f"{seconds}.mp4"), 10, 4) for title, seconds in zip(SAME, (20, 600, 3600))]
    run = make_run(folder, "1920x1080", "-preset", "veryfast", "-crf", "23")
    for kind in ("mp4", "mkv"):
        clips.append((f"60 min of 1080p, {kind.upper()}", repeat(folder, run, sound, 3600, f"1080.{kind}"), 1800, 4))
    run = make_run(folder, "320x180", "-preset", "veryfast", "-crf", "30")
    for kind in ("mp4", "mkv"):
        clips.append((f"5 h of 180p, {kind.upper()}", repeat(folder, run, sound, 18000, f"5h.{kind}"), 9000, 4))
    path = os.path.join(folder, "4k.mp4")
    ffmpeg("-f", "lavfi", "-i", "mandelbrot=s=3840x2160:r=24:end_pts=200", "-t", "12", "-c:v", "libx264", "-preset", "ultrafast",
           "-crf", "20", "-g", "48", "-sc_threshold", "0", "-pix_fmt", "yuv420p", path)
    clips.append(("12 s of 4K, 2 s edited", path, 4, 2))
    return clips


def measure(command):
    """Runs a command: seconds of wall and processor time, MB of its own peak, its output."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output, peak = [], 0
    reader = threading.Thread(target=lambda: output.append(process.stdout.read()))
    reader.start()
    while True:
        try:
            with open(f"/proc/{process.pid}/status", encoding="utf-8") as status:
                for line in status:
                    if line.startswith("VmHWM"):
                        peak = max(peak, int(line.split()[1]))
        except OSError:
            pass
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        time.sleep(0.01)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    reader.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, peak / 1024, output[0]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--retake", default="bin/retake")
    args = options.parse_args()
    seen = {}
    with tempfile.TemporaryDirectory() as folder:
        clips = make(folder)
        for _ in range(args.runs):
            for title, path, start, duration in clips:
                result = "-edited".join(os.path.splitext(path))
                segment = ["--start", str(start), "--duration", str(duration), "--json"]
                edit = measure([args.retake, "edit", path, "-p", "snow", "-f", "-o", result, *segment])
                proof = measure([args.retake, "verify", path, result, *segment])
                seen.setdefault(title, []).append((edit, proof, json.loads(edit[3])["timings"], os.path.getsize(path)))
                os.remove(result)
    first = min(p[1] for p in (run[0] for run in seen[SAME[0]]))
    print("| clip | size | edit: wall / processors / memory | probing, pictures, splicing, proof | verify: wall / processors / memory |")
    print("|---|---|---|---|---|")
    for title, runs in seen.items():
        steps = min((run[2] for run in runs), key=lambda t: t["total"])
        row = [title, f"{runs[0][3] / 1e6:.0f} MB"]
        for which in (0, None, 1):
            if which is None:
                row.append(" / ".join(f"{steps[k]:.1f}" for k in ("probing", "engine", "splicing", "verifying")) + " s")
                continue
            own = [run[which] for run in runs]
            row.append(f"{min(o[0] for o in own):.1f} s / {min(o[1] for o in own):.1f} s / {max(o[2] for o in own):.0f} MB")
        print("| " + " | ".join(row) + " |")
    for title in SAME[1:]:
        print(f"processor time of an edit of {title} against 20 s: {min(run[0][1] for run in seen[title]) / first:.2f}")


if __name__ == "__main__":
    main()
