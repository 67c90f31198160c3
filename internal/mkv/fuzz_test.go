package mkv

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"retake/internal/container"
	"retake/internal/corpus"
)

// readAll opens the file and reads every table and the first frames.
func readAll(data []byte) (*File, error) {
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if _, err := f.Parts(); err != nil {
		return nil, err
	}
	for _, t := range f.List() {
		samples, err := t.Samples()
		if err != nil {
			return nil, err
		}
		t.Origin()
		t.Parts()
		t.Description()
		var buf []byte
		for i := range min(samples.Len(), 1000) {
			if buf, err = f.ReadSample(samples.At(i), buf); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

func seeds(f *testing.F) {
	for name, args := range map[string]string{
		"a.mkv":    "-c:v libx264 -c:a aac -t 0.3 -metadata title=Ox",
		"b.webm":   "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus -t 0.2",
		"live.mkv": "-c:v mjpeg -c:a pcm_s16le -t 0.2 -live 1",
	} {
		data, err := os.ReadFile(corpus.Clip(f, name, args))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	laced, err := os.ReadFile(mkvmerge(f, corpus.Clip(f, "c.mkv", "-c:v mpeg4 -c:a ac3 -t 0.3"), "--compression", "0:mpeg4_p2"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(laced)
}

func FuzzFile(f *testing.F) {
	seeds(f)
	corpus.Each(f, corpus.File, func(clip []byte) { f.Add(clip) })
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := readAll(data)
		if err != nil {
			return
		}
		dst, err := os.Create(filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatal(err)
		}
		defer dst.Close()
		track := file.List()[0]
		n := min(track.Count, 2)
		p, err := file.Patch(dst, []container.Change{{Track: 0, First: 0, Count: n}}, nil)
		if err != nil {
			return
		}
		rep := container.Replacement{Sync: make([]bool, n)}
		for range n {
			rep.Pieces = append(rep.Pieces, container.Piece{From: bytes.NewReader([]byte("new")), Size: 3})
		}
		if p.Finish(context.Background(), []container.Replacement{rep}) != nil {
			return // such as a frame that does not begin as those of its track
		}
		info, err := dst.Stat()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Open(dst, info.Size())
		if err != nil {
			t.Fatalf("the patched file can't be read: %v", err)
		}
		for i, a := range file.List() {
			b := again.List()[i]
			if a.Count != b.Count {
				t.Fatalf("track %d has %d frames, had %d", i, b.Count, a.Count)
			}
			x, _ := a.Samples()
			y, _ := b.Samples()
			for k, was := range x.All() {
				if is := y.At(k); was.DTS != is.DTS || was.CTS != is.CTS || was.Duration != is.Duration {
					t.Fatalf("frame %d of track %d moved: %+v, was %+v", k, i, is, was)
				}
			}
		}
	})
}
