package mp4

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/container"
	"retake/internal/corpus"
)

func openFile(t testing.TB, path string) (*File, *os.File) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	file, err := Open(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return file, f
}

func probe(t *testing.T, path string, args ...string) string {
	t.Helper()
	out, err := exec.Command("ffprobe", append([]string{"-v", "error"}, append(args, path)...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ffprobe: %v\n%s", err, out)
	}
	return string(out)
}

// patch writes a copy of the file with the changes and returns its path.
func patch(t *testing.T, src *File, changes []Change, reps []Replacement, added ...*container.Sound) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "patched.mp4")
	dst, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	p, err := NewPatcher(src, dst, changes, added)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CopyHead(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := p.Finish(context.Background(), reps); err != nil {
		t.Fatal(err)
	}
	return path
}

var formats = []struct{ name, args string }{
	{"plain.mp4", "-c:v libx264 -c:a aac -metadata title=Kept -metadata:s:a language=deu"},
	{"fast.mp4", "-c:v libx264 -c:a aac -movflags +faststart"},
	{"quicktime.mov", "-c:v libx264 -c:a pcm_s16le -timecode 01:00:00:00"},
	{"intra.mov", "-c:v mjpeg -c:a aac"},
	{"rotated.mp4", "-c:v libx264 -bf 0 -an -metadata:s:v rotate=90"},
}

// What ffprobe says of each packet must not change when samples are replaced by themselves.
func TestPatchWithTheSameSamples(t *testing.T) {
	for _, c := range formats {
		t.Run(c.name, func(t *testing.T) {
			path := corpus.Clip(t, c.name, c.args)
			src, f := openFile(t, path)
			v := src.Tracks[0]
			samples, err := v.Samples()
			if err != nil {
				t.Fatal(err)
			}
			change := Change{Track: v.Index, First: 20, Count: 30}
			var rep Replacement
			for i := 20; i < 50; i++ {
				s := samples.At(i)
				rep.Pieces = append(rep.Pieces, Piece{From: f, Offset: s.Offset, Size: s.Size})
				rep.CTS = append(rep.CTS, s.CTS)
				rep.Sync = append(rep.Sync, s.Sync)
			}
			out := patch(t, src, []Change{change}, []Replacement{rep})
			all := []string{"-show_packets", "-show_data_hash", "md5", "-show_entries", "packet=stream_index,pts,dts,duration,flags,data_hash,size:stream:stream_tags:format_tags"}
			if diff := cmp.Diff(probe(t, path, all...), probe(t, out, all...)); diff != "" {
				t.Error(diff)
			}
			again, _ := openFile(t, out)
			if !bytes.Equal(told(t, src), told(t, again)) {
				t.Error("what the file says of itself changed")
			}
		})
	}
}

func TestPatchReplacesSamples(t *testing.T) {
	src, _ := openFile(t, corpus.Clip(t, "a.mp4", "-c:v libx264 -bf 2 -c:a aac"))
	v := src.Tracks[0]
	before, err := v.Samples()
	if err != nil {
		t.Fatal(err)
	}
	rep := Replacement{CTS: make([]int32, 10), Sync: make([]bool, 10)}
	var want [][]byte
	for i := range 10 {
		data := bytes.Repeat([]byte{byte(i + 1)}, 100+i*50000)
		want = append(want, data)
		rep.Pieces = append(rep.Pieces, Piece{From: bytes.NewReader(data), Size: uint32(len(data))})
		rep.CTS[i], rep.Sync[i] = int32(512*i), i == 0
	}
	again, _ := openFile(t, patch(t, src, []Change{{Track: v.Index, First: 40, Count: 10}}, []Replacement{rep}))
	after, err := again.Tracks[0].Samples()
	if err != nil {
		t.Fatal(err)
	}
	for i, was := range before.All() {
		is := after.At(i)
		if was.DTS != is.DTS || was.Duration != is.Duration {
			t.Fatalf("sample %d moved in time", i)
		}
		got, err := again.ReadSample(is, nil)
		if err != nil {
			t.Fatal(err)
		}
		if i >= 40 && i < 50 {
			if !bytes.Equal(got, want[i-40]) || is.CTS != rep.CTS[i-40] || is.Sync != rep.Sync[i-40] {
				t.Fatalf("sample %d is not the new one: %+v", i, is)
			}
			continue
		}
		old, err := src.ReadSample(was, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, old) || was.CTS != is.CTS || was.Sync != is.Sync {
			t.Fatalf("sample %d changed", i)
		}
	}
}

