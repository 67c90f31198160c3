#!/usr/bin/env python3
"""Puts the same new pictures into the same clips in several ways, and tells what each costs and what it keeps.

usage: bench-splice.py [--runs 3] [--retake bin/retake] [--only TEXT] [--chart docs/benchmarks-splice.svg]

Retake's result comes first; its decoded pictures are the new ones for all others, which read them from a lossless file. The
ways take turns, and a time is the least processor time of the runs. What is kept is counted from outside, by ffprobe's packet hashes and ffmpeg's
PSNR, frame by frame. A tool that can't be had or fails is left out with a word. Tools are installed into a scratch folder.
"""

import argparse
import collections
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

START, END = 2.5, 6.5  # seconds
CRF = "17"
CLIPS = [
    ("a keyframe every 2 s", ["-g", "60", "-keyint_min", "60", "-sc_threshold", "0"]),
    ("keyframes as x264 sets them", ["-g", "250"]),
]


def run(command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


def ffmpeg(*args):
    run(["ffmpeg", "-nostdin", "-v", "error", "-y", *args])


def x264(preset):
    return ["-c:v", "libx264", "-preset", preset, "-crf", CRF, "-pix_fmt", "yuv420p"]


class Job:
    """One clip, its new pictures and a folder for what comes in between."""

    def __init__(self, folder, clip, pictures):
        self.folder, self.clip, self.pictures = folder, clip, pictures
        self.keys = [float(t) for t in run(["ffprobe", "-v", "error", "-select_streams", "v", "-skip_frame", "nokey", "-show_entries",
                                            "frame=pts_time", "-of", "csv=p=0", clip]).replace(",", " ").split()]

    def path(self, name):
        return os.path.join(self.folder, name)

    def middle(self, start, end, name):
        """Encodes the pictures of [start, end), end None being the clip's."""
        until = [] if end is None else ["-t", str(end - start)]
        ffmpeg("-ss", str(start), *until, "-i", self.pictures, "-an", *x264("veryfast"), self.path(name))
        return self.path(name)

    def join(self, parts, out):
        """Puts picture files one behind the other and the clip's own sound beside them."""
        with open(self.path("list.txt"), "w", encoding="utf-8") as names:
            names.writelines(f"file '{p}'\n" for p in parts)
        ffmpeg("-f", "concat", "-safe", "0", "-i", self.path("list.txt"), "-i", self.clip, "-map", "0:v", "-map", "1:a", "-c", "copy", out)

    def around(self):
        """The keyframes on either side of the segment."""
        before = max(k for k in self.keys if k <= START)
        return before, min((k for k in self.keys if k >= END), default=None)


def whole(preset):
    def way(job, out):
        ffmpeg("-i", job.pictures, "-i", job.clip, "-map", "0:v", "-map", "1:a", *x264(preset), "-c:a", "copy", out)
    return way


def keyframes(job, out):
    """Copies what lies before and behind the nearest keyframes and encodes between them."""
    before, behind = job.around()
    parts = []
    if before > 0:
        ffmpeg("-i", job.clip, "-t", str(before), "-an", "-c", "copy", job.path("head.mp4"))
        parts.append(job.path("head.mp4"))
    parts.append(job.middle(before, behind, "middle.mp4"))
    if behind is not None:
        ffmpeg("-ss", str(behind), "-i", job.clip, "-an", "-c", "copy", job.path("tail.mp4"))
        parts.append(job.path("tail.mp4"))
    job.join(parts, out)


def mkvtoolnix(job, out):
    """The same cuts by mkvmerge, which splits at keyframes and appends what fits together."""
    before, behind = job.around()
    parts = []

    def split(span, name):
        run(["mkvmerge", "-q", "-o", job.path(name), "-A", "--split", f"parts:{span}", job.clip])
        parts.append(job.path(name))

    def clock(t):
        return f"00:00:{t:012.9f}"

    if before > 0:
        split(f"{clock(0)}-{clock(before)}", "head.mkv")
    parts.append(job.middle(before, behind, "middle.mp4"))
    if behind is not None:
        split(f"{clock(behind)}-", "tail.mkv")
    command = ["mkvmerge", "-q", "-o", job.path("joined.mkv"), "-A"]
    for i, part in enumerate(parts):
        command += ([part] if i == 0 else ["+", part])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise RuntimeError((done.stdout + done.stderr).strip().splitlines()[-1])
    ffmpeg("-i", job.path("joined.mkv"), "-i", job.clip, "-map", "0:v", "-map", "1:a", "-c", "copy", out)


def smartcut(program):
    def way(job, out):
        parts = []
        for name, span in (("head.mp4", f"start,{START}"), ("tail.mp4", f"{END},end")):
            run([program, job.clip, job.path(name), "--keep", span])
            ffmpeg("-i", job.path(name), "-an", "-c", "copy", job.path("v" + name))
        parts = [job.path("vhead.mp4"), job.middle(START, END, "middle.mp4"), job.path("vtail.mp4")]
        job.join(parts, out)
    return way


def retake(program, bridge):
    def way(job, out):
        run([program, "edit", job.clip, "-p", "heavy snow", "--seed", "1", "--start", str(START), "--duration", str(END - START),
             "--edit-crf", CRF, "--bridge", bridge, "-f", "-o", out])
    return way


def install(folder):
    """Returns smartcut's path in a folder of its own, or why there is none."""
    try:
        run([sys.executable, "-m", "venv", os.path.join(folder, "tools")])
        run([os.path.join(folder, "tools", "bin", "pip"), "-q", "--disable-pip-version-check", "install", "smartcut==1.7"])
        return os.path.join(folder, "tools", "bin", "smartcut"), None
    except (subprocess.CalledProcessError, OSError) as e:
        return None, f"can't be installed ({type(e).__name__})"


def ways(args, folder):
    program, why = install(folder)
    all_ways = [
        ("Retake", retake(args.retake, "near"), None),
        ("Retake, --bridge exact", retake(args.retake, "exact"), None),
        ("ffmpeg, all encoded, medium", whole("medium"), None),
        ("ffmpeg, all encoded, veryfast", whole("veryfast"), None),
        ("ffmpeg, cut at keyframes and joined", keyframes, None),
        ("mkvmerge, cut at keyframes and joined", mkvtoolnix, None if shutil.which("mkvmerge") else "is not installed"),
        ("smartcut 1.7 and ffmpeg's concat", smartcut(program), why),
    ]
    return [w for w in all_ways if args.only in w[0] or w[0] == "Retake"]


def packets(path):
    rows = run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time,data_hash", "-show_data_hash", "md5",
                "-of", "csv=p=0", path]).split()
    return [(float(r.split(",")[0]), r.split(",")[1]) for r in rows if not r.startswith("N/A")]


