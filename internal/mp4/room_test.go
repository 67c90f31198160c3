package mp4

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"retake/internal/container"
	"retake/internal/corpus"
)

// padded is a file that begins with some bytes and goes on with zeros.
type padded struct {
	head []byte
	size int64
}

func (p padded) ReadAt(dst []byte, at int64) (int, error) {
	if at >= p.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(dst)), p.size-at))
	clear(dst[:n])
	if at < int64(len(p.head)) {
		copy(dst[:n], p.head[at:])
	}
	if n < len(dst) {
		return n, io.EOF
	}
	return n, nil
}

// claim makes a file like the one at path whose tracks of a kind have one chunk of n samples, each of size bytes.
func claim(t *testing.T, path, handler string, n, size, ticks uint32) padded {
	t.Helper()
	src, _ := openFile(t, path)
	moov := src.moov.clone()
	body := int64(n)*int64(size) + src.size // with what the other track has
	for i, trak := range moov.all("trak") {
		stbl := trak.child("mdia", "minf", "stbl")
		if src.Tracks[i].Handler != handler {
			continue
		}
		for _, kind := range []string{"ctts", "stss", "sgpd", "sbgp", "sdtp"} {
			stbl.remove(kind)
		}
		stbl.set("stsz", be32(0, size, n), "")
		stbl.set("stts", be32(0, 1, n, ticks), "")
		stbl.set("stsc", be32(0, 1, 1, n, 1), "")
		stbl.set("stco", be32(0, 1, 0), "")
	}
	out := leaf("ftyp", []byte("qt  "), be32(0)).append(nil)
	end := int64(len(out)) + moov.size() + 8
	for i, trak := range moov.all("trak") {
		if src.Tracks[i].Handler == handler {
			trak.child("mdia", "minf", "stbl").set("stco", be32(0, 1, uint32(end)), "")
		}
	}
	out = moov.append(out)
	out = binary.BigEndian.AppendUint32(out, uint32(body+8))
	return padded{append(out, "mdat"...), end + body}
}

// allocated returns how many bytes f takes from the heap, whether or not they are given back.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A file of 12 MB that claims 12 million pictures is refused before anything is laid out.
func TestTooManySamples(t *testing.T) {
	path := corpus.Clip(t, "a.mov", "-c:v libx264 -c:a aac -t 0.3")
	for _, c := range []struct {
		name, handler string
		n, size       uint32
		lies          bool
	}{
		{"pictures of a byte", "vide", 11_900_000, 1, true},
		{"packets of a byte", "soun", 11_900_000, 1, true},
		{"pictures of a plausible size", "vide", maxSamples + 1, 400, false},
		{"packets of a plausible size", "soun", maxSamples + 1, 200, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := claim(t, path, c.handler, c.n, c.size, 512)
			var err error
			took := allocated(func() { _, err = Open(file, file.size) })
			if !errors.Is(err, ErrTooMany) || errors.Is(err, ErrMalformed) != c.lies || errors.Is(err, ErrUnsupported) {
				t.Errorf("%v", err)
			}
			if took > 1<<20 {
				t.Errorf("%d bytes were taken to find out", took)
			}
		})
	}
	t.Run("both tracks together", func(t *testing.T) {
		f := &File{}
		for _, handler := range []string{"vide", "soun"} {
			one := claim(t, path, handler, maxSamples/2+1, 200, 512)
			opened, err := Open(one, one.size)
			if err != nil {
				t.Fatal(err)
			}
			for _, track := range opened.Tracks {
				if track.Handler == handler {
					f.Tracks = append(f.Tracks, track)
				}
			}
		}
		if err := f.checkRoom(); !errors.Is(err, ErrTooMany) {
			t.Errorf("%v", err)
		}
	})
	t.Run("a long recording", func(t *testing.T) { // 5 hours at 60 fps
		file := claim(t, path, "vide", 1_080_000, 9, 512)
		f, err := Open(file, file.size)
		if err != nil {
			t.Fatal(err)
		}
		if samples, err := f.Tracks[0].Samples(); err != nil || samples.Len() != 1_080_000 {
			t.Errorf("%v, %v", samples, err)
		}
	})
}

