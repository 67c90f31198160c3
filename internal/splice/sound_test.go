package splice_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"retake/internal/container"
	"retake/internal/mediatest"
	"retake/internal/splice"
)

// soundClip makes 3 s of pictures and of a programme in some channels: a sweep, a tone and noise.
func soundClip(t *testing.T, name string, channels, rate int, args string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	voices := make([]string, channels)
	for i := range voices {
		voices[i] = "0.25*sin(2*PI*(220+90*t)*t+" + strconv.Itoa(i) + ")+0.2*sin(2*PI*" + strconv.Itoa(330+70*i) + "*t)+0.02*(random(" + strconv.Itoa(i) + ")-0.5)"
	}
	line := "-f lavfi -i testsrc2=size=64x64:rate=10 -f lavfi -i aevalsrc=" + strings.Join(voices, "|") + ":s=" + strconv.Itoa(rate) +
		" -t 3 -c:v mpeg4 -strict -2 " + args
	ffmpeg(t, append(strings.Fields(line), path)...)
	return path
}

// replaceSound puts new tones, one for each channel, faded in and out, into sample frames [from, to) of a clip's sound. It
// returns the file and the new sound.
func replaceSound(t *testing.T, path string, from, to int64) (result string, sound []float32) {
	t.Helper()
	src, err := splice.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	a := src.Audio
	if a == nil || a.Reason != "" {
		t.Fatalf("the sound can't be replaced: %+v", a)
	}
	tools, ctx := mediatest.Open(t), context.Background()
	sound, err = a.Decode(ctx, tools, from, to)
	if err != nil {
		t.Fatal(err)
	}
	ch := a.Format().Channels
	if int64(len(sound)) != (to-from)*int64(ch) {
		t.Fatalf("%d values for %d frames of %d channels", len(sound), to-from, ch)
	}
	for i := range sound {
		at := i / ch
		w := min(1, float64(min(at, int(to-from)-1-at))/480)
		sound[i] = float32((1-w)*float64(sound[i]) + w*0.4*math.Sin(2*math.Pi*1500*float64(at*(1+i%ch))/float64(a.Format().Rate)))
	}
	change, rep, err := a.Replace(ctx, tools, from, sound)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "result"+filepath.Ext(path)))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	p, err := src.File.Patch(out, []container.Change{change}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Finish(ctx, []container.Replacement{rep}); err != nil {
		t.Fatal(err)
	}
	return out.Name(), sound
}

// heard decodes a file's sound with ffmpeg, as it is played, to one sample format.
func heard(t *testing.T, path, format string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command("ffmpeg", "-v", "error", "-i", path, "-map", "0:a:0", "-f", format, "pipe:1")
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("decode %s: %v\n%s", filepath.Base(path), err, stderr.String())
	}
	return out
}

// checkExact holds a result against its original: the same bytes outside sample frames [from, to), others inside.
func checkExact(t *testing.T, a, b []byte, frame int, from, to int64) {
	t.Helper()
	lo, hi := int(from)*frame, int(to)*frame
	switch {
	case len(a) != len(b) || len(a) < hi:
		t.Fatalf("%d bytes of sound became %d", len(a), len(b))
	case !bytes.Equal(a[:lo], b[:lo]):
		t.Error("sound before the segment changed")
	case !bytes.Equal(a[hi:], b[hi:]):
		t.Error("sound after the segment changed")
	case bytes.Equal(a[lo:hi], b[lo:hi]):
		t.Error("the segment's sound did not change")
	}
}

const soundFrom, soundTo = 50123, 98765

