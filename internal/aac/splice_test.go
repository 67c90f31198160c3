package aac

import (
	"context"
	"errors"
	"slices"
	"testing"

	"retake/internal/measure"
	"retake/internal/mediatest"
)

// sineTrack makes a track whose long windows are sine windows, as many encoders write: ffmpeg's are Kaiser-Bessel
// derived. A block is shared by two packets that each need it reshaped for their own side, so even and odd packets
// come from encodings of their own.
func sineTrack(t *testing.T, samples []float32, rate, channels int) (packetList, Config) {
	t.Helper()
	tools := mediatest.Open(t)
	size := BlockSize * channels
	blocks := len(samples) / size
	var out packetList
	var c Config
	for odd := range 2 {
		in := fade(slices.Clone(samples[:blocks*size]), channels)
		for b := range blocks {
			falling := b%2 == odd // packet j rises in input block j-1 and falls in block j
			reshape(in[b*size:][:size], channels, true, false, falling)
		}
		var packets packetList
		packets, c = track(t, tools, in, rate, channels, 160000*channels)
		if out == nil {
			out = make(packetList, len(packets))
		}
		for j := odd; j < len(packets); j += 2 {
			w, err := PeekWindow(c, packets[j])
			if err != nil {
				t.Fatal(err)
			}
			if w.Sequence != OnlyLong || !w.Whole {
				t.Fatalf("packet %d is %+v: the programme does not suit this construction", j, w)
			}
			out[j] = withShape(packets[j], w, false)
		}
	}
	return out, c
}

// fade lets the sound begin and end softly, which keeps the encoder from short windows there.
func fade(samples []float32, channels int) []float32 {
	const ramp = 12000
	n := len(samples) / channels
	for i := range samples {
		edge := min(i/channels, n-1-i/channels)
		x := min(1, float32(edge)/ramp)
		samples[i] *= x * x * (3 - 2*x)
	}
	return samples
}

func TestSineTrackIsWhole(t *testing.T) {
	in := programme(1, 48000, 1, smooth)
	packets, c := sineTrack(t, in, 48000, 1)
	out, err := Decode(context.Background(), mediatest.Open(t), packets, c)
	if err != nil {
		t.Fatal(err)
	}
	if s := snr(in[12000:36000], out[12000+Priming:]); s < 18 {
		t.Errorf("the track made for these tests decodes with %.1f dB", s)
	}
}

func TestSplice(t *testing.T) {
	cases := []struct {
		name                    string
		rate, channels, bitRate int
		kind                    style
		sine                    bool
	}{
		{name: "stereo 96k", rate: 48000, channels: 2, bitRate: 96000, kind: plucked},
		{name: "stereo 192k", rate: 48000, channels: 2, bitRate: 192000, kind: plucked},
		{name: "mono 44.1 kHz", rate: 44100, channels: 1, bitRate: 64000, kind: plucked},
		{name: "5.1", rate: 48000, channels: 6, bitRate: 384000, kind: plucked},
		{name: "hits", rate: 48000, channels: 2, bitRate: 128000, kind: hits},
		{name: "sine windows, stereo", rate: 44100, channels: 2, kind: smooth, sine: true},
		{name: "sine windows, mono", rate: 48000, channels: 1, kind: smooth, sine: true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			tools := mediatest.Open(t)
			in := programme(3, tc.rate, tc.channels, tc.kind)
			var packets packetList
			var c Config
			if tc.sine {
				packets, c = sineTrack(t, in, tc.rate, tc.channels)
			} else {
				packets, c = track(t, tools, in, tc.rate, tc.channels, tc.bitRate)
			}
			r := Region{Start: int64(tc.rate)*3/4 + Priming, End: int64(tc.rate)*2 + Priming + 77}
			r.Sound = programme(2, tc.rate, tc.channels, hits)[:int(r.End-r.Start)*tc.channels]
			rep, err := Splice(context.Background(), tools, packets, c, r)
			if err != nil {
				t.Fatal(err)
			}
			checkSplice(t, packets, c, r, rep)
			if rep.SeamIn == nil || rep.SeamOut == nil {
				t.Fatal("a seam was not measured")
			}
			t.Logf("seams %.1f and %.1f dBFS, %d packets from %d", *rep.SeamIn, *rep.SeamOut, len(rep.Packets), rep.First)
			if rep.worst() > -40 {
				t.Errorf("seam errors %.1f and %.1f dBFS", *rep.SeamIn, *rep.SeamOut)
			}
		})
	}
}

