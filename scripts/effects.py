#!/usr/bin/env python3
"""Edits clips of five kinds with each effect and each sound of the built-in engine, and proves every result.

usage: effects.py [--only TEXT] [--of pictures|sounds] [--clips TEXT] [--kept FILE] [--out docs/effects.md]

Effects are tried in the mode that replaces pictures and in the one that replaces both, sounds in the one that replaces
sound and in the one that replaces both. `retake verify` must say that all outside the segment is the original, and where it says
"exact" of both, compare.py, which owes nothing to Retake, must agree. Inside, something must have changed: at least one picture decodes to
something else, or the sound does. The exit status is 1 when a result is wrong. The whole takes more than an hour on two cores: results are
written to FILE as they come, and those that stand there already, other than wrong ones, are not tried again.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import compare
import matrix
from matrix import RETAKE, Wrong, run

START, DURATION, SECONDS = 0.6, 2.0, 3.0
PICTURE, SOUND, BOTH = matrix.MODES
CODED = "-c:v libx264 -preset ultrafast -crf 20 -pix_fmt yuv420p -g 15 "
# name, size, ffmpeg's options for the pictures, sound
CLIPS = [
    ("no sound", "320x180", CODED, "none"),
    ("4K", "3840x2160", CODED + "-r 6", "aac"),  # few pictures: it is their size that counts
    ("portrait", "180x320", CODED, "aac"),
    ("10 bit", "320x180", CODED.replace("yuv420p", "yuv420p10le"), "aac"),
    ("variable rate", "320x180", CODED + "-vf select='lt(mod(n\\,11)\\,7)' -fps_mode vfr", "aac"),
]


def asks(only, of):
    """The prompts of all effects or sounds or both, from the engine's own list."""
    listed = subprocess.run(["go", "run", "./internal/engine/contactsheet", "-list"], check=True, capture_output=True, text=True).stdout
    return [a for a in json.loads(listed) if only in a["prompt"] and of in ("sounds" if a["sound"] else "pictures")]


def with_lut(folder, only, of):
    """The prompt for a LUT, which needs a file, where it is wanted."""
    ask = {"prompt": "lut Warm Print", "kind": "lut", "sound": False}
    if only not in ask["prompt"] or of == "sounds":
        return []
    cube = "LUT_3D_SIZE 2\n" + "".join(f"{r} {0.9 * g} {0.8 * b}\n" for b in (0, 1) for g in (0, 1) for r in (0, 1))
    pathlib.Path(folder, "Warm Print.cube").write_text(cube)
    os.environ["RETAKE_ENGINE_BUILTIN_LUTS"] = folder
    return [ask]


def segment_changed(original, result, sound, silent):
    if sound and silent:
        return True  # what it gets may well be silence
    if sound:
        a, b = matrix.sound(original), matrix.sound(result)
        lo, hi = int(START * 8000), int((START + DURATION) * 8000)
        return a[lo:hi] != b[lo:hi]
    a, b = matrix.hashes(original), matrix.hashes(result)
    return any(x[1] != y[1] for x, y in zip(a, b) if START <= x[0] - a[0][0] < START + DURATION)


def tried(work, clip, ask, mode):
    """What became of one prompt on one clip: "exact", "near" or the refusal."""
    silent = not compare.packets(clip, "a:0")
    result = os.path.join(work, f"{os.path.basename(clip)}-{ask['kind'].replace(' ', '-')}-{ask['sound']}-{mode}.mp4")
    done = run([RETAKE, "edit", clip, "-p", ask["prompt"], "--start", str(START), "--duration", str(DURATION), "--mode", mode, "--seed", "1", "--json", "-o", result],
               ok=(0, 2, 3))
    if done.returncode:
        if silent and ask["sound"] and "no sound" in done.stdout + done.stderr:
            return "refused"  # there is no sound to treat
        raise Wrong(done.stderr.strip()[-200:])
    try:
        exact = json.loads(done.stdout.splitlines()[-1])["report"]["exact"]
        said = [RETAKE, "verify", clip, result, "--start", str(START), "--duration", str(DURATION), "--mode", mode]
        run(said if exact else said + ["--allow-reencode"])
        if exact and mode == BOTH:
            out = run([sys.executable, compare.__file__, clip, result, str(START), str(DURATION), mode], ok=(0, 1))
            if out.returncode:
                raise Wrong(out.stdout.strip())
        if not segment_changed(clip, result, ask["sound"], silent):
            raise Wrong("the segment still is the original")
        return "exact" if exact else "near"
    finally:
        os.unlink(result)


