package splice_test

import (
	"strings"
	"testing"

	"retake/internal/splice"
)

// New packets of Vorbis have the windows of those in whose place they stand. What is heard before the first and behind the
// one after the last stays to the bit, what is heard of them outside the segment is far below what the first encoding lost,
// and pictures and times stay. The last clip is nearly all noise at a low rate, of which each packet lacks much.
func TestReplaceVorbis(t *testing.T) {
	for _, c := range []struct {
		name, args     string
		channels, rate int
	}{
		{"stereo.webm", "-c:v libvpx -c:a libvorbis", 2, 48000},
		{"best.mkv", "-c:a libvorbis -q:a 9", 2, 44100},
		{"mono.mkv", "-c:a libvorbis -q:a 1", 1, 22050},
		{"5.1.webm", "-c:v libvpx -c:a libvorbis -ac 6", 6, 48000},
		{"ffmpeg's own.mkv", "-c:a vorbis", 2, 44100},
		{"noise.mkv", "-filter:a volume=0.1,aeval=val(0)+random(0)-0.5|val(1)+random(1)-0.5 -c:a libvorbis -q:a 0.1", 2, 48000},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, to := int64(soundFrom), int64(soundTo)
			if c.rate < 44100 {
				from, to = from/2, to/2
			}
			path := soundClip(t, strings.ReplaceAll(c.name, " ", "-"), c.channels, c.rate, c.args)
			result, _ := replaceSound(t, path, from, to)
			a, b := floats(heard(t, path, "f32le")), floats(heard(t, result, "f32le"))
			if len(a) != len(b) {
				t.Fatalf("%d values became %d", len(a), len(b))
			}
			first, last := len(a), 0
			for i := range a {
				if a[i] != b[i] {
					first, last = min(first, i), i
				}
			}
			start, end := first/c.channels, last/c.channels+1
			if start < int(from)-2048 || start > int(from) || end < int(to) || end > int(to)+2048 {
				t.Errorf("[%d, %d) changed of [%d, %d)", start, end, from, to)
			}
			ch := int64(c.channels)
			for _, s := range [][2]int{{first, int(from * ch)}, {int(to * ch), last + 1}} {
				x, y := a[s[0]:s[1]], b[s[0]:s[1]]
				d, l := level(x, y), level(x, nil)
				if t.Logf("%.1f dBFS of difference in %.1f dBFS", d, l); d > l-30 {
					t.Errorf("the seam differs by %.1f dBFS in %.1f", d, l)
				}
			}
			if d := level(a[(from+2000)*ch:(to-2000)*ch], b[(from+2000)*ch:(to-2000)*ch]); d < -25 {
				t.Errorf("the segment differs by %.1f dBFS only", d)
			}
			old, fresh := packets(t, path, "a:0"), packets(t, result, "a:0")
			for i, p := range old {
				if p.PTS != fresh[i].PTS || p.Duration != fresh[i].Duration {
					t.Errorf("packet %d has another time", i)
				}
			}
			if x, y := packets(t, path, "v:0"), packets(t, result, "v:0"); len(x) == 0 || len(x) != len(y) || x[len(x)-1] != y[len(y)-1] {
				t.Error("the pictures changed")
			}
		})
	}
}

// The span of seconds begins with what the first packet brings, which is nothing: its own time is no part of the sound.
func TestVorbisBeginsBehindItsFirstPacket(t *testing.T) {
	src, err := splice.Open(soundClip(t, "a.webm", 2, 48000, "-c:v libvpx -c:a libvorbis"))
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if from, to := src.Audio.Span(1, 2); from > 48000 || from < 47800 || to-from != 48000 || src.Audio.Start(1) != 0 {
		t.Errorf("a second is [%d, %d)", from, to)
	}
}