def outside(t):
    return t < START - 1e-3 or t >= END - 1e-3


def brightness(path):
    out = run(["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:v", "-vf", "signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-",
               "-fps_mode", "passthrough", "-f", "null", "-"])
    return [float(line.split("=")[1]) for line in out.splitlines() if line.startswith("lavfi.")]


def likeness(job, result):
    """PSNR of each frame by its number."""
    log = job.path("psnr.txt")
    ffmpeg("-i", result, "-i", job.clip, "-lavfi", f"[0:v]setpts=N/30/TB[a];[1:v]setpts=N/30/TB[b];[a][b]psnr=stats_file={log}",
           "-fps_mode", "passthrough", "-f", "null", "-")
    values = []
    with open(log, encoding="utf-8") as lines:
        for line in lines:
            value = dict(f.split(":") for f in line.split())["psnr_y"]
            values.append(float("inf") if value == "inf" else float(value))
    return values


def judge(job, result):
    a, b = packets(job.clip), packets(result)
    times = sorted(t for t, _ in a)
    kept = sum((collections.Counter(h for t, h in a if outside(t)) & collections.Counter(h for _, h in b)).values())
    psnr = [p for t, p in zip(times, likeness(job, result)) if outside(t)]
    real = [min(p, 100) for p in psnr]
    light, own = brightness(result), brightness(job.clip)
    steps = []
    for t in (START, END):
        n = next(i for i, x in enumerate(times) if x >= t - 1e-3)
        steps.append(abs(light[n] - light[n - 1]) if n < len(light) else float("nan"))
    natural = max(abs(own[i] - own[i - 1]) for i in range(1, len(own)))
    shifted = len(a) != len(b) or max(abs(x - y) for x, y in zip(times, sorted(t for t, _ in b))) > 0.001
    return {
        "frames": f"{len(b)} of {len(a)}" + (", times shifted" if shifted else ""),
        "kept": kept, "outside": sum(outside(t) for t, _ in a),
        "same": sum(p == float("inf") for p in psnr), "mean": sum(real) / len(real), "worst": min(real),
        "steps": steps, "natural": natural, "size": os.path.getsize(result),
    }


