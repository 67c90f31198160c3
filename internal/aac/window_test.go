package aac

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"retake/internal/corpus"
	"retake/internal/mediatest"
)

// bitsOf packs strings of 0 and 1 into bytes; other characters are for the eye.
func bitsOf(parts ...string) []byte {
	var out []byte
	n := 0
	for _, p := range parts {
		for _, ch := range p {
			if ch != '0' && ch != '1' {
				continue
			}
			if n%8 == 0 {
				out = append(out, 0)
			}
			out[n/8] |= byte(ch-'0') << (7 - n%8)
			n++
		}
	}
	return out
}

func TestPeekWindow(t *testing.T) {
	const gain, fill = "01100110", "110 0001 10101010"
	cases := []struct {
		name     string
		packet   []byte
		channels int
		want     Window
	}{
		{"one channel", bitsOf("000 0000", gain, "0 00 0"), 1, Window{Sequence: OnlyLong, Whole: true}},
		{"first of six", bitsOf("000 0000", gain, "0 01 1"), 6, Window{Sequence: LongStart, KBD: true}},
		{"pair with a common window", bitsOf("001 0000 1", "0 10 1"), 2, Window{Sequence: EightShort, KBD: true, Whole: true}},
		{"pair of two windows", bitsOf("001 0000 0", gain, "0 11 0"), 2, Window{Sequence: LongStop}},
		{"LFE", bitsOf("011 0000", gain, "0 00 1"), 1, Window{KBD: true, Whole: true}},
		{"after a fill element", bitsOf(fill, "001 0000 1", "0 01 0"), 2, Window{Sequence: LongStart, Whole: true}},
		{"after a long fill element", append(append(bitsOf("110 1111 00000010 0"), make([]byte, 15)...), bitsOf("0000000"+"001 0000 1", "0 01 0")...), 2,
			Window{Sequence: LongStart, Whole: true}},
		{"after aligned data", bitsOf("110 0000", "100 0000 1 00000001", "0", "11111111", "001 0000 1", "0 11 1"), 2,
			Window{Sequence: LongStop, KBD: true, Whole: true}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := PeekWindow(Config{Channels: c.channels}, c.packet)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreUnexported(Window{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, kbd := range []bool{true, false} {
				again, err := PeekWindow(Config{Channels: c.channels}, withShape(c.packet, got, kbd))
				if err != nil || again.KBD != kbd || again.Sequence != got.Sequence {
					t.Errorf("withShape %v reads back as %+v, %v", kbd, again, err)
				}
			}
		})
	}
	for _, bad := range [][]byte{nil, {0xe0}, {0x00}, bitsOf("010 0000"), bitsOf("110 1111 11111111")} {
		if w, err := PeekWindow(Config{Channels: 2}, bad); err == nil {
			t.Errorf("%x: no error, but %+v", bad, w)
		}
	}
}

// Sharp hits must show up as the run of windows the standard allows: start, shorts, stop.
func TestPeekWindowOnRealPackets(t *testing.T) {
	tools := mediatest.Open(t)
	packets, c := track(t, tools, programme(1.5, 48000, 2, hits), 48000, 2, 128000)
	before, shorts := OnlyLong, 0
	for i, p := range packets {
		w, err := PeekWindow(c, p)
		if err != nil {
			t.Fatalf("packet %d: %v", i, err)
		}
		if i > 0 && w.LongLeft() != (before == OnlyLong || before == LongStop) {
			t.Errorf("packet %d: %v after %v", i, w.Sequence, before)
		}
		if w.Sequence == EightShort {
			shorts++
		}
		before = w.Sequence
	}
	if shorts == 0 {
		t.Error("no short windows among the hits")
	}
	if _, err := Decode(context.Background(), tools, packets, c); err != nil {
		t.Error(err)
	}
}

func FuzzPeekWindow(f *testing.F) {
	f.Add([]byte{0x21, 0x00, 0x49}, 2)
	f.Add(bitsOf("110 0000", "100 0000 1 00000001", "0", "11111111", "001 0000 1", "0 11 1"), 2)
	corpus.Each(f, corpus.Sample("aac"), func(packet []byte) { f.Add(packet, 2) })
	f.Fuzz(func(t *testing.T, data []byte, channels int) {
		w, err := PeekWindow(Config{Channels: channels}, data)
		if err != nil {
			return
		}
		if w.shapeBit < 0 || w.shapeBit >= 8*len(data) || w.Sequence > LongStop {
			t.Fatalf("%+v of %d bytes", w, len(data))
		}
		withShape(data, w, true)
	})
}
