package aac

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"retake/internal/corpus"
)

func TestADTSRoundTrip(t *testing.T) {
	for _, rate := range []int{96000, 48000, 44100, 7350} {
		for _, n := range []int{1, 2, 6, 8} {
			c, err := configFor(rate, n)
			if err != nil {
				t.Fatal(err)
			}
			packets := [][]byte{{1, 2, 3}, bytes.Repeat([]byte{0xff}, maxADTSFrame-adtsHeader), {}}
			var stream []byte
			for _, p := range packets {
				if stream, err = appendADTS(stream, c, p); err != nil {
					t.Fatal(err)
				}
			}
			r := newADTSReader(bytes.NewReader(stream))
			for i, want := range packets {
				got, p, err := r.Next()
				if err != nil || got != c || !bytes.Equal(p, want) {
					t.Fatalf("%d Hz, %d channels, packet %d: %+v, %d bytes, %v", rate, n, i, got, len(p), err)
				}
			}
			if _, _, err := r.Next(); err != io.EOF {
				t.Errorf("at the end: %v", err)
			}
		}
	}
}

func TestADTSHeaderBytes(t *testing.T) {
	c, _ := configFor(48000, 2)
	got, err := appendADTS(nil, c, make([]byte, 0x17a-7))
	if err != nil {
		t.Fatal(err)
	}
	// As ffmpeg writes it for a frame of 0x17a bytes, but for the fullness.
	if want := []byte{0xff, 0xf1, 0x4c, 0x80, 0x2f, 0x5f, 0xfc}; !bytes.Equal(got[:7], want) {
		t.Errorf("header %x, want %x", got[:7], want)
	}
	if _, err := appendADTS(nil, c, make([]byte, maxADTSFrame)); err == nil {
		t.Error("a packet too large for the header's length was taken")
	}
}

func TestADTSReader(t *testing.T) {
	c, _ := configFor(48000, 2)
	good, _ := appendADTS(nil, c, []byte{1, 2, 3, 4})
	change := func(i int, v byte) []byte { b := bytes.Clone(good); b[i] = v; return b }
	withCRC := append(append(bytes.Clone(good[:7]), 0xaa, 0xbb), good[7:]...)
	withCRC[1] = 0xf0 // protection_absent 0
	withCRC[5] += 2 << 5
	cases := []struct {
		name string
		data []byte
		want error // nil: no error
	}{
		{"good", good, nil},
		{"with CRC", withCRC, nil},
		{"no sync", change(0, 0), errADTS},
		{"layer 1", change(1, 0xf3), errADTS},
		{"reserved rate", change(2, 0x7c), errADTS},
		{"two blocks", change(6, 0xfd), errADTS},
		{"shorter than its header", change(4, 0), errADTS},
		{"cut", good[:9], io.ErrUnexpectedEOF},
		{"cut header", good[:5], io.ErrUnexpectedEOF},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, p, err := newADTSReader(bytes.NewReader(c.data)).Next()
			if !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if c.want == nil && !bytes.Equal(p, []byte{1, 2, 3, 4}) {
				t.Errorf("packet %x", p)
			}
		})
	}
}

func FuzzADTSReader(f *testing.F) {
	c, _ := configFor(44100, 1)
	s, _ := appendADTS(nil, c, []byte{1, 2, 3})
	f.Add(s)
	f.Add(append(s, s...))
	corpus.Each(f, corpus.Sample("aac"), func(packet []byte) {
		if s, err := appendADTS(nil, c, packet); err == nil {
			f.Add(s)
		}
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := newADTSReader(bytes.NewReader(data))
		for total := 0; ; {
			_, p, err := r.Next()
			if err != nil {
				return
			}
			if total += len(p) + adtsHeader; total > len(data) {
				t.Fatalf("%d bytes read out of %d", total, len(data))
			}
		}
	})
}