// checkSplice decodes old and new tracks as a whole: the same outside the replaced packets and the two shared
// blocks, the new sound in time inside.
func checkSplice(t *testing.T, packets packetList, c Config, r Region, rep *Replacement) {
	t.Helper()
	p, q := rep.First, rep.First+len(rep.Packets)
	atP, atQ := Bounds(r.Start, r.End, len(packets))
	if p > atP || p < atP-MaxMove || q < atQ || q > atQ+MaxMove {
		t.Errorf("replaced packets [%d, %d) for bounds [%d, %d)", p, q, atP, atQ)
	}
	result := slices.Concat(packets[:p], rep.Packets, packets[q:])
	if len(result) != len(packets) {
		t.Fatalf("%d packets in place of %d", len(result), len(packets))
	}
	tools := mediatest.Open(t)
	old, err := Decode(context.Background(), tools, packets, c)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(context.Background(), tools, result, c)
	if err != nil {
		t.Fatal(err)
	}
	size := BlockSize * c.Channels
	if !slices.Equal(old[:p*size], got[:p*size]) {
		t.Error("blocks before the seam changed")
	}
	// Noise substitution draws its noise anew for each packet, so later blocks may differ in it, but no more.
	if q+1 < len(packets) {
		if diff := measure.Difference(old[(q+1)*size:], got[(q+1)*size:]); diff > -45 {
			t.Errorf("blocks after the seam differ by %.1f dBFS", diff)
		}
	}
	from, to := (p+2)*size, (q-1)*size // clear of the blocks at either end
	sound := int(r.Start) * c.Channels
	from, to = max(from, sound), min(to, int(r.End)*c.Channels)
	if s := snr(r.Sound[from-sound:to-sound], got[from:to]); s < 20 {
		t.Errorf("the new sound comes back with %.1f dB", s)
	}
	for i, v := range rep.Packets {
		if len(v) > maxPacketCh*c.Channels {
			t.Errorf("packet %d has %d bytes", p+i, len(v))
		}
	}
}

func TestSpliceAtTheEnds(t *testing.T) {
	tools := mediatest.Open(t)
	packets, c := track(t, tools, programme(2, 48000, 2, plucked), 48000, 2, 128000)
	all := int64(len(packets)) * BlockSize
	cases := []struct {
		name       string
		start, end int64
		in, out    bool // there is a seam
	}{
		{"from the start", 0, 48000, false, true},
		{"from the first heard sample", Priming, 48000, false, true},
		{"to the end", 48000, all, true, false},
		{"everything", 0, all, false, false},
		{"a single sample", 30000, 30001, true, true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			r := Region{Start: tc.start, End: tc.end}
			r.Sound = programme(3, 48000, 2, plucked)[:2*(tc.end-tc.start)]
			rep, err := Splice(context.Background(), tools, packets, c, r)
			if err != nil {
				t.Fatal(err)
			}
			if (rep.SeamIn != nil) != tc.in || (rep.SeamOut != nil) != tc.out {
				t.Errorf("seams %v and %v", rep.SeamIn, rep.SeamOut)
			}
			if !tc.in && rep.First != 0 || !tc.out && rep.First+len(rep.Packets) != len(packets) {
				t.Errorf("%d packets from %d of %d", len(rep.Packets), rep.First, len(packets))
			}
			if rep.worst() > -40 {
				t.Errorf("seam error %.1f dBFS", rep.worst())
			}
			if tc.end-tc.start > 4*BlockSize {
				checkSplice(t, packets, c, r, rep)
			}
		})
	}
}

func TestSpliceRefuses(t *testing.T) {
	c, _ := configFor(48000, 2)
	he := c
	he.PS = true
	packets := packetList{{1}, {2}}
	if _, err := Splice(context.Background(), nil, packets, he, Region{End: 1, Sound: make([]float32, 2)}); !errors.Is(err, ErrNotLC) {
		t.Errorf("HE-AAC: %v", err)
	}
	for _, r := range []Region{
		{Start: -1, End: 1, Sound: make([]float32, 4)},
		{Start: 5, End: 5},
		{Start: 0, End: 3000, Sound: make([]float32, 6000)},
		{Start: 0, End: 100, Sound: make([]float32, 100)},
	} {
		if _, err := Splice(context.Background(), nil, packets, c, r); err == nil {
			t.Errorf("region %d to %d with %d values was taken", r.Start, r.End, len(r.Sound))
		}
	}
}

func TestSlopes(t *testing.T) {
	s := slopes()
	for _, w := range []*[BlockSize]float64{&s.sine, &s.kbd} {
		for n := range w {
			if sum := w[n]*w[n] + w[BlockSize-1-n]*w[BlockSize-1-n]; sum < 1-1e-9 || sum > 1+1e-9 {
				t.Fatalf("slope %d: squares sum to %v", n, sum)
			}
		}
	}
	// First value of the window for alpha 4 and 2048 samples, as tabulated in ISO/IEC 14496-3.
	if v := s.kbd[0]; v < 0.000292 || v > 0.000293 {
		t.Errorf("the Kaiser-Bessel derived slope starts at %v", v)
	}
}
