package nal

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMetadataOfAUnit(t *testing.T) {
	long := bytes.Repeat([]byte{0, 0, 1}, 100) // needs emulation prevention, and a size of two bytes
	display := append([]byte{137, 24}, bytes.Repeat([]byte{7}, 24)...)
	captions := append([]byte{4, 255, 45}, long...)
	timing := []byte{1, 2, 9, 9}
	unit := func(messages ...[]byte) []byte {
		return Escape(append(append([]byte{0x4e, 1}, bytes.Join(messages, nil)...), 0x80))
	}
	for _, c := range []struct {
		name string
		in   []byte
		want Metadata
	}{
		{"all of it", unit(display), Metadata{Lasting: [][]byte{unit(display)}}},
		{"mixed", unit(timing, captions, display), Metadata{Lasting: [][]byte{unit(display)}, Own: [][]byte{unit(captions)}}},
		{"nothing", unit(timing), Metadata{}},
		{"a lying size", unit([]byte{4, 250, 1}), Metadata{}},
		{"cut short", []byte{0x4e, 1, 255}, Metadata{}},
		{"empty", []byte{0x4e}, Metadata{}},
	} {
		var m Metadata
		m.Add(c.in, 2)
		if diff := cmp.Diff(c.want, m); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func FuzzMetadata(f *testing.F) {
	f.Add([]byte{0x4e, 1, 137, 1, 7, 0x80})
	f.Add([]byte{6, 4, 255, 255, 1, 0x80})
	f.Fuzz(func(t *testing.T, unit []byte) {
		var m, again Metadata
		m.Add(unit, 1)
		for _, u := range append(m.Lasting, m.Own...) {
			again.Add(u, 1)
		}
		if len(again.Lasting) != len(m.Lasting) || len(again.Own) != len(m.Own) {
			t.Fatalf("%x: %x, read again %x", unit, m, again)
		}
	})
}
