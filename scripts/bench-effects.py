#!/usr/bin/env python3
"""Sets what each picture effect takes against decoding and encoding the same pictures without it.

usage: bench-effects.py [--times N] [--out FILE]

Processor time of one picture of 1080p, on one core. Decoding and encoding is that of the sample clip's pictures by ffmpeg, with the
preset and the rate that the engine's new pictures get. Prints a table in Markdown, and the median and the worst of all.
"""
import argparse
import pathlib
import re
import resource
import statistics
import subprocess

CLIP = "internal/sample/sample.mp4"
PICTURES = 180


def children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def coding():
    """Milliseconds that decoding and encoding a picture takes."""
    before = children()
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-ss", "2", "-i", CLIP, "-frames:v", str(PICTURES), "-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "17", "-f", "null", "-"], check=True)
    return (children() - before) / PICTURES * 1000


def effects(times):
    """(name, strength) to milliseconds, without the copying of the picture."""
    out = subprocess.run(["go", "test", "-run", "^$", "-bench", "Effect|Reader", "-benchtime", f"{times}x", "-timeout", "60m", "./internal/picture"], check=True, capture_output=True, text=True).stdout
    found = re.findall(r"^Benchmark(Effect|Reader)/(.+)/([\d.]+?)(?:-\d+)?\s.*?([\d.]+) cpu-ms/op", out, re.M)
    rows = {(name.replace("_", " "), strength): float(ms) for _, name, strength, ms in found}
    copying = rows.pop(("copying", "0"))
    return {k: max(ms - copying, 0) for k, ms in rows.items()}


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("--times", type=int, default=12)
    options.add_argument("--out")
    given = options.parse_args()
    base = statistics.median(coding() for _ in range(3))
    rows = effects(given.times)
    usual = {name: ms for (name, strength), ms in rows.items() if strength == "0.6"}
    share = {name: 100 * ms / base for name, ms in usual.items()}
    worst = max(share, key=share.get)
    lines = [f"Decoding and encoding a picture takes {base:.1f} ms. Of {len(usual)} effects at their usual strength the median adds {statistics.median(share.values()):.0f} % to that, "
             f"the worst, {worst}, {share[worst]:.0f} %.", "", "| effect | ms | % | at full strength, ms |", "|---|---|---|---|"]
    for name in sorted(usual, key=usual.get, reverse=True):
        full = rows.get((name, "1"))
        lines.append(f"| {name} | {usual[name]:.1f} | {share[name]:.0f} | {'' if full is None else f'{full:.1f}'} |")
    text = "\n".join(lines) + "\n"
    print(text)
    if given.out:
        pathlib.Path(given.out).write_text(text)


if __name__ == "__main__":
    main()
