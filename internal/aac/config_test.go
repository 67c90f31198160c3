package aac

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/corpus"
)

// ownLayout lists its channels in a program config element: a pair in front, a pair behind, an LFE.
var ownLayout = bitsOf("00010 0011 0000 000", "0000 01 0011", "0001 0000 0001 01 000 0000", "000", "1 0000", "1 0000", "0000", "0000000", "00000000")

func TestParseConfig(t *testing.T) {
	lc := func(rate, channels, configuration int) Config {
		return Config{ObjectType: 2, Rate: rate, Channels: channels, ChannelConfig: configuration, FrameLength: 1024}
	}
	sbr := lc(24000, 2, 2)
	sbr.SBR = true
	ps := lc(22050, 1, 1)
	ps.SBR, ps.PS = true, true
	short := lc(48000, 2, 2)
	short.FrameLength = 960
	cases := []struct {
		name string
		data []byte
		want Config
		lc   bool
	}{
		{"stereo 48 kHz", []byte{0x11, 0x90}, lc(48000, 2, 2), true},
		{"mono 44.1 kHz", []byte{0x12, 0x08}, lc(44100, 1, 1), true},
		{"5.1", []byte{0x11, 0xb0}, lc(48000, 6, 6), true},
		{"7.1", []byte{0x11, 0xb8}, lc(48000, 8, 7), true},
		{"ffmpeg's note that there is no SBR", []byte{0x11, 0x90, 0x56, 0xe5, 0x00}, lc(48000, 2, 2), true},
		{"HE-AAC, backward compatible", []byte{0x13, 0x10, 0x56, 0xe5, 0x98}, sbr, false},
		{"HE-AAC, hierarchical", []byte{0x2b, 0x11, 0x88, 0x00}, sbr, false},
		{"HE-AAC v2, hierarchical", []byte{0xeb, 0x8a, 0x08, 0x00}, ps, false},
		{"960 samples", []byte{0x11, 0x94}, short, false},
		{"AAC-ELD", []byte{0xf8, 0xe6, 0x40, 0x00}, Config{ObjectType: 39, Rate: 48000, Channels: 2, ChannelConfig: 2, FrameLength: 1024}, false},
		{"own layout", ownLayout, lc(48000, 5, 0), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseConfig(c.data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if err := got.CheckLC(); (err == nil) != c.lc || err != nil && !errors.Is(err, ErrNotLC) {
				t.Errorf("CheckLC: %v, want LC %v", err, c.lc)
			}
			if c.lc {
				again, err := ParseConfig(got.Bytes())
				if err != nil || again != got {
					t.Errorf("Bytes: %x reads back as %+v, %v", got.Bytes(), again, err)
				}
			}
		})
	}
}

func TestParseConfigRefuses(t *testing.T) {
	for _, data := range [][]byte{nil, {0x11}, {0x17, 0x90}, {0x11, 0xc0}, {0x11, 0x80}} {
		if c, err := ParseConfig(data); err == nil {
			t.Errorf("%x: no error, but %+v", data, c)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	for _, s := range [][]byte{{0x11, 0x90}, {0x13, 0x10, 0x56, 0xe5, 0x98}, {0xeb, 0x8a, 0x08, 0x00}, ownLayout} {
		f.Add(s)
	}
	corpus.Each(f, corpus.Config("aac"), func(config []byte) { f.Add(config) })
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseConfig(data)
		if err != nil {
			return
		}
		if c.Rate <= 0 || c.Channels < 0 || c.Channels > 128 {
			t.Fatalf("%+v", c)
		}
		if c.CheckLC() != nil {
			return
		}
		if again, err := ParseConfig(c.Bytes()); err != nil || again != c {
			t.Fatalf("%+v reads back as %+v, %v", c, again, err)
		}
	})
}
