package splice_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/container"
	"retake/internal/depth"
	"retake/internal/media"
	"retake/internal/mediatest"
	"retake/internal/splice"
)

// invert replaces the segment's pictures by their negatives: unmistakably new, and easy to tell from the rest.
func invert(t *testing.T, tools *media.Tools, path, out string, start, end float64) splice.Plan {
	t.Helper()
	return invertWith(t, tools, path, out, start, end, splice.DefaultQuality())
}

func invertWith(t *testing.T, tools *media.Tools, path, out string, start, end float64, q splice.Quality) splice.Plan {
	t.Helper()
	ctx := context.Background()
	src, err := splice.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	v := src.Video
	if v.Reason != "" {
		t.Fatalf("the clip can't be spliced: %s", v.Reason)
	}
	p, err := v.Plan(start, end, v.Start)
	if err != nil {
		t.Fatal(err)
	}
	dec, err := v.Decode(ctx, tools, p.From, p.N, p.M)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	frame := depth.New(v.Format())
	var parts []*splice.Part
	for i, n := range []int{p.LeadIn(), p.Edit(), p.Encoded()} {
		if n == 0 {
			continue
		}
		how := []splice.Coding{q.LeadIn(), {Preset: "veryfast", CRF: 17}, q.AfterSegment()}[i]
		enc, err := v.Encode(ctx, tools, p, how, dir, string(rune('a'+i)))
		if err != nil {
			t.Fatal(err)
		}
		for range n {
			if err := dec.Next(ctx, frame); err != nil {
				t.Fatal(err)
			}
			if i == 1 {
				negative(frame)
			}
			if err := enc.Write(frame); err != nil {
				t.Fatal(err)
			}
		}
		part, err := enc.Finish()
		if err != nil {
			t.Fatal(err)
		}
		defer part.Close()
		parts = append(parts, part)
	}
	if p.Carried >= 0 {
		if err := dec.Next(ctx, frame); err != nil {
			t.Fatal(err)
		}
	}
	if err := dec.Next(ctx, frame); err != io.EOF {
		t.Fatalf("after the last frame: %v, want EOF", err)
	}
	if err := dec.Close(); err != nil {
		t.Fatal(err)
	}
	middle, err := v.Join(p, parts)
	if err != nil {
		t.Fatal(err)
	}
	dst, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	patcher, err := src.File.Patch(dst, []container.Change{{Track: v.Track.Index, First: p.N, Count: p.M - p.N}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := patcher.Finish(ctx, []container.Replacement{middle}); err != nil {
		t.Fatal(err)
	}
	return p
}

func negative(p *depth.Picture) {
	luma := p.Luma()
	if p.Format.Bits == 8 {
		for k := range luma {
			luma[k] = 251 - luma[k]
		}
		return
	}
	for ; len(luma) > 0; luma = luma[2:] {
		binary.LittleEndian.PutUint16(luma, 1<<p.Format.Bits-5-binary.LittleEndian.Uint16(luma))
	}
}

func TestPicturesOutsideStayExact(t *testing.T) {
	const h264 = "-map 0:v -map 1:a -c:v libx264 -pix_fmt yuv420p -c:a aac "
	clips := []struct{ name, file, args string }{
		{"one GOP, B-pyramid", "a.mp4", h264 + "-preset fast -g 250"},
		{"GOP 30, faststart", "b.mp4", h264 + "-preset fast -g 30 -movflags +faststart"},
		{"14.99 baseline, no B-frames", "c.mp4", h264 + "-preset fast -profile:v baseline -g 22 -r 15000/1001"},
		{"MOV, main, full range, tags", "d.mov", h264 + "-preset fast -profile:v main -g 24 -color_range pc -colorspace bt709 -color_primaries bt709 -color_trc bt709"},
		{"all intra", "e.mp4", h264 + "-preset fast -g 1"},
		{"variable rate", "f.mp4", h264 + "-preset fast -g 20 -vf select='not(eq(mod(n\\,7)\\,3))' -fps_mode vfr"},
		{"variable rate MOV", "g.mov", h264 + "-preset fast -g 35 -vf select='lt(mod(n\\,11)\\,7)' -fps_mode vfr"},
		{"three B-frames without pyramid", "h.mp4", h264 + "-preset fast -g 30 -x264-params b-pyramid=none:bframes=3"},
		{"two B-frames, sixteen slices", "i.mp4", h264 + "-preset fast -g 25 -x264-params slices=8:bframes=2"},
		{"open GOP, no IDR but the first", "j.mp4", h264 + "-preset fast -x264-params open-gop=1:keyint=20:min-keyint=20"},
		{"rotated, no sound, square pixels not", "k.mp4", "-map 0:v -c:v libx264 -pix_fmt yuv420p -preset fast -g 30 -aspect 4:3 -metadata:s:v rotate=90"},
	}
	const hevc = "-map 0:v -map 1:a -c:v libx265 -preset ultrafast -pix_fmt yuv420p -c:a aac "
	clips = append(clips, []struct{ name, file, args string }{
		{"HEVC, closed GOP, pixels not square, rotated", "a.mp4", hevc + "-aspect 4:3 -metadata:s:v rotate=90 -tag:v hvc1 -x265-params log-level=error:open-gop=0:keyint=25"},
		{"HEVC, open GOP", "b.mp4", hevc + "-tag:v hvc1 -x265-params log-level=error:open-gop=1:keyint=22:min-keyint=22:scenecut=0"},
		{"HEVC, sets in the stream as well (hev1)", "c.mp4", hevc + "-tag:v hev1 -x265-params log-level=error:keyint=30:repeat-headers=1"},
		{"HEVC, no B-frames, MOV, full range", "e.mov", hevc + "-tag:v hvc1 -color_range pc -colorspace bt709 -x265-params log-level=error:bframes=0:keyint=24:open-gop=0:range=full"},
		{"HEVC, deep reordering, many slices", "f.mp4", hevc + "-tag:v hvc1 -x265-params log-level=error:bframes=8:b-adapt=2:slices=4:keyint=32:rc-lookahead=30"},
	}...)
	const deep = "-map 0:v -map 1:a -c:v libx264 -preset veryfast -c:a aac -pix_fmt "
	const deepHEVC = "-map 0:v -map 1:a -c:v libx265 -preset ultrafast -tag:v hvc1 -c:a aac -x265-params log-level=error:keyint=25:open-gop="
	clips = append(clips, []struct{ name, file, args string }{
		{"H.264 10 bit", "a.mp4", deep + "yuv420p10le -g 25"},
		{"H.264 4:2:2, 10 bit, MOV, full range", "b.mov", deep + "yuv422p10le -g 25 -color_range pc -colorspace bt709"},
		{"H.264 4:2:2, all intra", "c.mp4", deep + "yuv422p -g 1"},
		{"H.264 4:4:4, 10 bit", "d.mp4", deep + "yuv444p10le -g 25"},
		{"HEVC 10 bit, open GOP", "e.mp4", deepHEVC + "1 -pix_fmt yuv420p10le"},
		{"HEVC 4:2:2, 10 bit", "f.mov", deepHEVC + "0 -pix_fmt yuv422p10le"},
		{"ProRes 422 HQ", "a.mov", "-map 0:v -map 1:a -c:a aac -c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le -vf setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"},
		{"ProRes 4444 with alpha", "b.mov", "-map 0:v -map 1:a -c:a aac -c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le"},
		{"DNxHR HQX", "d.mov", "-map 0:v -map 1:a -c:a aac -c:v dnxhd -profile:v dnxhr_hqx -pix_fmt yuv422p10le"},
		{"Motion JPEG 4:2:2", "c.mov", "-map 0:v -map 1:a -c:a aac -c:v mjpeg -q:v 3 -pix_fmt yuvj422p"},
		{"HEVC 12 bit, 4:4:4", "g.mp4", deepHEVC + "0 -pix_fmt yuv444p12le"},
	}...)
	tools := mediatest.Open(t)
	for _, c := range clips {
		t.Run(c.name, func(t *testing.T) {
			original := makeClip(t, c.file, c.args)
			result := filepath.Join(t.TempDir(), "out-"+c.file)
			p := invert(t, tools, original, result, 3, 5)
			comparePackets(t, original, result, p)
			compareFrames(t, original, result, p)
			if reason := reasonOf(t, result); reason != "" {
				t.Errorf("the result can't be edited again: %s", reason)
			}
			if n := sequencesOf(t, result); n != 1 && strings.Contains(c.args, "libx264") {
				t.Errorf("the new pictures are of another sequence parameter set: there are %d", n)
			}
			if a, b := packets(t, original, "a"), packets(t, result, "a"); len(a) != len(b) {
				t.Errorf("sound: %d packets, want %d", len(b), len(a))
			} else {
				for i := range a {
					if a[i] != b[i] {
						t.Fatalf("sound packet %d: %v, want %v", i, b[i], a[i])
					}
				}
			}
		})
	}
}

func sequencesOf(t *testing.T, path string) int {
	t.Helper()
	src, err := splice.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	return src.Video.Sequences()
}

func comparePackets(t *testing.T, original, result string, p splice.Plan) {
	t.Helper()
	a, b := packets(t, original, "v"), packets(t, result, "v")
	if len(a) != len(b) {
		t.Fatalf("%d packets, want %d", len(b), len(a))
	}
	alike := 0
	for i := range a {
		if i < p.N || i >= p.M {
			if a[i] != b[i] {
				t.Fatalf("packet %d outside [%d, %d): %v, want %v", i, p.N, p.M, b[i], a[i])
			}
			continue
		}
		if a[i].DTS != b[i].DTS || a[i].Duration != b[i].Duration {
			t.Fatalf("packet %d: dts %d duration %d, want %d and %d", i, b[i].DTS, b[i].Duration, a[i].DTS, a[i].Duration)
		}
		if a[i].Hash == b[i].Hash {
			alike++ // AV1 has packets of 3 bytes that only name a picture
		}
	}
	if alike*4 > p.M-p.N {
		t.Fatalf("%d of %d packets in the new part are the original's", alike, p.M-p.N)
	}
}

func compareFrames(t *testing.T, original, result string, p splice.Plan) {
	t.Helper()
	a, b := frameHashes(t, original), frameHashes(t, result)
	if len(a) != len(b) {
		t.Fatalf("%d frames, want %d", len(b), len(a))
	}
	for i := range a {
		same := a[i] == b[i]
		if outside := i < p.N || i >= p.M; outside && !same {
			t.Fatalf("frame %d outside [%d, %d): %s, want %s", i, p.N, p.M, b[i], a[i])
		}
		if p.Carried >= 0 && i == p.M-1 && !same {
			t.Fatalf("the keyframe that was carried over, frame %d: %s, want %s", i, b[i], a[i])
		}
		if i >= p.Start && i < p.End && same {
			t.Fatalf("frame %d of the segment is the original's", i)
		}
	}
}

// A clip that was trimmed without re-encoding hides its end behind the edit list: it ends where a player ends it.
func TestDurationEndsWithTheEditList(t *testing.T) {
	whole := makeClip(t, "whole.mp4", "-map 0:v -c:v libx264 -pix_fmt yuv420p -preset fast -g 15")
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	elst := bytes.Index(data, []byte("elst"))
	if elst < 0 {
		t.Fatal("the clip has no edit list")
	}
	binary.BigEndian.PutUint32(data[elst+12:], 5000) // of 8000 movie ticks
	cut := filepath.Join(t.TempDir(), "cut.mp4")
	if err := os.WriteFile(cut, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]float64{whole: 8, cut: 5} {
		src, err := splice.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := src.Duration(); math.Abs(got-want) > 0.001 {
			t.Errorf("%v s, want %v", got, want)
		}
		src.Close()
	}
}