func TestReplacePCM(t *testing.T) {
	for _, c := range []struct {
		codec    string
		channels int
		rate     int
	}{
		{"pcm_s16le", 2, 48000}, {"pcm_s16be", 1, 44100}, {"pcm_s24le", 2, 48000}, {"pcm_s24be", 2, 96000}, {"pcm_s32le", 2, 48000}, {"pcm_s32be", 1, 48000},
		{"pcm_f32le", 2, 48000}, {"pcm_f32be", 2, 48000}, {"pcm_f64le", 1, 48000}, {"pcm_f64be", 2, 48000}, {"pcm_u8", 2, 48000}, {"pcm_s8", 1, 48000},
		{"pcm_s16le", 6, 48000}, {"pcm_s24le", 8, 48000},
	} {
		t.Run(c.codec+" "+strconv.Itoa(c.channels), func(t *testing.T) {
			path := soundClip(t, "a.mov", c.channels, c.rate, "-c:a "+c.codec)
			format := strings.TrimPrefix(c.codec, "pcm_")
			bits, _ := strconv.Atoi(strings.Trim(format, "usfble"))
			result, _ := replaceSound(t, path, soundFrom, soundTo)
			checkExact(t, heard(t, path, format), heard(t, result, format), c.channels*bits/8, soundFrom, soundTo)
			if a, b := packets(t, path, "v:0"), packets(t, result, "v:0"); len(a) == 0 || len(a) != len(b) || a[len(a)-1] != b[len(b)-1] {
				t.Error("the pictures changed")
			}
		})
	}
}

// patchFile returns a copy of a file with the first place of some bytes replaced by as many others.
func patchFile(t *testing.T, path, name string, old, fresh []byte) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(old) != len(fresh) || !bytes.Contains(data, old) {
		t.Fatalf("%q is not in the file, or %q is of another length", old, fresh)
	}
	out := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(out, bytes.Replace(data, old, fresh, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// Old QuickTime writers state a size of 1 for every uncompressed sample.
func TestReplacePCMOfOldQuickTime(t *testing.T) {
	path := soundClip(t, "a.mov", 2, 48000, "-c:a pcm_s16le")
	old := patchFile(t, path, "old.mov", []byte("stsz\x00\x00\x00\x00\x00\x00\x00\x04\x00\x02\x32\x80"), []byte("stsz\x00\x00\x00\x00\x00\x00\x00\x01\x00\x02\x32\x80"))
	result, _ := replaceSound(t, old, soundFrom, soundTo)
	checkExact(t, heard(t, path, "s16le"), heard(t, result, "s16le"), 4, soundFrom, soundTo)
}

// ipcm is ISO's uncompressed sound, which ffmpeg 5.1 does not read: the result is turned back to be heard. The entry of
// ISO has a pcmC box where QuickTime's has none, so QuickTime's wave box is made one and the fields behind version 0 go.
func TestReplaceISOPCM(t *testing.T) {
	path := soundClip(t, "a.mov", 2, 48000, "-c:a pcm_s24le")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte("in24")) - 4 // the entry, behind the handlers
	size := int(data[at+2])<<8 | int(data[at+3])
	entry := append([]byte(nil), data[at:at+size]...)
	iso := append([]byte(nil), entry[:36]...)
	copy(iso[4:], "ipcm")
	iso[17] = 0 // version
	iso = append(iso, "\x00\x00\x00\x0epcmC\x00\x00\x00\x00\x01\x18"...)
	pad := size - len(iso)
	iso = append(iso, 0, 0, 0, byte(pad))
	iso = append(append(iso, "free"...), make([]byte, pad-8)...)
	made := patchFile(t, path, "iso.mp4", entry, iso)
	result, _ := replaceSound(t, made, soundFrom, soundTo)
	back := patchFile(t, result, "back.mov", iso, entry)
	checkExact(t, heard(t, path, "s24le"), heard(t, back, "s24le"), 6, soundFrom, soundTo)
}

func TestReplaceLossless(t *testing.T) {
	for _, c := range []struct {
		name, args     string
		channels, rate int
	}{
		{"flac.mp4", "-c:a flac", 2, 48000},
		{"flac 24 bit.mp4", "-c:a flac -sample_fmt s32 -frame_size 777", 2, 44100},
		{"flac 7.1.mp4", "-c:a flac", 8, 48000},
		{"flac mono.mp4", "-c:a flac", 1, 48000},
		{"alac.mp4", "-c:a alac", 2, 48000},
		{"alac 24 bit.mov", "-c:a alac -sample_fmt s32p", 2, 96000},
		{"alac mono.mov", "-c:a alac", 1, 44100},
		{"alac 5.1.mp4", "-c:a alac -ac 6", 6, 48000},
		{"alac 7.1.mp4", "-c:a alac -channel_layout 7.1(wide)", 8, 48000},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := soundClip(t, strings.ReplaceAll(c.name, " ", "-"), c.channels, c.rate, c.args)
			result, sound := replaceSound(t, path, soundFrom, soundTo)
			a, b := heard(t, path, "s32le"), heard(t, result, "s32le")
			checkExact(t, a, b, 4*c.channels, soundFrom, soundTo)
			var moved []int
			old, fresh := packets(t, path, "a:0"), packets(t, result, "a:0")
			for i, p := range old {
				if p != fresh[i] {
					moved = append(moved, i)
				}
				if p.PTS != fresh[i].PTS || p.Duration != fresh[i].Duration {
					t.Errorf("packet %d has another time", i)
				}
			}
			first := moved[0]
			if last := moved[len(moved)-1]; old[first].PTS > soundFrom || old[first].PTS+old[first].Duration <= soundFrom || old[last].PTS >= soundTo || len(moved) != last-first+1 {
				t.Errorf("packets %v changed", moved)
			}
			for i, want := range sound { // each channel got its own tone
				if got := float64(int32(binary.LittleEndian.Uint32(b[4*(soundFrom*c.channels+i):]))) / (1 << 31); math.Abs(got-float64(want)) > 1.0/32768 {
					t.Fatalf("value %d of the new sound is %v, want %v", i, got, want)
				}
			}
		})
	}
}

