#!/usr/bin/env python3
"""Edits clips of every common kind in every mode and writes down what happened to each.

usage: matrix.py [--short] [--only TEXT] [--out docs/formats.md] [--corpus FOLDER]

Each cell is a clip (codec, keyframes, rate, container, sound) and a mode. What `retake probe` says before, what the report
says after and what ffmpeg and ffprobe show of the two files must agree; a cell in which they don't is WRONG, and the exit
status is 1. The comparison owes nothing to Retake: exact clips are held packet by packet (compare.py), others by what they
decode to. --short takes the clips marked as such, one of each kind that prove.sh does not try, in two modes each: both at once, and
pictures and sound in turn. --corpus edits nothing and leaves a tiny clip of each kind in a folder.
"""
import argparse
import array
import concurrent.futures
import datetime
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

import compare

RETAKE = str(pathlib.Path(__file__).resolve().parent.parent / "bin" / "retake")
MODES = ["replace_video", "replace_audio", "replace_audio_and_video"]
START, DURATION, SECONDS = 2.2, 2.0, 6

H264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p "
HEVC = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=error:"
AAC = "-c:a aac -b:a 96k"

# title of the pictures, ffmpeg's options, containers, sounds; * marks what --short takes.
PICTURES = [
    ("H.264 high, keyframe each 1.6 s", H264 + "-g 40", "mp4 mov m4v mkv *fmp4 *ts avi", "aac"),
    ("H.264 high, one keyframe", H264 + "-g 999 -sc_threshold 0", "mp4", "aac"),
    ("H.264 high, keyframes only", H264 + "-g 1", "mp4 mov", "aac"),
    ("H.264 main, no B-frames", H264 + "-profile:v main -bf 0 -g 40", "mp4", "aac"),
    ("H.264 baseline", H264 + "-profile:v baseline -g 40", "mp4 mov", "aac"),
    ("H.264 open GOP", H264 + "-x264-params open-gop=1:keyint=40:min-keyint=40", "mp4 mkv", "aac"),
    ("H.264 eight slices, deep B-pyramid", H264 + "-g 50 -x264-params slices=8:bframes=8:b-adapt=2", "mp4", "aac"),
    ("H.264 full range, BT.709", H264 + "-g 40 -color_range pc -colorspace bt709 -color_primaries bt709 -color_trc bt709", "mp4", "aac"),
    ("H.264 23.976", H264 + "-g 40 -r 24000/1001", "mp4", "aac"),
    ("H.264 29.97", H264 + "-g 40 -r 30000/1001", "mp4 mov", "aac"),
    ("H.264 59.94", H264 + "-g 90 -r 60000/1001", "mp4", "aac"),
    ("H.264 120", H264 + "-g 120 -r 120", "mp4", "aac"),
    ("H.264 variable rate", H264 + "-g 40 -vf select='lt(mod(n\\,11)\\,7)' -fps_mode vfr", "mp4 mkv", "aac"),
    ("H.264 rotated, pixels not square", H264 + "-g 40 -aspect 4:3 -metadata:s:v rotate=90", "mp4 mov", "aac"),
    ("H.264 odd size (4:2:0 crop)", H264 + "-g 40 -vf crop=318:178", "mp4", "aac"),
    ("H.264 parameter sets in the stream (avc3)", H264 + "-g 40 -tag:v avc3 -bsf:v dump_extra", "mp4", "aac"),
    ("H.264 10 bit", "-c:v libx264 -preset veryfast -pix_fmt yuv420p10le -g 40", "mp4 mov", "aac"),
    ("H.264 10 bit, 4:2:2", "-c:v libx264 -preset veryfast -pix_fmt yuv422p10le -g 40", "mp4 mov mkv", "aac"),
    ("H.264 10 bit, 4:4:4", "-c:v libx264 -preset veryfast -pix_fmt yuv444p10le -g 40", "mp4", "aac"),
    ("H.264 10 bit, 4:2:2, keyframes only", "-c:v libx264 -preset veryfast -pix_fmt yuv422p10le -g 1", "mp4", "aac"),
    ("H.264 BT.601", H264 + "-g 40 -colorspace smpte170m -color_primaries smpte170m -color_trc smpte170m", "mp4", "aac"),
    ("H.264 4:2:2", "-c:v libx264 -preset veryfast -pix_fmt yuv422p -g 40", "mp4", "aac"),
    ("H.264 interlaced", H264 + "-g 40 -flags +ildct+ilme -x264-params tff=1", "*mp4", "aac"),
    ("HEVC closed GOP", HEVC + "keyint=40:open-gop=0 -tag:v hvc1", "mp4 mov mkv ts", "aac"),
    ("HEVC open GOP", HEVC + "keyint=40:min-keyint=40:scenecut=0 -tag:v hvc1", "mp4 mov *mkv fmp4", "aac"),
    ("HEVC hev1, sets in the stream too", HEVC + "keyint=40:repeat-headers=1 -tag:v hev1", "mp4", "aac"),
    ("HEVC one keyframe", HEVC + "keyint=999 -tag:v hvc1", "mp4", "aac"),
    ("HEVC 10 bit", HEVC.replace("yuv420p", "yuv420p10le") + "keyint=40 -tag:v hvc1", "mp4", "aac"),
    ("HEVC 10 bit, BT.2020, full range", HEVC.replace("yuv420p", "yuv420p10le") + "keyint=40:colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc:range=full -tag:v hvc1", "mp4", "aac"),
    ("HEVC 10 bit, 4:2:2", HEVC.replace("yuv420p", "yuv422p10le") + "keyint=40 -tag:v hvc1", "mov", "aac"),
    ("HEVC 12 bit, 4:4:4", HEVC.replace("yuv420p", "yuv444p12le") + "keyint=40 -tag:v hvc1", "mp4", "aac"),
    ("HEVC HLG", HEVC.replace("yuv420p", "yuv420p10le") + "keyint=40:open-gop=0:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc -tag:v hvc1", "mov mkv", "aac"),
    ("HEVC HDR10 (PQ)", HEVC.replace("yuv420p", "yuv420p10le") + "keyint=40:hdr10=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc -tag:v hvc1", "*mp4", "aac"),
    ("AV1 (SVT-AV1)", "-c:v libsvtav1 -preset 12 -g 40 -pix_fmt yuv420p", "mp4 webm mkv", "aac"),
    ("VP9", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 40 -pix_fmt yuv420p", "*webm mp4 mkv", "aac"),
    ("VP9 10 bit", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 40 -pix_fmt yuv420p10le", "webm", "aac"),
    ("VP8", "-c:v libvpx -deadline realtime -cpu-used 8 -g 40 -pix_fmt yuv420p", "webm", "aac"),
    ("ProRes 422 proxy", "-c:v prores_ks -profile:v 0 -pix_fmt yuv422p10le", "mov", "pcm"),
    ("ProRes 422 LT", "-c:v prores_ks -profile:v 1 -pix_fmt yuv422p10le", "mov", "pcm"),
    ("ProRes 422", "-c:v prores_ks -profile:v 2 -pix_fmt yuv422p10le", "*mov", "*pcm"),
    ("ProRes 422 HQ", "-c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le -vf setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709", "mov", "pcm"),
    ("ProRes 4444", "-c:v prores_ks -profile:v 4 -pix_fmt yuv444p10le", "mov", "pcm"),
    ("ProRes 4444 with opacity", "-c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le", "mov", "pcm"),
    ("ProRes 422, interlaced", "-c:v prores_ks -profile:v 2 -pix_fmt yuv422p10le -flags +ildct -top 1", "mov", "pcm"),
    ("DNxHR HQ", "-c:v dnxhd -profile:v dnxhr_hq -pix_fmt yuv422p", "mov", "pcm"),
    ("DNxHR HQX", "-c:v dnxhd -profile:v dnxhr_hqx -pix_fmt yuv422p10le", "mov", "pcm"),
    ("Motion JPEG 4:2:2", "-c:v mjpeg -q:v 3 -pix_fmt yuvj422p", "mov", "pcm"),
    ("Motion JPEG", "-c:v mjpeg -q:v 3 -pix_fmt yuvj420p", "mov avi", "pcm"),
    ("MPEG-4 part 2", "-c:v mpeg4 -q:v 2 -g 40 -pix_fmt yuv420p", "mp4 avi", "mp3"),
    ("MPEG-2", "-c:v mpeg2video -q:v 2 -g 15 -pix_fmt yuv420p", "ts mkv", "ac3"),
    # Every kind of sound, under the same pictures.
    ("H.264 high, keyframe each 1.6 s", H264 + "-g 40", "mp4", "aac-mono aac-5.1 aac-44.1 *mp3 mp3-vbr mp3-mono ac3 ac3-5.1 eac3 *none alac flac flac-24 opus opus-5.1 opus-speech"),
    ("H.264 high, keyframe each 1.6 s", H264 + "-g 40", "mov", "pcm pcm24 pcm-be pcm32 pcm-float pcm-7.1 alac"),
    ("VP9", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 40 -pix_fmt yuv420p", "webm", "*vorbis"),
    ("VP8", "-c:v libvpx -deadline realtime -cpu-used 8 -g 40 -pix_fmt yuv420p", "webm", "vorbis vorbis-mono"),
    ("H.264 high, keyframe each 1.6 s", H264 + "-g 40", "mkv", "vorbis vorbis-5.1 flac opus pcm ac3 mp3 alac"),
]
SOUNDS = {
    "aac": AAC, "aac-mono": AAC + " -ac 1", "aac-5.1": AAC + " -ac 6", "aac-44.1": AAC + " -ar 44100", "mp3": "-c:a libmp3lame", "ac3": "-c:a ac3",
    "none": "-an", "alac": "-c:a alac", "flac": "-c:a flac -strict -2", "opus": "-c:a libopus", "vorbis": "-c:a libvorbis",
    "vorbis-mono": "-c:a libvorbis -ac 1 -ar 22050 -q:a 1", "vorbis-5.1": "-c:a libvorbis -ac 6 -q:a 6",
    "pcm": "-c:a pcm_s16le", "pcm24": "-c:a pcm_s24le", "pcm-be": "-c:a pcm_s16be -ac 1", "pcm32": "-c:a pcm_s32le", "pcm-float": "-c:a pcm_f32le",
    "mp3-vbr": "-c:a libmp3lame -q:a 3", "mp3-mono": "-c:a libmp3lame -ac 1 -b:a 64k", "ac3-5.1": "-c:a ac3 -ac 6", "eac3": "-c:a eac3",
    "opus-speech": "-c:a libopus -ac 1 -application voip -b:a 16k",
    "opus-5.1": "-c:a libopus -ac 6 -mapping_family 1 -b:a 320k",
    "flac-24": "-c:a flac -strict -2 -sample_fmt s32 -ac 1",
    "pcm-7.1": "-c:a pcm_s24le -ac 8",
}
KEPT = (".mp4", ".mov", ".m4v", ".mkv", ".webm")  # kinds of files that a result is, too
SUFFIX = {"fmp4": ("mp4", "-movflags frag_keyframe+empty_moov"), "ts": ("ts", "-f mpegts")}


class Wrong(Exception):
    """What was said and what was found do not agree."""


def cells(short, only):
    for title, options, containers, sounds in PICTURES:
        for container in containers.split():
            for sound in sounds.split():
                marked = container.startswith("*") and (len(sounds.split()) == 1 or sound.startswith("*")) or sound.startswith("*") and len(containers.split()) == 1
                if short and not marked:
                    continue
                c, s = container.lstrip("*"), sound.lstrip("*")
                s = "opus" if c == "webm" and s == "aac" else s
                if only and only not in f"{title} {c} {s}":
                    continue
                yield title, options, c, s


def make(path, options, container, sound, size="320x180", seconds=SECONDS):
    _, extra = SUFFIX.get(container, (container, ""))
    run(["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25,noise=alls=8:allf=t+u", "-f", "lavfi", "-i",
         "aevalsrc='0.3*sin(2*PI*(220+40*t)*t)|0.2*sin(2*PI*330*t)':s=48000", "-t", str(seconds), "-map", "0:v", "-map", "1:a",
         *options.replace("'", "").split(), *SOUNDS[sound].split(), *extra.split(), path])


def run(args, ok=(0,)):
    done = subprocess.run(args, capture_output=True, text=True)
    if done.returncode not in ok:
        raise Wrong(f"{os.path.basename(args[0])} {args[1]}: exit {done.returncode}: {done.stderr.strip()[-300:]}")
    return done


def hashes(path):
    """(seconds, hash) of each picture as ffmpeg decodes it."""
    tick, rows = compare.frames(path)
    return [(pts * tick, of) for pts, of in rows]


def keyframes(path):
    """When the pictures are shown at which decoding can begin, seconds from the first picture."""
    shown = sorted(compare.packets(path, "v:0"), key=lambda p: p["pts"])
    first = float(shown[0]["pts_time"])
    return [float(shown[i]["pts_time"]) - first for i in compare.starts(path, shown)]


def psnr(a, b, pixels):
    """Luma PSNR of each picture of b against a, in dB, taken one by one whatever their times are."""
    graph = f"[0:v]settb=1/1000,setpts=N,format={pixels}[a];[1:v]settb=1/1000,setpts=N,format={pixels}[b];[a][b]psnr=stats_file=-"
    out = run(["ffmpeg", "-v", "error", "-i", a, "-i", b, "-lavfi", graph, "-fps_mode", "passthrough", "-f", "null", os.devnull]).stdout
    found = []
    for line in out.splitlines():
        value = dict(f.split(":", 1) for f in line.split() if ":" in f).get("psnr_y", "0")
        found.append(float("inf") if value == "inf" else float(value))
    return found


def sound(path):
    """The first sound track at 8 kHz, mono."""
    out = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-map", "0:a:0", "-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", "8000", "-f", "s16le", "-"],
                         check=True, capture_output=True).stdout
    return array.array("h", out[:len(out) // 2 * 2])


def loudness_of_difference(a, b, ranges):
    """dBFS of what differs in ranges of seconds."""
    worst = -200.0
    for start, end in ranges:
        lo, hi = int(start * 8000), min(int(end * 8000), len(a), len(b))
        if hi - lo < 800:
            continue
        power = sum((x - y) ** 2 for x, y in zip(a[lo:hi], b[lo:hi])) / (hi - lo)
        if power:
            worst = max(worst, 10 * math.log10(power / 32768 ** 2))
    return worst


def looked_at(original, result, mode, report, recoded):
    """Holds a result that is not exact to what its report says; recoded: that all pictures are re-encoded."""
    a, b = hashes(original), hashes(result)
    if len(a) != len(b):
        raise Wrong(f"{len(b)} pictures where there were {len(a)}")
    late = max(abs((x[0] - a[0][0]) - (y[0] - b[0][0])) for x, y in zip(a, b))
    if late > 0.0021:
        raise Wrong(f"a picture is shown {late * 1000:.1f} ms off its time")
    segment = report["segment"]
    at = [seconds - a[0][0] for seconds, _ in a]
    same = [x[1] == y[1] for x, y in zip(a, b)]
    outside = [i for i in range(len(a)) if mode == "replace_audio" or not segment["start"] - 0.003 <= at[i] < segment["end"] - 0.003]
    for span in report["video"].get("spans") or []:
        wrong = [i for i in range(span["first"], span["first"] + span["count"]) if span["kept"] and not same[i]]
        if wrong:
            raise Wrong(f"picture {wrong[0]} is said to be kept and decodes to something else")
    if not recoded:
        bridge = next((t for t in keyframes(original) if t >= segment["end"] - 0.003), float("inf"))
        first = next(i for i, t in enumerate(at) if t >= segment["start"] - 0.003)
        for i in outside:
            if not same[i] and (mode == "replace_audio" or i < first - 16 or at[i] > bridge + 0.003):
                raise Wrong(f"picture {i} needs no replaced one and decodes to something else")
    alike = sum(same[i] for i in outside)
    if alike < len(outside):
        pixels = compare.stream(result, "v:0", "pix_fmt")["pix_fmt"]
        figures = psnr(original, result, pixels)
        worst = min(figures[i] for i in outside)
        if worst < 37:
            raise Wrong(f"a picture outside the segment has a PSNR of {worst:.1f} dB")
    if mode != "replace_audio" and any(same[i] for i in set(range(len(a))) - set(outside)):
        raise Wrong("the segment still shows the original")
    if report.get("audio"):
        listened_to(original, result, mode, segment)
    return f"{alike} of {len(outside)} pictures outside decode the same"


def listened_to(original, result, mode, segment):
    """Holds the sound outside the segment to be the original's, as far as is heard."""
    margin = 0.3
    ranges = [(0, SECONDS)] if mode == "replace_video" else [(0, segment["start"] - margin), (segment["end"] + margin, SECONDS - 0.1)]
    off = loudness_of_difference(sound(original), sound(result), ranges)
    if off > -38:
        raise Wrong(f"the sound outside the segment differs at {off:.0f} dBFS")


def cell(original, mode):
    """Edits a clip in one mode and returns what became of it, with a word on it."""
    stem, suffix = os.path.splitext(original)
    result = f"{stem}-{mode}{suffix if suffix in KEPT else '.mp4'}"
    said = run([RETAKE, "probe", original, "--json"], ok=(0, 3))
    ahead = json.loads(said.stdout)["modes"][mode] if said.returncode == 0 else {"refused": said.stderr.strip()}
    done = run([RETAKE, "edit", original, "-p", "black and white, rain", "--start", str(START), "--duration", str(DURATION), "--mode", mode, "--json", "-o", result], ok=(0, 3))
    if bool(ahead.get("refused")) != (done.returncode == 3):
        raise Wrong(f"probe said {ahead}, edit ended with {done.returncode}: {done.stderr.strip()[-200:]}")
    if done.returncode == 3:
        return "refused", done.stderr.strip().splitlines()[-1].removeprefix("retake: ")
    answer = json.loads(done.stdout.splitlines()[-1])
    result, report = answer["file"], answer["report"]
    if report["exact"] != ahead["exact"]:
        raise Wrong(f"probe said exact {ahead['exact']}, the report says {report['exact']}")
    check = [RETAKE, "verify", original, result, "--start", str(START), "--duration", str(DURATION), "--mode", mode]
    run(check if report["exact"] else check + ["--allow-reencode"])
    if report["exact"]:
        out = run([sys.executable, compare.__file__, original, result, str(START), str(DURATION), mode], ok=(0, 1))
        if out.returncode:
            raise Wrong(out.stdout.strip())
        return "exact", ""
    if not report.get("reasons"):
        raise Wrong("it is not exact, and no reason is given")
    pictures = any("whole picture track was re-encoded" in r for r in report["reasons"])
    sounds = any("whole sound track was re-encoded" in r for r in report["reasons"])
    shown = looked_at(original, result, mode, report, pictures)
    if pictures and sounds:
        return "re-encoded", shown
    if pictures:
        return "pictures re-encoded", shown
    if sounds:
        return "sound re-encoded", shown
    return "rewritten", shown


def machine():
    with open("/proc/cpuinfo") as f:
        name = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), "unknown")
    version = run(["ffmpeg", "-version"]).stdout.split()[2]
    return f"{os.cpu_count()} cores of {name}, ffmpeg {version.split('-')[0]}, {datetime.date.today()}"


WORDS = {
    "exact": "**exact**", "rewritten": "rewritten as MP4", "sound re-encoded": "sound track re-encoded",
    "pictures re-encoded": "picture track re-encoded", "re-encoded": "both re-encoded", "refused": "refused", "WRONG": "WRONG",
}


def page(rows):
    count = lambda kind: sum(r[mode][0] == kind for r in rows.values() for mode in MODES)
    total = len(rows) * len(MODES)
    lines = ["# Formats, tried one by one", "",
             "Written by `make matrix`, which makes a clip of each kind, edits 2 s of it in every mode, and holds the result against the",
             "original by ffmpeg and ffprobe alone: packet by packet where the edit is called exact, else by what both decode to. What",
             "`retake probe` said before and what the report said after agreed with that in every cell"
             + (f" but {count('WRONG')}." if count("WRONG") else "."), "",
             f"{total} cells: {count('exact')} exact, {count('rewritten')} rewritten as MP4 with what an exact edit keeps, {count('sound re-encoded')} with the sound",
             f"track re-encoded, {count('pictures re-encoded')} with the picture track re-encoded, {count('re-encoded')} with both, {count('refused')} refused.",
             f"Machine: {machine()}.", "",
             "*Exact* and the other words are explained in [promise.md](promise.md).", "",
             "| pictures | container | sound | pictures replaced | sound replaced | both replaced |", "|---|---|---|---|---|---|"]
    for (title, container, sound_kind), got in rows.items():
        shown = {"fmp4": "MP4, fragmented", "webm": "WebM"}.get(container, container.upper())
        lines.append(f"| {title} | {shown} | {sound_kind} | " + " | ".join(WORDS[got[m][0]] for m in MODES) + " |")
    refusals = sorted({got[m][1] for got in rows.values() for m in MODES if got[m][0] == "refused"})
    if refusals:
        lines += ["", "What was refused was told:", ""] + [f"- {r}" for r in refusals]
    return "\n".join(lines) + "\n"


def corpus(folder, short, only):
    """Leaves a clip of each kind that is as small as can be."""
    os.makedirs(folder, exist_ok=True)
    for number, (title, args, container, sound_kind) in enumerate(cells(short, only)):
        path = os.path.join(folder, f"{number}.{SUFFIX.get(container, (container,))[0]}")
        try:
            make(path, args.replace("crop=318:178", "crop=110:78"), container, sound_kind, "112x80", 0.36)
        except Wrong as e:  # not every encoder takes pictures this small, or so few
            pathlib.Path(path).unlink(missing_ok=True)
            print(f"corpus: {title}, {container}, {sound_kind} is left out: {e}")


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("--short", action="store_true")
    options.add_argument("--only", default="")
    options.add_argument("--out")
    options.add_argument("--corpus")
    given = options.parse_args()
    if given.short and given.out:
        options.error("--out wants every mode of every clip, which --short leaves out")
    if given.corpus:
        corpus(given.corpus, given.short, given.only)
        return 0
    rows, wrong, jobs = {}, 0, []
    with tempfile.TemporaryDirectory() as work, concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        def clip(number, args, container, sound_kind):
            path = os.path.join(work, f"{number}.{SUFFIX.get(container, (container,))[0]}")
            make(path, args, container, sound_kind)
            got = {}
            for mode in [MODES[(number + 1) % 2], MODES[2]] if given.short else MODES:
                try:
                    got[mode] = cell(path, mode)
                except (Wrong, subprocess.CalledProcessError, KeyError, ValueError) as e:
                    got[mode] = ("WRONG", f"{type(e).__name__}: {e}")
            return got
        for number, key in enumerate(cells(given.short, given.only)):
            jobs.append((key, pool.submit(clip, number, *key[1:])))
        for (title, _, container, sound_kind), job in jobs:
            try:
                got = job.result()
            except Wrong as e:
                print(f"matrix: FAIL the clip {title}, {container}, {sound_kind} can't be made: {e}")
                wrong += 1
                continue
            rows[title, container, sound_kind] = got
            for mode, (kind, note) in got.items():
                wrong += kind == "WRONG"
                print(f"matrix: {'FAIL' if kind == 'WRONG' else 'ok  '} {title}, {container}, {sound_kind}, {mode}: {kind}{'; ' + note if note else ''}", flush=True)
    print(f"matrix: {sum(map(len, rows.values()))} cells, {wrong} wrong")
    if given.out:
        pathlib.Path(given.out).write_text(page(rows))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