def spent():
    """Processor time of all children so far, which other work on the machine changes least."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def bench(title, options, args, folder, known_ways):
    clip = os.path.join(folder, "clip.mp4")
    ffmpeg("-i", args.source, "-vf", "scale=640:360", "-t", "10", *x264("veryfast"), "-crf", "20", *options, "-c:a", "copy", clip)
    first = os.path.join(folder, "first.mp4")
    retake(args.retake, "near")(Job(folder, clip, None), first)
    pictures = os.path.join(folder, "pictures.mkv")
    ffmpeg("-i", first, "-map", "0:v", "-c:v", "ffv1", "-fps_mode", "passthrough", pictures)
    rows = {}
    left = {}
    for turn in range(args.runs):
        for name, way, why in known_ways:
            if why or name in left:
                left[name] = why or left[name]
                continue
            work = tempfile.mkdtemp(dir=folder)
            job = Job(work, clip, pictures)
            out = os.path.join(work, "result.mp4")
            print(f"{title}, run {turn + 1}: {name}", file=sys.stderr)
            start = spent()
            try:
                way(job, out)
                took = spent() - start
                row = rows.setdefault(name, {"times": []})
                row["times"].append(took)
                if turn == 0:
                    row.update(judge(job, out))
            except (subprocess.CalledProcessError, RuntimeError, OSError) as e:
                said = (getattr(e, "stderr", "") or str(e)).strip().splitlines()
                left[name] = "fails: " + (said[-1] if said else type(e).__name__)
                rows.pop(name, None)
            shutil.rmtree(work)
    return {"title": title, "rows": rows, "left": left, "source": os.path.getsize(clip)}


def table(result):
    base = min(result["rows"]["ffmpeg, all encoded, medium"]["times"]) if "ffmpeg, all encoded, medium" in result["rows"] else None
    print(f"\n{result['title']}; the clip has {result['source'] / 1e6:.1f} MB\n")
    print("| way | processor time against medium | size | frames | packets outside kept | pictures outside identical | PSNR outside, mean / worst | steps at the seams (natural) |")
    print("|---|---|---|---|---|---|---|---|")
    for name, r in result["rows"].items():
        least = min(r["times"])
        ratio = f"{least / base:.2f} ({least:.1f} s)" if base else f"{least:.1f} s"
        print(f"| {name} | {ratio} | {r['size'] / 1e6:.1f} MB | {r['frames']} | {r['kept']} of {r['outside']} | {r['same']} of {r['outside']} | "
              f"{r['mean']:.1f} / {r['worst']:.1f} dB | {r['steps'][0]:.1f} / {r['steps'][1]:.1f} ({r['natural']:.1f}) |")
    for name, why in result["left"].items():
        print(f"\nLeft out: {name} {why}.")


STYLE = """<style>
text { font: 15px system-ui, sans-serif; fill: #57606a }
.strong { font-weight: 600; fill: #24292f }
.kept { fill: #2f7d5b } .time { fill: #4a7bd0 } .rest { fill: #8b949e; opacity: .25 }
@media (prefers-color-scheme: dark) { text { fill: #a9b3be } .strong { fill: #e6edf3 } .kept { fill: #56b98c } .time { fill: #7aa2ea } }
</style>"""


def chart(results, path):
    """Two bars for each way: pictures kept to the bit, and processor time."""
    lines, y = [], 34
    for result in results:
        rows = result["rows"]
        longest = max(min(r["times"]) for r in rows.values())
        lines.append(f'<text class="strong" x="16" y="{y}">{result["title"]}</text>')
        lines.append(f'<text x="330" y="{y}">pictures outside the segment identical</text><text x="690" y="{y}">processor time</text>')
        for name, r in rows.items():
            y += 30
            share, spent = r["same"] / r["outside"], min(r["times"])
            lines.append(f'<text x="16" y="{y + 13}">{name}</text>')
            lines.append(f'<rect class="rest" x="330" y="{y}" width="270" height="16"/><rect class="kept" x="330" y="{y}" width="{270 * share:.0f}" height="16"/>')
            lines.append(f'<text x="608" y="{y + 13}">{100 * share:.0f} %</text>')
            lines.append(f'<rect class="time" x="690" y="{y}" width="{200 * spent / longest:.0f}" height="16"/><text x="{698 + 200 * spent / longest:.0f}" y="{y + 13}">{spent:.1f} s</text>')
        y += 60
    with open(path, "w", encoding="utf-8") as out:
        out.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 {y - 24}" width="960" height="{y - 24}" role="img" '
                  'aria-label="Pictures kept and processor time taken, by tool">\n' + STYLE + "\n" + "\n".join(lines) + "\n</svg>\n")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--retake", default="bin/retake")
    options.add_argument("--source", default="internal/sample/sample.mp4")
    options.add_argument("--only", default="", help="only ways whose name has this")
    options.add_argument("--chart", help="write a chart to this SVG file")
    options.add_argument("--json", help="write all figures to this file")
    args = options.parse_args()
    args.retake = os.path.abspath(args.retake)
    with tempfile.TemporaryDirectory() as folder:
        known_ways = ways(args, folder)
        results = [bench(title, how, args, folder, known_ways) for title, how in CLIPS]
    for result in results:
        table(result)
    if args.chart:
        chart(results, args.chart)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as out:
            json.dump(results, out, indent=1)


if __name__ == "__main__":
    main()