// floats reads little-endian float32 samples.
func floats(data []byte) []float64 {
	out := make([]float64, len(data)/4)
	for i := range out {
		out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:])))
	}
	return out
}

// level returns the RMS of a[i]-b[i], dBFS; of a alone where b is nil.
func level(a, b []float64) float64 {
	sum := 1e-20
	for i, v := range a {
		if b != nil {
			v -= b[i]
		}
		sum += v * v / float64(len(a))
	}
	return 10 * math.Log10(sum)
}

// Packets of lossy codecs sound into each other. What was heard around a segment has to be heard again, and nothing of it
// further away.
func TestReplaceOverlapping(t *testing.T) {
	for _, c := range []struct {
		name, args     string
		channels, rate int
		noise          float64 // dBFS: of a decoder that makes up what was not coded, 0 where it makes up nothing
	}{
		{"ac3.mp4", "-c:a ac3 -b:a 192k", 2, 48000, -45},
		{"ac3 mono 44.1.mov", "-c:a ac3 -b:a 96k", 1, 44100, -45},
		{"ac3 5.1.mp4", "-c:a ac3 -b:a 448k -dialnorm -24", 6, 48000, -45},
		{"eac3.mp4", "-c:a eac3 -b:a 192k", 2, 48000, -45},
		{"eac3 5.1.mp4", "-c:a eac3 -b:a 384k", 6, 48000, -45},
		{"mp3.mp4", "-c:a libmp3lame -b:a 128k", 2, 44100, 0},
		{"mp3 320.mp4", "-c:a libmp3lame -b:a 320k", 2, 48000, 0},
		{"mp3 vbr.mov", "-c:a libmp3lame -q:a 4", 2, 48000, 0},
		{"mp3 mono.mp4", "-c:a libmp3lame -b:a 64k", 1, 44100, 0},
		{"mp3 low.mp4", "-c:a libmp3lame -b:a 64k", 2, 24000, 0},
		{"mp3 shine.mp4", "-c:a libshine -b:a 128k", 2, 44100, 0},
		{"opus.mp4", "-c:a libopus -b:a 96k", 2, 48000, 0},
		{"opus mono 60.mp4", "-c:a libopus -b:a 64k -application audio -frame_duration 60", 1, 48000, 0},
		{"opus short.mp4", "-c:a libopus -b:a 128k -frame_duration 5", 2, 48000, 0},
		{"opus 5.1.mp4", "-c:a libopus -b:a 256k -mapping_family 1", 6, 48000, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, to := int64(soundFrom), int64(soundTo)
			if c.rate < 44100 {
				from, to = from/2, to/2
			}
			path := soundClip(t, strings.ReplaceAll(c.name, " ", "-"), c.channels, c.rate, c.args)
			result, _ := replaceSound(t, path, from, to)
			old, fresh := packets(t, path, "a:0"), packets(t, result, "a:0")
			first, last := len(old), 0
			for i, p := range old {
				if p != fresh[i] {
					first, last = min(first, i), i
				}
			}
			origin := old[0].PTS // of the decoder's timeline
			if at := old[first].PTS - origin; at > from || at < from-4000-4*old[0].Duration {
				t.Errorf("the first new packet begins at %d of %d", at, from)
			}
			end := old[last].PTS + old[last].Duration - origin
			if end < to || end > to+4000+4*old[0].Duration {
				t.Errorf("the last new packet ends at %d of %d", end, to)
			}
			a, b := floats(heard(t, path, "f32le")), floats(heard(t, result, "f32le"))
			if len(a) != len(b) {
				t.Fatalf("%d values became %d", len(a), len(b))
			}
			part := func(x []float64, lo, hi int64) []float64 {
				n := int64(len(x) / c.channels)
				return x[int64(c.channels)*min(max(lo+origin, 0), n) : int64(c.channels)*min(max(hi+origin, 0), n)]
			}
			far := int64(9600) // decoders of Opus take a while to agree to the last bit
			for _, s := range [][2]int64{{-origin, old[first].PTS - origin}, {end + far, 1 << 40}} {
				if d := level(part(a, s[0], s[1]), part(b, s[0], s[1])); d > -190 && (c.noise == 0 && d > -100 || c.noise < 0 && d > c.noise) {
					t.Errorf("sound far away differs by %.1f dBFS", d)
				}
			}
			for _, s := range [][2]int64{{old[first].PTS - origin, from}, {to, end + far}} {
				x, y := part(a, s[0], s[1]), part(b, s[0], s[1])
				d, l := level(x, y), level(x, nil)
				if t.Logf("%.1f dBFS of difference in %.1f dBFS", d, l); d > -34 || d > l-20 {
					t.Errorf("the seam differs by %.1f dBFS in %.1f", d, l)
				}
			}
			if d := level(part(a, from+2000, to-2000), part(b, from+2000, to-2000)); d < -25 {
				t.Errorf("the segment differs by %.1f dBFS only", d)
			}
		})
	}
}

