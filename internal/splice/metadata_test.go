package splice_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"retake/internal/av1"
	"retake/internal/container"
	"retake/internal/mediatest"
	"retake/internal/nal"
	"retake/internal/splice"
)

// withMetadata gives each picture of an HEVC or H.264 clip units that name it: a message that ITU-T T.35 registers, as
// HDR10+ and captions are, and one of a type that the format leaves open, as Dolby Vision's is.
func withMetadata(t *testing.T, path string, sei, open []byte) string {
	t.Helper()
	src, err := splice.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	out := filepath.Join(t.TempDir(), "named"+filepath.Ext(path))
	dst, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	v := src.Video
	rep := container.Replacement{}
	for i, s := range v.Samples.All() {
		units := unitsOf(t, v, i)
		name := fmt.Sprintf("%04d", v.Rank(i))
		message := nal.Escape(append(append(append(bytes.Clone(sei), 4, 4), name...), 0x80))
		data := nal.AppendSample(nil, append(append([][]byte{message}, units...), append(bytes.Clone(open), name...))...)
		rep.Pieces = append(rep.Pieces, container.Piece{From: bytes.NewReader(data), Size: uint32(len(data))})
		rep.CTS, rep.Sync = append(rep.CTS, s.CTS), append(rep.Sync, s.Sync)
	}
	p, err := src.File.Patch(dst, []container.Change{{Track: v.Track.Index, First: 0, Count: v.Len()}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Finish(t.Context(), []container.Replacement{rep}); err != nil {
		t.Fatal(err)
	}
	return out
}

func unitsOf(t *testing.T, v *splice.Video, decode int) [][]byte {
	t.Helper()
	sample, err := v.Sample(decode, nil)
	if err != nil {
		t.Fatal(err)
	}
	units, err := nal.Units(sample, 4)
	if err != nil {
		t.Fatal(err)
	}
	return units
}

// Captions, HDR10+ and Dolby Vision's metadata go with the picture that stands in the place of theirs, and new keyframes
// tell the mastering display and the light of the content.
func TestMetadataStaysWithItsPlace(t *testing.T) {
	const master = "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400"
	for _, c := range []struct {
		name, args string
		sei, open  []byte
		lasting    int // messages of a keyframe that hold from it on
	}{
		{"hevc.mp4", "-map 0:v -c:v libx265 -preset ultrafast -tag:v hvc1 -pix_fmt yuv420p10le -x265-params log-level=error:keyint=25:repeat-headers=1:hdr10=1:" +
			"colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:" + master, []byte{39 << 1, 1}, []byte{62 << 1, 1}, 2},
		{"h264.mov", "-map 0:v -c:v libx264 -preset veryfast -g 25 -pix_fmt yuv420p10le", []byte{6}, []byte{28}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			original := withMetadata(t, makeClip(t, c.name, c.args), c.sei, c.open)
			result := filepath.Join(t.TempDir(), c.name)
			p := invert(t, mediatest.Open(t), original, result, 3, 5)
			comparePackets(t, original, result, p)
			if c.name == "h264.mov" { // ffmpeg complains of Dolby Vision that says nothing
				compareFrames(t, original, result, p)
			}
			src, err := splice.Open(result)
			if err != nil {
				t.Fatal(err)
			}
			defer src.Close()
			v := src.Video
			for i := range v.Samples.Len() {
				units := unitsOf(t, v, i)
				name := fmt.Appendf(nil, "%04d", v.Rank(i))
				if last := units[len(units)-1]; !bytes.Equal(last, append(bytes.Clone(c.open), name...)) {
					t.Fatalf("sample %d, shown as %s, ends with % x", i, name, last)
				}
				var m nal.Metadata
				for _, u := range units {
					if bytes.HasPrefix(u, c.sei[:1]) {
						m.Add(u, len(c.sei))
					}
				}
				if len(m.Own) != 1 || !bytes.Contains(m.Own[0], name) {
					t.Fatalf("sample %d, shown as %s, has the messages % x", i, name, m.Own)
				}
				key := false
				if start, err := v.Start(i); err != nil {
					t.Fatal(err)
				} else if key = start != splice.NoStart; key && len(m.Lasting) != c.lasting {
					t.Fatalf("keyframe %d has %d lasting messages, want %d", i, len(m.Lasting), c.lasting)
				}
			}
		})
	}
}

// The same of AV1, whose metadata are units of their own.
func TestMetadataOfAV1StaysWithItsPlace(t *testing.T) {
	unit := func(payload ...byte) []byte { // with trailing bits
		return append(append([]byte{av1.TypeMetadata<<3 | 2, byte(len(payload) + 1)}, payload...), 0x80)
	}
	master, light := unit(append([]byte{2}, make([]byte, 24)...)...), unit(1, 3, 232, 1, 144)
	own := func(v *splice.Video, i int) []byte { return unit(fmt.Appendf([]byte{4, 181}, "%04d", v.Rank(i))...) }
	plain := makeClip(t, "plain.mp4", "-map 0:v -c:v libsvtav1 -preset 12 -g 25 -pix_fmt yuv420p10le")
	original, result := filepath.Join(t.TempDir(), "named.mp4"), filepath.Join(t.TempDir(), "result.mp4")
	src, err := splice.Open(plain)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	v, rep := src.Video, container.Replacement{}
	for i, s := range v.Samples.All() {
		data, err := v.Sample(i, nil)
		if err != nil {
			t.Fatal(err)
		}
		said := [][]byte{own(v, i)}
		if s.Sync {
			said = append(said, master, light)
		}
		if data, err = av1.WithMetadata(data, said...); err != nil {
			t.Fatal(err)
		}
		rep.Pieces = append(rep.Pieces, container.Piece{From: bytes.NewReader(data), Size: uint32(len(data))})
		rep.CTS, rep.Sync = append(rep.CTS, s.CTS), append(rep.Sync, s.Sync)
	}
	dst, err := os.Create(original)
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	patch, err := src.File.Patch(dst, []container.Change{{Track: v.Track.Index, First: 0, Count: v.Len()}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := patch.Finish(t.Context(), []container.Replacement{rep}); err != nil {
		t.Fatal(err)
	}
	p := invert(t, mediatest.Open(t), original, result, 3, 5)
	comparePackets(t, original, result, p)
	compareFrames(t, original, result, p)
	made, err := splice.Open(result)
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	for i := range made.Video.Len() {
		data, err := made.Video.Sample(i, nil)
		if err != nil {
			t.Fatal(err)
		}
		m, err := av1.ReadMetadata(data)
		if err != nil || len(m.Own) != 1 || !bytes.Equal(m.Own[0], own(made.Video, i)) {
			t.Fatalf("sample %d has % x (%v)", i, m.Own, err)
		}
		if start, err := made.Video.Start(i); err != nil || (start != splice.NoStart) != (len(m.Lasting) == 2) {
			t.Fatalf("sample %d, start %v: %d lasting units (%v)", i, start, len(m.Lasting), err)
		}
	}
}
