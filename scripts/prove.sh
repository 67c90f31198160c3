#!/bin/sh
# Edits the sample clip and four clips of other keyframe distances, rates and codecs, and holds every result against its
# original twice: with retake verify, and with a comparison made of ffprobe and ffmpeg alone.
set -eu
cd "$(dirname "$0")/.."
[ -x bin/retake ] || { echo "bin/retake is missing: run make build" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

# clip NAME OPTIONS... makes 9 s of a moving, noisy picture with sound.
clip() {
  name=$1
  shift
  ffmpeg -nostdin -v error -f lavfi -i "testsrc2=size=320x180:rate=60,noise=alls=10:allf=t+u" \
    -f lavfi -i "aevalsrc='0.3*sin(2*PI*(220+40*t)*t)|0.2*sin(2*PI*330*t)':s=44100" -t 9 -pix_fmt yuv420p "$@" "$work/$name"
}
cp internal/sample/sample.mp4 "$work/sample.mp4"
clip one-keyframe-25.mp4 -r 25 -c:v libx264 -preset fast -g 9999 -sc_threshold 0 -c:a aac
clip keyframe-each-48-ntsc.mov -r 30000/1001 -c:v libx264 -preset fast -profile:v baseline -g 48 -c:a aac
clip variable-rate-60.mp4 -vf "select='lt(mod(n,11),7)'" -fps_mode vfr -c:v libx264 -preset fast -g 90 -c:a aac
clip hevc-open-gop.mp4 -r 30 -c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=50:min-keyint=50:scenecut=0 -tag:v hvc1 -c:a aac

failed=0
for name in sample.mp4 one-keyframe-25.mp4 keyframe-each-48-ntsc.mov variable-rate-60.mp4 hevc-open-gop.mp4; do
  case "$name" in # TestEditKeepsTheRestInEveryMode of package pipeline has the other modes
  sample.mp4 | hevc-*) modes=replace_audio_and_video ;; # the sample is 1080p
  one-*) modes="replace_video replace_audio replace_audio_and_video" ;;
  *) modes=replace_video ;;
  esac
  for mode in $modes; do
    out="$work/out-$name"
    bin/retake edit "$work/$name" --prompt "heavy snow, wind howling" --start 3.2 --duration 3 --mode "$mode" -o "$out" --force 2>/dev/null >/dev/null
    if bin/retake verify "$work/$name" "$out" --start 3.2 --duration 3 --mode "$mode" >"$work/verify" &&
      said=$(scripts/compare.py "$work/$name" "$out" 3.2 3 "$mode"); then
      echo "prove: ok   $name $mode: $said"
    else
      echo "prove: FAIL $name $mode"
      cat "$work/verify"
      echo "${said:-}"
      failed=$((failed + 1))
    fi
  done
done
[ "$failed" -eq 0 ] || { echo "prove: $failed failed"; exit 1; }
echo "prove: both proofs agree on all 7 edits"
