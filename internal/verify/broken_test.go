package verify_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/mp4"
	"retake/internal/retake"
	"retake/internal/verify"
)

// broken is a result that breaks the promise, and a piece of the violation that has to say so.
type broken struct {
	name, clip string
	mode       retake.Mode
	make       func(t *testing.T, original string) string
	want       string
}

var segment = retake.Segment{Start: 2, End: 4}

// good is an honest edit of the pictures, for tests to spoil.
func good(t *testing.T, original string) string {
	return edit{start: 2, end: 4, video: true}.make(t, original)
}

func edited(e edit) func(*testing.T, string) string {
	e.start, e.end = 2, 4
	return func(t *testing.T, original string) string { return e.make(t, original) }
}

// remade has ffmpeg make the result of the original; of MKV it makes MP4.
func remade(args string) func(*testing.T, string) string {
	return func(t *testing.T, original string) string {
		path := filepath.Join(t.TempDir(), "result"+strings.Replace(filepath.Ext(original), "mkv", "mp4", 1))
		ffmpeg(t, append(append([]string{"-i", original}, strings.Fields(args)...), path)...)
		return path
	}
}

// spoiled changes the bytes of an honest edit.
func spoiled(change func(t *testing.T, f *mp4.File, data []byte)) func(*testing.T, string) string {
	return func(t *testing.T, original string) string {
		path := good(t, original)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := mp4.Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		change(t, f, data)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

// flip changes one byte in the middle of a sample.
func flip(handler string, sample int) func(*testing.T, *mp4.File, []byte) {
	return func(t *testing.T, f *mp4.File, data []byte) {
		for _, track := range f.Tracks {
			if track.Handler != handler {
				continue
			}
			samples, err := track.Samples()
			if err != nil {
				t.Fatal(err)
			}
			if sample < 0 {
				sample += samples.Len()
			}
			s := samples.At(sample)
			data[s.Offset+int64(s.Size)-3] ^= 0x10
		}
	}
}

// inBox changes the body of the nth box of a kind in the movie header.
func inBox(kind string, nth int, change func(body []byte)) func(*testing.T, *mp4.File, []byte) {
	return func(t *testing.T, _ *mp4.File, data []byte) {
		at := bytes.Index(data, []byte("moov"))
		for range nth + 1 {
			i := bytes.Index(data[at+4:], []byte(kind))
			if i < 0 {
				t.Fatalf("there is no box %q", kind)
			}
			at += 4 + i
		}
		size := int(binary.BigEndian.Uint32(data[at-4:]))
		change(data[at+4 : at-4+size])
	}
}

func add(at int, n uint32) func([]byte) {
	return func(b []byte) { binary.BigEndian.PutUint32(b[at:], binary.BigEndian.Uint32(b[at:])+n) }
}

var brokenResults = []broken{
	{"re-encoded whole", "gops.mp4", retake.ReplaceVideo, remade("-c:v libx264 -crf 10 -preset ultrafast -c:a copy"), "before the segment changed"},
	{"the head re-encoded", "gops.mp4", retake.ReplaceVideo, func(t *testing.T, original string) string {
		return edit{start: 0, end: 4, video: true}.make(t, original)
	}, "frames before the segment changed"},
	{"another clip", "gops.mp4", retake.ReplaceVideo, func(t *testing.T, _ string) string { return clip(t, "stranger.mp4") }, "The two files have nothing in common"},
	{"another clip of another length", "gops.mp4", retake.ReplaceVideo, func(t *testing.T, _ string) string {
		path := filepath.Join(t.TempDir(), "other.mp4")
		ffmpeg(t, "-i", clip(t, "stranger.mp4"), "-c", "copy", "-t", "5", path)
		return path
	}, "The two files have nothing in common"},
	// HEVC, whose new pictures have a sequence parameter set of their own to say so in.
	{"said to be of full range", "hevc.mp4", retake.ReplaceVideo, edited(edit{video: true, fullRange: true}), "said to be of full range where the original's are of limited range"},
	{"the container says full range", "tagged.mp4", retake.ReplaceVideo, spoiled(inBox("colr", 0, func(b []byte) { b[10] ^= 0x80 })), "description (size, colour, aspect or codec) changed"},
	{"the original's parameter sets are others", "gops.mp4", retake.ReplaceVideo, spoiled(inBox("avcC", 0, func(b []byte) { b[20] ^= 1 })), "decoder configuration is missing"},
	{"the bridge 1% brighter", "single.mp4", retake.ReplaceVideo, edited(edit{video: true, bridgeLuma: 3}), "right after the segment are not near-lossless"},
	{"no title any more", "single.mp4", retake.ReplaceVideo, spoiled(func(t *testing.T, _ *mp4.File, data []byte) {
		moov := bytes.Index(data, []byte("moov"))
		copy(data[moov+bytes.Index(data[moov:], []byte("udta")):], "free")
	}), "clip's metadata changed"},
	{"one bit of a frame before", "gops.mp4", retake.ReplaceVideo, spoiled(flip("vide", 10)), "1 frame before the segment changed, the first of them at"},
	{"one bit of the last frame", "gops.mp4", retake.ReplaceVideo, spoiled(flip("vide", -1)), "1 frame after the segment changed"},
	{"one bit of the sound", "gops.mp4", retake.ReplaceVideo, spoiled(flip("soun", 20)), "1 packet of sound in the untouched sound track changed"},
	{"one bit of the timecode", "rotated.mov", retake.ReplaceVideo, spoiled(flip("tmcd", 0)), "timecode track changed"},
	{"HEVC, one bit of a frame before", "hevc.mp4", retake.ReplaceVideo, spoiled(flip("vide", 10)), "1 frame before the segment changed"},
	{"HEVC, one bit of the last frame", "hevc.mp4", retake.ReplaceVideo, spoiled(flip("vide", -1)), "1 frame after the segment changed"},
	{"HEVC, the keyframe that ends the bridge is damaged", "hevc.mp4", retake.ReplaceVideo, spoiled(flip("vide", 120)), "The keyframe that ends"},
	{"HEVC, the original's parameter sets are others", "hevc.mp4", retake.ReplaceVideo, spoiled(inBox("hvcC", 0, func(b []byte) { b[30] ^= 1 })), "decoder configuration is missing"},
	{"a frame less", "gops.mp4", retake.ReplaceVideo, remade("-c copy -frames:v 149"), "149 frames where the original has 150"},
	{"a frame doubled", "gops.mp4", retake.ReplaceVideo, remade("-vf tpad=start=1:start_mode=clone -c:a copy"), "151 frames where the original has 150"},
	{"a composition offset one tick off", "gops.mp4", retake.ReplaceVideo, spoiled(inBox("ctts", 0, add(12, 1))), "not at the original's time"},
	{"a duration one tick off", "gops.mp4", retake.ReplaceVideo, spoiled(inBox("stts", 0, add(12, 1))), "not at the original's time"},
	{"another timescale", "gops.mp4", retake.ReplaceVideo, spoiled(inBox("mdhd", 0, add(12, 1))), "metadata changed: media header"},
	{"a keyframe not listed", "gops.mp4", retake.ReplaceVideo, spoiled(inBox("stss", 0, add(12, 1))), "changed"},
	{"sound a packet late", "gops.mp4", retake.ReplaceVideo, edited(edit{video: true, shift: -1}), "untouched sound track changed"},
	{"sound a packet late in an edit of sound", "gops.mp4", retake.ReplaceAudio, edited(edit{shift: -1}), "before the segment changed"},
	{"sound replaced from too early on", "gops.mp4", retake.ReplaceAudio, edited(edit{audio: true, early: 24000}), "of sound before the segment changed"},
	{"PCM replaced a few samples too early", "pcm.mov", retake.ReplaceAudio, edited(edit{audio: true, early: 40}), "right before the segment is not the original's to the bit"},
	{"FLAC replaced a few samples too early", "flac.mp4", retake.ReplaceAudio, edited(edit{audio: true, early: 40}), "right before the segment is not the original's to the bit"},
	{"AC-3 replaced a little too early", "ac3.mp4", retake.ReplaceAudio, edited(edit{audio: true, early: 3000}), "next to the segment's start is not the original's"},
	{"Opus replaced too early", "opus.mp4", retake.ReplaceAudio, edited(edit{audio: true, early: 12000}), "of sound before the segment changed"},
	{"sound replaced a little too early", "gops.mp4", retake.ReplaceAudio, edited(edit{audio: true, early: 4000}), "next to the segment's start is not the original's"},
	{"sound dropped in", "gops.mp4", retake.ReplaceAudio, edited(edit{raw: true}), "sound"},
	{"pictures touched in an edit of sound", "gops.mp4", retake.ReplaceAudio, good, "of the untouched picture track changed"},
	{"no sound any more", "gops.mp4", retake.ReplaceVideo, remade("-c copy -an"), "sound track is missing"},
	{"a second sound track", "gops.mp4", retake.ReplaceVideo, remade("-map 0 -map 0:a -c copy"), "has a sound track that the original has not"},
	{"another language", "single.mp4", retake.ReplaceVideo, spoiled(inBox("mdhd", 1, func(b []byte) { b[20] ^= 1 })), "sound track's metadata changed: media header"},
	{"not rotated", "rotated.mov", retake.ReplaceVideo, spoiled(inBox("tkhd", 0, func(b []byte) { clear(b[40:76]) })), "picture track's metadata changed: track header"},
	{"no edit list", "gops.mp4", retake.ReplaceVideo, spoiled(inBox("elst", 0, add(12, 1))), "edit list"},
	{"another title", "single.mp4", retake.ReplaceVideo, spoiled(inBox("udta", 0, func(b []byte) {
		copy(b[bytes.Index(b, []byte("Ox")):], "Ux")
	})), "clip's metadata changed: metadata"},
	{"a poor bridge of 10 bits", "deep.mp4", retake.ReplaceVideo, edited(edit{video: true, bridgeCRF: 30}), "right after the segment are not near-lossless"},
	{"a poor bridge", "single.mp4", retake.ReplaceVideo, edited(edit{video: true, bridgeCRF: 30}), "right after the segment are not near-lossless"},
	{"a frame twice in the bridge", "single.mp4", retake.ReplaceVideo, edited(edit{video: true, stutter: true}), "dB at worst"},
	{"no MP4", "gops.mp4", retake.ReplaceVideo, func(t *testing.T, _ string) string {
		path := filepath.Join(t.TempDir(), "result.mp4")
		if err := os.WriteFile(path, []byte("This is no film, whatever its name says."), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}, "can't be read"},
	{"cut off", "gops.mp4", retake.ReplaceVideo, func(t *testing.T, original string) string {
		path := good(t, original)
		if err := os.Truncate(path, 60000); err != nil {
			t.Fatal(err)
		}
		return path
	}, "can't be read"},
}

func TestBrokenResultsAreCaught(t *testing.T) {
	for _, b := range brokenResults {
		t.Run(b.name, func(t *testing.T) {
			original := clip(t, b.clip)
			r := verified(t, original, b.make(t, original), verify.Options{Segment: segment, Mode: b.mode})
			if r.Holds || r.Exact {
				t.Fatalf("holds: %s", r.Summary)
			}
			if !strings.HasPrefix(r.Summary, "The promise does not hold: ") {
				t.Errorf("summary %q", r.Summary)
			}
			for _, v := range r.Violations {
				if strings.Contains(v, b.want) {
					return
				}
			}
			t.Errorf("violations %q, want one with %q", r.Violations, b.want)
		})
	}
}

// A result that was given as the original is called so.
func TestSwappedFiles(t *testing.T) {
	original := clip(t, "gops.mp4")
	r := verified(t, good(t, original), original, verify.Options{Segment: segment, Mode: retake.ReplaceVideo})
	if r.Holds || !strings.Contains(strings.Join(r.Violations, " "), "given in the wrong order") {
		t.Errorf("violations %q", r.Violations)
	}
}
