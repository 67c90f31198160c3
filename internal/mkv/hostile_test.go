package mkv

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"retake/internal/container"
	"retake/internal/corpus"
)

// endless is a clip whose segment ends where the file does, and so takes whatever is put behind it.
func endless(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(corpus.Clip(t, "h.mkv", "-c:v libx264 -c:a aac -t 0.5"))
	if err != nil {
		t.Fatal(err)
	}
	size := bytes.Index(data, appendID(nil, idSegment)) + 4
	copy(data[size:], "\x01\xff\xff\xff\xff\xff\xff\xff")
	return data
}

// Elements cost a few bytes in a file, and more in memory: fillers are not kept, and of others there is a bound.
func TestFloodOfElements(t *testing.T) {
	clip := endless(t)
	plain, err := readAll(clip)
	if err != nil {
		t.Fatal(err)
	}
	filled, err := readAll(append(bytes.Clone(clip), bytes.Repeat([]byte{idVoid, 0x80}, maxTop+1)...))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := len(plain.top), len(filled.top); a != b {
		t.Errorf("%d elements are kept with fillers, %d without", b, a)
	}
	empty := appendElement(nil, idCluster, appendUint(nil, idTimestamp, 9))
	_, err = readAll(append(bytes.Clone(clip), bytes.Repeat(empty, maxTop)...))
	if !errors.Is(err, container.ErrTooMany) {
		t.Errorf("half a million clusters: %v", err)
	}
}

// A second segment would be lost in a result.
func TestSegmentBehindAnother(t *testing.T) {
	clip, err := os.ReadFile(corpus.Clip(t, "h.mkv", "-c:v libx264 -c:a aac -t 0.5"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(append(bytes.Clone(clip), clip...)); !errors.Is(err, container.ErrUnsupported) {
		t.Errorf("two clips in one file: %v", err)
	}
	if _, err := readAll(append(bytes.Clone(clip), "what a camera left behind"...)); err != nil {
		t.Errorf("some text behind a clip: %v", err)
	}
}

func TestEncryptedTrack(t *testing.T) {
	clip := endless(t)
	src, err := readAll(clip)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range src.top {
		if e.id != idTracks {
			continue
		}
		inner := appendElement(nil, idContentEncoding, appendUint(nil, idContentType, 1))
		entry := append(bytes.Clone(src.tracks[1].entry), appendElement(nil, idContentEncodings, inner)...)
		tracks := appendElement(nil, idTracks, append(appendElement(nil, idTrackEntry, src.tracks[0].entry), appendElement(nil, idTrackEntry, entry)...))
		_, err = readAll(append(append(bytes.Clone(clip[:e.offset]), tracks...), clip[e.end():]...))
	}
	if !errors.Is(err, container.ErrEncrypted) {
		t.Errorf("encrypted sound: %v", err)
	}
}