// A track's chunks may lie anywhere in the file, also behind later ones.
func TestPatchChunksOutOfOrder(t *testing.T) {
	path := corpus.Clip(t, "a.mp4", "-c:v libx264 -bf 0 -an")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	src, _ := openFile(t, path)
	before, err := src.Tracks[0].Samples()
	if err != nil {
		t.Fatal(err)
	}
	// One sample a chunk, the first of them moved to the end of the file.
	first := before.At(0)
	moved := data[first.Offset : first.Offset+int64(first.Size)]
	moov := src.moov.clone()
	stbl := moov.all("trak")[0].child("mdia", "minf", "stbl")
	offsets := make([]int64, before.Len())
	for i := range offsets {
		offsets[i] = before.Offset(i)
	}
	stbl.set("stsc", be32(0, 1, 1, 1, 1), "")
	offsets[0] = int64(len(data)) + 8
	setChunkOffsets(stbl, len(offsets), func(i int) int64 { return offsets[i] }, false)
	at := bytes.LastIndex(data, []byte("moov"))
	copy(data[at:], "free")
	data = append(data, be32(uint32(8+len(moved)))...)
	data = append(append(data, "mdat"...), moved...)
	data = moov.append(data)
	odd := filepath.Join(t.TempDir(), "odd.mp4")
	if err := os.WriteFile(odd, data, 0o600); err != nil {
		t.Fatal(err)
	}
	src, _ = openFile(t, odd)
	rep := Replacement{Pieces: []Piece{{From: strings.NewReader("new"), Size: 3}}}
	again, _ := openFile(t, patch(t, src, []Change{{Track: 0, First: 40, Count: 1}}, []Replacement{rep}))
	after, err := again.Tracks[0].Samples()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range before.All() {
		want := data[s.Offset : s.Offset+int64(s.Size)]
		if i == 40 {
			want = []byte("new")
		}
		if got, err := again.ReadSample(after.At(i), nil); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("sample %d is another's (%v)", i, err)
		}
	}
}

func TestAddSoundTrack(t *testing.T) {
	for _, name := range []string{"silent.mp4", "silent.mov"} {
		src, _ := openFile(t, corpus.Clip(t, name, "-c:v libx264 -an"))
		donor, _ := openFile(t, corpus.Clip(t, "donor.mp4", "-c:v libx264 -c:a aac -ac 2"))
		a := donor.Tracks[1]
		asc, err := a.Entry.AudioSpecificConfig()
		if err != nil {
			t.Fatal(err)
		}
		samples, err := a.Samples()
		if err != nil {
			t.Fatal(err)
		}
		track := &container.Sound{Codec: container.AAC, Frame: 1024, Config: asc, Rate: 48000, Channels: 2, Priming: 1024, Duration: 3}
		for _, s := range samples.All() {
			packet, err := donor.ReadSample(s, nil)
			if err != nil {
				t.Fatal(err)
			}
			track.Packets = append(track.Packets, packet)
		}
		out := patch(t, src, nil, nil, track)
		got := probe(t, out, "-select_streams", "a", "-show_entries", "stream=codec_name,profile,sample_rate,channels,duration", "-of", "csv=p=0")
		if want := "aac,LC,48000,2,3.000000\n"; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if out, err := exec.Command("ffmpeg", "-v", "error", "-xerror", "-i", out, "-f", "null", "-").CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s does not play: %v\n%s", name, err, out)
		}
		again, _ := openFile(t, out)
		if n := len(again.Tracks); n != 2 || again.Tracks[0].ID == again.Tracks[1].ID {
			t.Errorf("%s: %d tracks", name, n)
		}
		old, err := src.Tracks[0].Samples()
		if err != nil {
			t.Fatal(err)
		}
		kept, err := again.Tracks[0].Samples()
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range old.All() {
			x, _ := src.ReadSample(s, nil)
			y, err := again.ReadSample(kept.At(i), nil)
			if err != nil || !bytes.Equal(x, y) {
				t.Fatalf("%s: picture %d changed (%v)", name, i, err)
			}
		}
	}
}

func TestRegroup(t *testing.T) {
	body := binary.BigEndian.AppendUint32(append([]byte{0, 0, 0, 0}, "rap "...), 3)
	for _, v := range []uint32{10, 1, 5, 0, 20, 2} {
		body = binary.BigEndian.AppendUint32(body, v)
	}
	got := regroup(body, 8, 8, 17)
	var values []uint32
	for b := got[12:]; len(b) > 0; b = b[4:] {
		values = append(values, binary.BigEndian.Uint32(b))
	}
	if diff := cmp.Diff([]uint32{8, 1, 9, 0, 18, 2}, values); diff != "" {
		t.Error(diff)
	}
	if n := binary.BigEndian.Uint32(got[8:]); n != 3 {
		t.Errorf("%d entries, want 3", n)
	}
}