def outcome(work, clip, ask, mode, key, kept):
    """What became of one prompt, written down; "WRONG" is told at once."""
    try:
        got = tried(work, clip, ask, mode)
    except (Wrong, subprocess.CalledProcessError, KeyError, ValueError) as e:
        got = "WRONG"
        print(f"effects: FAIL {ask['prompt']}, {mode}, {key[0]}: {e}", flush=True)
    kept.write(json.dumps([*key, got]) + "\n")
    return got


def stood(path):
    """The results of an earlier run that aren't wrong, by clip, prompt, sound and mode."""
    if not path or not os.path.exists(path):
        return {}
    lines = [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]
    return {tuple(key): got for *key, got in lines if got != "WRONG"}


def page(rows, names):
    cells = sum(len(row) for row in rows.values())
    count = lambda what: sum(v == what for row in rows.values() for v in row.values())
    lines = ["# Every effect and sound, on five kinds of clips", "",
             "Written by `make effects`: 2 s of each clip are edited with each prompt, effects in the mode that replaces pictures and sounds in the",
             "one that replaces sound, then both in the one that replaces both. Each result is proven by `retake verify` and, where both are replaced and it is called exact,",
             "by a comparison that owes nothing to Retake; inside the segment something must have changed.", "",
             f"{cells} results: {count('exact')} exact, {count('near')} near-lossless, {count('refused')} refused as the clip has no sound to treat, "
             f"{count('WRONG')} wrong. Machine: {matrix.machine()}.", "",
             "| prompt | | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names)]
    for (prompt, sound), got in rows.items():
        cell = lambda n: ", ".join(dict.fromkeys(v for (name, _), v in got.items() if name == n))
        lines.append(f"| {prompt} | {'sound' if sound else 'pictures'} | " + " | ".join(cell(n) for n in names) + " |")
    return "\n".join(lines) + "\n"


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("--only", default="")
    options.add_argument("--of", default="", choices=["", "pictures", "sounds"])
    options.add_argument("--clips", default="")
    options.add_argument("--kept")
    options.add_argument("--out")
    given = options.parse_args()
    chosen = [c for c in CLIPS if given.clips in c[0]]
    wanted = asks(given.only, given.of)
    had, kept = stood(given.kept), open(given.kept or os.devnull, "a", buffering=1)
    rows, jobs = {}, []
    with tempfile.TemporaryDirectory() as luts, tempfile.TemporaryDirectory() as work, concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        wanted += with_lut(luts, given.only, given.of)
        for name, size, coded, sound in chosen:
            clip = os.path.join(work, name.replace(" ", "-") + ".mp4")
            matrix.make(clip, coded, "mp4", sound, size, SECONDS)
            for ask in wanted:
                for mode in ([SOUND, BOTH] if ask["sound"] else [PICTURE, BOTH]):
                    key = (name, ask["prompt"], ask["sound"], mode)
                    jobs.append((key, None if key in had else pool.submit(outcome, work, clip, ask, mode, key, kept)))
        for key, job in jobs:
            name, prompt, sound, mode = key
            rows.setdefault((prompt, sound), {})[name, mode] = job.result() if job else had[key]
    wrong = sum(got == "WRONG" for row in rows.values() for got in row.values())
    print(f"effects: {len(jobs)} results, {wrong} wrong")
    if given.out:
        pathlib.Path(given.out).write_text(page(rows, [c[0] for c in chosen]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
