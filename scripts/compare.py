#!/usr/bin/env python3
"""Compares an edited clip with its original by what ffprobe and ffmpeg say of the two files, and nothing else.

usage: compare.py ORIGINAL RESULT START DURATION MODE

It owes nothing to Retake: not its parsers, not its report. Outside the segment, a run of packets around it may differ
(frames that can't be decoded without the replaced ones); how many that may be is worked out from the original's
keyframes here. Exit status 0 when the rest is identical, 1 with the differences otherwise.
"""
import array
import json
import math
import subprocess
import sys


def packets(path, stream):
    out = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", stream, "-show_packets", "-show_data_hash", "sha256", "-of", "json", path],
        check=True, capture_output=True).stdout
    return json.loads(out)["packets"]


def starts(path, shown):
    """Which of the packets, in presentation order, are pictures at which decoding can begin anew.

    ffprobe calls recovery points of H.264 keyframes, too, behind which pictures may need what comes before: there only
    those with IDR slices count, which ffmpeg picks out.
    """
    codec = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=codec_name", "-of", "csv=p=0", path],
                           check=True, capture_output=True, text=True).stdout.strip().strip(",")
    if codec != "h264":
        return [i for i, p in enumerate(shown) if p["flags"].startswith("K")]
    out = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-map", "0:v:0", "-c", "copy", "-copyts", "-bsf:v", "filter_units=pass_types=5", "-f", "framecrc", "-"],
                         check=True, capture_output=True, text=True).stdout
    num, den = next(line.split()[-1].split("/") for line in out.splitlines() if line.startswith("#tb"))
    times = [int(line.split(",")[2]) * int(num) / int(den) for line in out.splitlines() if not line.startswith("#")]
    return [i for i, p in enumerate(shown) if any(abs(t - float(p["pts_time"])) < 0.002 for t in times)]


def frames(path):
    """Seconds of a tick, and (pts in ticks, hash) of each picture as ffmpeg decodes it."""
    out = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framehash", "-"],
        check=True, capture_output=True, text=True).stdout
    num, den = next(line.split()[-1].split("/") for line in out.splitlines() if line.startswith("#tb 0:"))
    rows = [line.split(",") for line in out.splitlines() if not line.startswith("#")]
    return int(num) / int(den), [(int(row[2]), row[5].strip()) for row in rows]


def stream(path, which, *entries):
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", which, "-show_entries", "stream=" + ",".join(entries), "-of", "json", path],
                         check=True, capture_output=True).stdout
    found = json.loads(out)["streams"]
    return found[0] if found else {}


def lossless(codec):
    return codec.startswith("pcm_") or codec in ("flac", "alac")


def samples(path, which, sound):
    """The decoded sound, in the width that the track has, and the bytes of a sample frame."""
    wide = sound["codec_name"].startswith(("pcm_f", "pcm_s32", "pcm_s24", "pcm_u32")) or sound.get("sample_fmt", "").startswith("s32")
    kind = "f64le" if sound["codec_name"].startswith("pcm_f") else "s32le" if wide else "s16le"
    out = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-map", "0:" + which, "-f", kind, "-c:a", "pcm_" + kind, "-"], check=True, capture_output=True).stdout
    return out, {"s16le": 2, "s32le": 4, "f64le": 8}[kind] * int(sound["channels"])


def power(data, frame, lo, hi):
    """Mean square of 16-bit samples in seconds' worth of sample frames, full scale 1."""
    part = array.array("h", data[max(lo, 0) * frame:max(hi, 0) * frame])
    return sum(x * x for x in part) / max(len(part), 1) / 32768 ** 2


def kept_by_ear(original, result, which, start, end):
    """What is wrong with lossy sound right beside [start, end) seconds, where packets were encoded anew."""
    sound = stream(original, which, "codec_name", "sample_rate", "channels", "start_time")
    if sound["codec_name"] == "vorbis":  # the first packet brings nothing
        sound["start_time"] = packets(original, which)[1]["pts_time"]
    rate, frame = int(sound["sample_rate"]), 2 * int(sound["channels"])
    a, b = (subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-map", "0:" + which, "-f", "s16le", "-"], check=True, capture_output=True).stdout
            for path in (original, result))
    if abs(len(a) - len(b)) > 0:
        return [f"{len(b)} bytes of sound instead of {len(a)}"]
    x, y = array.array("h", a), array.array("h", b)
    off = array.array("h", (max(-32768, min(32767, p - q)) for p, q in zip(x, y))).tobytes()
    at = lambda t: round((t - float(sound.get("start_time") or 0)) * rate)
    wrong = []
    for name, lo, hi in (("before", at(start - 0.3), at(start)), ("after", at(end), at(end + 0.3))):
        differs, level = power(off, frame, lo, hi), power(a, frame, lo, hi)
        if differs > max(10 ** -3.5, level * 10 ** -1.5):
            wrong.append(f"the sound right {name} the segment differs at {10 * math.log10(differs):.0f} dBFS")
    return wrong


