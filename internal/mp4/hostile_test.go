package mp4

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"retake/internal/container"
	"retake/internal/corpus"
)

// remade is a clip, which has its movie header behind all else, with another one.
func remade(t *testing.T, change func(moov *box)) []byte {
	t.Helper()
	path := corpus.Clip(t, "h.mp4", "-c:v libx264 -c:a aac -t 1")
	src, _ := openFile(t, path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	moov := src.moov.clone()
	change(moov)
	last := src.top[len(src.top)-1]
	if last.kind != "moov" {
		t.Fatalf("the clip ends with %q", last.kind)
	}
	return moov.append(data[:last.offset:last.offset])
}

// What can't be kept is told when a file is opened, before anybody works on it.
func TestOpenRefuses(t *testing.T) {
	stbl := func(moov *box, track int) *box { return moov.all("trak")[track].child("mdia", "minf", "stbl") }
	for name, c := range map[string]struct {
		change func(moov *box)
		want   error
	}{
		"nothing": {func(*box) {}, nil},
		"encrypted sound": {func(moov *box) {
			stsd := stbl(moov, 1).child("stsd")
			stsd.body = bytes.Replace(stsd.body, []byte("mp4a"), []byte("enca"), 1)
		}, container.ErrEncrypted},
		"encrypted pictures in fragments": {func(moov *box) {
			stsd := stbl(moov, 0).child("stsd")
			stsd.body = bytes.Replace(stsd.body, []byte("avc1"), []byte("encv"), 1)
			moov.kids = append(moov.kids, leaf("mvex"))
		}, container.ErrEncrypted},
		"offsets of what belongs to samples": {func(moov *box) { stbl(moov, 1).set("saio", be32(0, 1, 100), "stco") }, ErrUnsupported},
		"tracks that share their samples": {func(moov *box) {
			for range 3 {
				moov.kids = append(moov.kids, moov.all("trak")[0])
			}
		}, ErrUnsupported},
	} {
		data := remade(t, c.change)
		_, err := Open(bytes.NewReader(data), int64(len(data)))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
