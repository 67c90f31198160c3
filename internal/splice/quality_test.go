package splice_test

import (
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/mediatest"
	"retake/internal/retake"
	"retake/internal/splice"
)

// Every frame outside the segment is the original's to the bit when the whole result is decoded in one go: decoders must
// take the change of parameter sets, in all of their threads, at both joins.
func TestExactBridges(t *testing.T) {
	clips := []struct{ name, file, args string }{
		{"H.264, one GOP", "a.mp4", "-map 0:v -c:v libx264 -pix_fmt yuv420p -preset fast -g 250"},
		{"H.264 baseline, not square", "b.mp4", "-map 0:v -c:v libx264 -pix_fmt yuv420p -profile:v baseline -g 200 -aspect 4:3"},
		{"HEVC", "c.mp4", "-map 0:v -c:v libx265 -preset ultrafast -pix_fmt yuv420p -tag:v hvc1 -x265-params log-level=error:open-gop=0:keyint=250"},
	}
	tools := mediatest.Open(t)
	for _, c := range clips {
		t.Run(c.name, func(t *testing.T) {
			original := makeClip(t, c.file, c.args)
			result := filepath.Join(t.TempDir(), c.file)
			q := splice.DefaultQuality()
			q.Bridge = retake.BridgeExact
			p := invertWith(t, tools, original, result, 3, 5, q)
			if p.Encoded() == 0 {
				t.Fatal("nothing is encoded again")
			}
			a, b := frameHashes(t, original), frameHashes(t, result)
			if len(a) != len(b) {
				t.Fatalf("%d frames, want %d", len(b), len(a))
			}
			for i := range a {
				if outside := i < p.Start || i >= p.End; outside != (a[i] == b[i]) {
					t.Fatalf("frame %d: %s, the original's is %s; the segment is [%d, %d)", i, b[i], a[i], p.Start, p.End)
				}
			}
			again := filepath.Join(t.TempDir(), "again-"+c.file)
			comparePackets(t, result, again, invert(t, tools, result, again, 0.5, 2.5))
		})
	}
}

// New pictures take about as many bits as the clip's own would, within bounds; the same each time.
func TestEditIsInKeepingWithTheSource(t *testing.T) {
	const h264 = "-map 0:v -c:v libx264 -pix_fmt yuv420p -preset veryfast -g 30 -crf "
	tools := mediatest.Open(t)
	code := func(path string, asked int) int {
		src, err := splice.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		p, err := src.Video.Plan(3, 5, src.Video.Start)
		if err != nil {
			t.Fatal(err)
		}
		q := splice.DefaultQuality()
		q.EditCRF = asked
		how, err := src.Video.Edit(t.Context(), tools, p, q, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return how.CRF
	}
	for own, want := range map[string]int{"4": 12, "20": 20, "40": 24} {
		path := makeClip(t, "crf"+own+".mp4", h264+own)
		got := code(path, 0)
		if got < want-2 || got > want+2 || got < 12 || got > 24 {
			t.Errorf("a clip of rate factor %s: %d, want about %d", own, got, want)
		}
		if again := code(path, 0); own == "20" && again != got {
			t.Errorf("%d, then %d", got, again)
		}
		if asked := code(path, 5); asked != 5 {
			t.Errorf("asked for 5: %d", asked)
		}
	}
}

func TestQualityNamesItsMistakes(t *testing.T) {
	good := splice.DefaultQuality()
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	bad := splice.Quality{Bridge: "nearly", Preset: "warp", EditCRF: -1, BridgeCRF: 31}
	err := bad.Validate()
	for _, want := range []string{`quality.bridge: must be one of near, exact, fast, got "nearly"`, `quality.preset: must be one of ultrafast,`,
		"quality.edit_crf: must be between 1 and 30", "quality.bridge_crf", "quality.lead_in_crf"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}