func TestLyingFiles(t *testing.T) {
	good, err := os.ReadFile(corpus.Clip(t, "a.mp4", "-c:v libx264 -c:a aac"))
	if err != nil {
		t.Fatal(err)
	}
	at := func(kind string, from int) int {
		i := bytes.Index(good[from:], []byte(kind))
		if i < 0 {
			t.Fatalf("no %s", kind)
		}
		return from + i
	}
	moov := at("moov", 0)
	cases := map[string]struct {
		pos   int
		value uint32
	}{
		"moov larger than the file":         {moov - 4, 1 << 30},
		"box size below its header":         {at("mvhd", moov) - 4, 4},
		"trak larger than moov":             {at("trak", moov) - 4, 1 << 28},
		"four billion samples":              {at("stsz", moov) + 12, 0xffffffff},
		"four billion samples of one size":  {at("stsz", moov) + 8, 0xffff},
		"four billion chunks":               {at("stco", moov) + 8, 0xffffffff},
		"chunk map of four billion entries": {at("stsc", moov) + 8, 0xffffffff},
		"four billion samples a chunk":      {at("stsc", moov) + 16, 0xffffffff},
		"chunk past the end":                {at("stco", moov) + 12, 0xfffffff0},
		"times for too many samples":        {at("stts", moov) + 12, 0xffffffff},
		"four billion time entries":         {at("stts", moov) + 8, 0xffffffff},
		"keyframe past the end":             {at("stss", moov) + 12, 0xfffffff},
		"timescale 0":                       {at("mdhd", moov) + 16, 0},
		"sample description past its box":   {at("avc1", moov) - 4, 0xffffff},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bad := bytes.Clone(good)
			binary.BigEndian.PutUint32(bad[c.pos:], c.value)
			if err := readAll(bad); !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrUnsupported) {
				t.Errorf("%v, want an error", err)
			}
		})
	}
	for n := range 40 {
		if err := readAll(good[:len(good)*n/40]); err == nil {
			t.Errorf("a file cut to %d/40 was read", n)
		}
	}
}

// told returns all that is said of the movie and its tracks beside the samples.
func told(t *testing.T, f *File) (all []byte) {
	t.Helper()
	parts, err := f.Parts()
	if err != nil {
		t.Fatal(err)
	}
	for _, track := range f.Tracks {
		parts = append(parts, track.Parts()...)
		all = append(all, track.Description()...)
	}
	for _, p := range parts {
		body, err := io.ReadAll(p.Body)
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, p.Path...), body...)
	}
	return all
}

// readAll opens the file and reads every table and sample.
func readAll(data []byte) error {
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, t := range f.Tracks {
		samples, err := t.Samples()
		if err != nil {
			return err
		}
		t.Entry.Child("avcC")
		t.Entry.AudioSpecificConfig()
		t.Origin()
		t.Shown()
		t.Parts()
		t.Description()
		var buf []byte
		for i := range min(samples.Len(), 1000) {
			if buf, err = f.ReadSample(samples.At(i), buf); err != nil {
				return err
			}
		}
	}
	return nil
}

func FuzzFile(f *testing.F) {
	for _, c := range []string{"-c:v libx264 -c:a aac -movflags +faststart -t 0.3", "-c:v mjpeg -c:a pcm_s16le -t 0.2 -f mov"} {
		data, err := os.ReadFile(corpus.Clip(f, "a.mp4", c))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	corpus.Each(f, corpus.File, func(clip []byte) { f.Add(clip) })
	f.Fuzz(func(t *testing.T, data []byte) {
		if readAll(data) != nil {
			return
		}
		file, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for i := range file.Tracks {
			patchAndRead(t, file, i)
		}
	})
}

// patchAndRead replaces a track's first samples, and holds the others of the patched file to be what they were.
func patchAndRead(t *testing.T, file *File, track int) {
	before, err := file.Tracks[track].Samples()
	if err != nil {
		t.Fatal(err)
	}
	n := min(before.Len(), 2)
	dst, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	p, err := NewPatcher(file, dst, []Change{{Track: track, First: 0, Count: n}}, nil)
	if err != nil {
		return
	}
	if err := p.Finish(context.Background(), []Replacement{replacement(file.Tracks[track], before, n)}); err != nil {
		t.Fatalf("patch: %v", err)
	}
	info, err := dst.Stat()
	if err != nil {
		t.Fatal(err)
	}
	patched, err := Open(dst, info.Size())
	if err != nil {
		t.Fatalf("the patched file can't be read: %v", err)
	}
	after, err := patched.Tracks[track].Samples()
	if err != nil || after.Len() != before.Len() {
		t.Fatalf("%d samples became %v, %v", before.Len(), after, err)
	}
	for i := n; i < min(before.Len(), 1000); i++ {
		was, errA := file.ReadSample(before.At(i), nil)
		is, errB := patched.ReadSample(after.At(i), nil)
		if errA != nil || errB != nil || !bytes.Equal(was, is) {
			t.Fatalf("sample %d is another: %v, %v", i, errA, errB)
		}
	}
}

// replacement makes new samples for the first n, of the same size where a track is laid out in groups.
func replacement(t *Track, samples *container.Samples, n int) Replacement {
	r := Replacement{}
	if t.frame == 0 {
		r.CTS, r.Sync = make([]int32, n), make([]bool, n)
	}
	for i := range n {
		size := uint32(3)
		if t.frame != 0 {
			size = samples.Size(i)
		}
		r.Pieces = append(r.Pieces, Piece{From: bytes.NewReader(make([]byte, size)), Size: size})
	}
	return r
}
