package nal

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEscapeRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		rbsp := make([]byte, 1+rng.IntN(40))
		for i := range rbsp {
			rbsp[i] = byte(rng.IntN(5)) // dense in zeros and threes
		}
		rbsp[len(rbsp)-1] = 0x80
		unit := Escape(rbsp)
		if bytes.Contains(unit, []byte{0, 0, 0}) || bytes.Contains(unit, []byte{0, 0, 1}) || bytes.Contains(unit, []byte{0, 0, 2}) {
			t.Fatalf("% x holds a start code", unit)
		}
		if diff := cmp.Diff(rbsp, Unescape(unit)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestExpGolomb(t *testing.T) {
	var w Writer
	values := []uint32{0, 1, 2, 3, 6, 7, 14, 15, 30, 31, 254, 255, 65535}
	bits := 0
	for _, v := range values {
		w.UE(v)
		if bits += ueLen(v); bits != w.N {
			t.Fatalf("%d took %d bits, want %d", v, w.N, bits)
		}
	}
	r := Reader{Data: w.Data}
	for _, v := range values {
		if got := r.UE(); got != v || r.Bad {
			t.Fatalf("read %d, want %d", got, v)
		}
	}
}

// ffmpeg keeps the zero that stands behind a set in a byte stream.
func TestSameUnit(t *testing.T) {
	if !SameUnit([]byte{0x68, 0xce, 0x80, 0}, []byte{0x68, 0xce, 0x80}) {
		t.Error("a zero behind a unit belongs to it")
	}
	if SameUnit([]byte{0x68, 0, 0x80}, []byte{0x68, 0x80}) {
		t.Error("a zero inside a unit does not count")
	}
}