// A file's boxes are counted, and so are its tracks' chunks and edits: each is many times larger in memory.
func TestTooMuchInTheHeader(t *testing.T) {
	path := corpus.Clip(t, "a.mp4", "-c:v libx264 -c:a aac -t 0.3")
	for name, c := range map[string]struct {
		change func(moov *box)
		want   error
	}{
		"boxes":  {func(moov *box) { moov.tail = bytes.Repeat(leaf("free").append(nil), maxBoxes) }, ErrMalformed},
		"tracks": {func(moov *box) { moov.kids = append(moov.kids, repeat(moov.child("trak"), maxTracks)...) }, ErrMalformed},
		"edits": {func(moov *box) {
			moov.child("trak", "edts").set("elst", append(be32(0, maxEdits+1), make([]byte, 12*(maxEdits+1))...), "")
		}, ErrUnsupported},
		"chunks": {func(moov *box) {
			moov.child("trak", "mdia", "minf", "stbl").set("stco", append(be32(0, maxChunks+1), make([]byte, 4*(maxChunks+1))...), "")
		}, ErrTooMany},
	} {
		t.Run(name, func(t *testing.T) {
			src, _ := openFile(t, path)
			moov := src.moov.clone()
			c.change(moov)
			data := moov.append(leaf("ftyp", []byte("isom"), be32(0)).append(nil))
			if _, err := Open(bytes.NewReader(data), int64(len(data))); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

func repeat(b *box, n int) (list []*box) {
	for range n {
		list = append(list, b)
	}
	return list
}

// Tables are read from the file where they are, entry by entry: what a sample takes in memory is less than its entries.
func TestTablesStayInTheFile(t *testing.T) {
	src, _ := openFile(t, corpus.Clip(t, "a.mp4", "-c:v libx264 -bf 0 -an -t 0.3"))
	const n = 1_000_000
	moov := src.moov.clone()
	stbl := moov.child("trak", "mdia", "minf", "stbl")
	stbl.remove("stss")
	setSizes(stbl, n, func(i int) uint32 { return 20 + uint32(i%7) })
	stbl.set("stts", be32(0, 1, n, 512), "")
	stbl.set("stsc", be32(0, 1, 1, 1, 1), "")
	setChunkOffsets(stbl, n, func(i int) int64 { return int64(i) * 30 }, false)
	data := moov.append(leaf("ftyp", []byte("isom"), be32(0)).append(nil))
	file := padded{data, int64(len(data)) + 30*n}
	var opened *File
	if took := allocated(func() {
		var err error
		if opened, err = Open(file, file.size); err != nil {
			t.Fatal(err)
		}
	}); took > 1<<20 {
		t.Errorf("%d bytes were taken to open it", took)
	}
	var samples *container.Samples
	if took := allocated(func() {
		var err error
		if samples, err = opened.Tracks[0].Samples(); err != nil {
			t.Fatal(err)
		}
	}); took > 32*n { // in all, with what was thrown away as the columns grew
		t.Errorf("%d bytes were taken for %d samples", took, n)
	}
	if s := samples.At(n - 1); s.Offset != 30*(n-1) || s.Size != 20+uint32((n-1)%7) || s.DTS != 512*(n-1) {
		t.Errorf("the last sample is %+v", s)
	}
}

// An hour of uncompressed sound has 173 million samples, and takes no more room than an hour of AAC.
func TestUncompressedSound(t *testing.T) {
	path := corpus.Clip(t, "a.mov", "-c:v libx264 -c:a pcm_s16le -t 0.3")
	file := claim(t, path, "soun", 3600*48000, 2, 1)
	var samples *container.Samples
	took := allocated(func() {
		f, err := Open(file, file.size)
		if err != nil {
			t.Fatal(err)
		}
		if samples, err = f.Tracks[1].Samples(); err != nil {
			t.Fatal(err)
		}
	})
	last := samples.At(samples.Len() - 1)
	if n := samples.Len(); n != (3600*48000+groupSize-1)/groupSize || last.DTS+int64(last.Duration) != 3600*48000 {
		t.Errorf("%d groups, the last %+v", n, last)
	}
	if took > 16<<20 {
		t.Errorf("%d bytes were taken", took)
	}
}

// Groups have the bytes of the samples in them, however these lie in chunks.
func TestGroupsAcrossChunks(t *testing.T) {
	path := corpus.Clip(t, "a.mov", "-c:v mjpeg -c:a pcm_s16le")
	raw := filepath.Join(t.TempDir(), "a.raw")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-c", "copy", "-f", "s16le", raw).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	want, err := os.ReadFile(raw)
	if err != nil {
		t.Fatal(err)
	}
	src, _ := openFile(t, path)
	track := src.Tracks[1]
	l, err := track.layout()
	if err != nil || l.chunks() < 3 || l.chunk(0).count%groupSize == 0 {
		t.Fatalf("%v, %v: the chunks don't put the groups to the test", l, err)
	}
	samples, err := track.Samples()
	if err != nil {
		t.Fatal(err)
	}
	var got, buf []byte
	for _, s := range samples.All() {
		if buf, err = src.ReadSample(s, buf); err != nil {
			t.Fatal(err)
		}
		got = append(got, buf...)
		part := make([]byte, s.Size-3)
		if err := src.ReadPart(s, 3, part); err != nil || !bytes.Equal(part, buf[3:]) {
			t.Fatalf("a part of the group at %d: %v", s.DTS, err)
		}
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes of sound, want the %d that ffmpeg reads", len(got), len(want))
	}
}