// ffmpeg puts a gap behind the first sound packet of a fragmented file whose pictures are stored out of order. What is
// heard in a second is found all the same.
func TestReplaceBehindAFirstGap(t *testing.T) {
	fragments := soundClip(t, "fragments.mp4", 1, 48000, "-c:v libx264 -bf 2 -pix_fmt yuv420p -c:a aac -movflags frag_keyframe+empty_moov")
	path := filepath.Join(t.TempDir(), "plain.mp4")
	ffmpeg(t, "-i", fragments, "-c", "copy", path)
	if p := packets(t, path, "a:0"); p[0].Duration <= 1024 {
		t.Skipf("this ffmpeg leaves no gap: %+v", p[:2])
	}
	src, err := splice.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	from, to := src.Audio.Span(1, 2)
	if src.Close(); to-from != 48000 {
		t.Fatalf("a second is [%d, %d)", from, to)
	}
	result, _ := replaceSound(t, path, from, to)
	played := func(path string) []float64 {
		out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-map", "0:a:0", "-af", "aresample=async=1:first_pts=0", "-f", "f32le", "pipe:1").Output()
		if err != nil {
			t.Fatal(err)
		}
		return floats(out)
	}
	a, b := played(path), played(result)
	if before := level(a[:47000], b[:47000]); before > -40 {
		t.Errorf("sound before 1 s differs by %.1f dBFS", before)
	}
	if after := level(a[97000:140000], b[97000:140000]); after > -40 {
		t.Errorf("sound after 2 s differs by %.1f dBFS", after)
	}
	for _, at := range []int{49500, 94500} { // right inside the fades
		if inside := level(a[at:at+1000], b[at:at+1000]); inside < -25 {
			t.Errorf("sound at %d differs by %.1f dBFS only", at, inside)
		}
	}
}