def kept_sound(original, result, which, start, end):
    """What is wrong with sound outside [start, end) seconds: of lossless sound every sample has to stay."""
    sound = stream(original, which, "codec_name", "sample_fmt", "sample_rate", "channels", "start_time")
    if not lossless(sound["codec_name"]):
        return kept_by_ear(original, result, which, start, end)
    (a, frame), (b, _) = samples(original, which, sound), samples(result, which, sound)
    at = lambda t: max(0, round((t - float(sound.get("start_time") or 0)) * int(sound["sample_rate"]))) * frame
    wrong = []
    if len(a) != len(b):
        wrong.append(f"{len(b)} bytes of sound instead of {len(a)}")
    if a[:at(start)] != b[:at(start)]:
        wrong.append("a sample before the segment changed")
    if a[at(end):] != b[at(end):]:
        wrong.append("a sample after the segment changed")
    return wrong


TIMES = ("pts", "dts", "duration")


def same_packet(p, q):
    return p["data_hash"] == q["data_hash"] and all(p.get(k) == q.get(k) for k in TIMES)


def kept_pictures(original, result, start, end, mode):
    """What is wrong with the pictures outside [start, end) seconds, and a word on how many differ."""
    wrong = []
    a, b = packets(original, "v:0"), packets(result, "v:0")
    if [p.get("dts") for p in a] != [p.get("dts") for p in b] or sorted(p["pts"] for p in a) != sorted(p["pts"] for p in b):
        wrong.append("the pictures' times differ")
    shown = sorted(a, key=lambda p: p["pts"])
    first = next(i for i, p in enumerate(shown) if float(p["pts_time"]) >= start - 0.0006)
    last = next((i for i, p in enumerate(shown) if float(p["pts_time"]) >= end - 0.0006), len(shown))
    bridge = next((i for i in starts(original, shown) if i >= last), len(shown))
    if mode == "replace_audio":
        first = last = bridge = 0
    decoded_a, decoded_b = frames(original)[1], frames(result)[1]
    new, changed = {p["pts"]: p for p in b}, set()
    for i, p in enumerate(shown):
        q = new.get(p["pts"])
        if q is not None and same_packet(p, q):
            continue
        changed.add(i)
        # An open keyframe of HEVC ends the bridge: marked as a new beginning, of the same size and the same picture.
        marked = i == bridge and q is not None and p["size"] == q["size"] and decoded_a[i:i + 1] == decoded_b[i:i + 1]
        if i < first - 16 or i >= bridge and not marked:
            wrong.append(f"picture packet {i} changed")
    if len(decoded_a) != len(decoded_b):
        wrong.append(f"{len(decoded_b)} frames instead of {len(decoded_a)}")
    wrong += [f"frame {i} decodes to something else" for i, (x, y) in enumerate(zip(decoded_a, decoded_b)) if i not in changed and x != y]
    if mode != "replace_audio" and not set(range(first, last)) <= changed:
        wrong.append("the segment still holds packets of the original")
    kept = sum(x == y for x, y in zip(decoded_a, decoded_b))
    return wrong, f"{len(changed)} of {len(shown)} picture packets differ; {kept} of {len(decoded_a)} frames decode the same"


def kept_packets_of_sound(original, result, start, end, mode):
    """What is wrong with the first sound track outside [start, end) seconds, and a word on how many packets differ."""
    try:
        a, b = packets(original, "a:0"), packets(result, "a:0")
    except (subprocess.CalledProcessError, KeyError):
        a = b = []
    if not a:
        return [], "there is no sound"
    wrong, moved = [], 0
    if len(a) != len(b):
        wrong.append(f"{len(b)} sound packets instead of {len(a)}")
    for i, (p, q) in enumerate(zip(a, b)):
        if same_packet(p, q):
            continue
        moved += 1
        at = float(p["pts_time"])
        if mode == "replace_video" or at < start - 0.3 or at > end + 0.3 or any(p.get(k) != q.get(k) for k in TIMES):
            wrong.append(f"sound packet {i} changed")
    if mode != "replace_video":
        if moved == 0:
            wrong.append("the sound did not change")
        wrong += kept_sound(original, result, "a:0", *segment_of_pictures(original, start, end))
    return wrong, f"{moved} of {len(a)} sound packets differ"


def segment_of_pictures(path, start, end):
    """[start, end) seconds as an edit takes it: from a picture's beginning to another's, or the last one's end."""
    shown = sorted(packets(path, "v:0"), key=lambda p: p["pts"])
    edges = [float(p["pts_time"]) for p in shown] + [float(shown[-1]["pts_time"]) + float(shown[-1].get("duration_time") or 0)]
    return [next((e for e in edges if e >= t - 0.0006), edges[-1]) for t in (start, end)]


def main(original, result, start, duration, mode):
    start, end = float(start), float(start) + float(duration)
    wrong, pictures = kept_pictures(original, result, start, end, mode)
    more, sound = kept_packets_of_sound(original, result, start, end, mode)
    wrong += more
    print(f"{pictures}; {sound}")
    for line in wrong[:20]:
        print("  " + line)
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
