package vorbis

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"retake/internal/corpus"
	"retake/internal/mediatest"
	"retake/internal/pcm"
	"retake/internal/transcode"
)

// track encodes half a second and returns its headers and packets.
func track(t testing.TB, rate, channels int, options ...string) (private []byte, packets [][]byte) {
	t.Helper()
	sound := transcode.Sound{Samples: pcm.Float32.Reader(programme(rate, channels)[:rate*channels/2]), Rate: rate, Channels: channels}
	made, packets, err := transcode.Encode(context.Background(), mediatest.Open(t), sound, options...)
	if err != nil {
		t.Fatal(err)
	}
	return made.Private, packets
}

// A transform by way of Fourier's is the sum that it stands for.
func TestTransform(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{64, 256, 2048} {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.Float64() - 0.5
		}
		got := transform(x)
		for _, k := range []int{0, 1, n / 5, n/2 - 1} {
			want := 0.0
			for i, v := range x {
				want += 4 / float64(n) * v * math.Cos(2*math.Pi/float64(n)*(float64(i)+0.5+float64(n)/4)*(float64(k)+0.5))
			}
			if math.Abs(float64(got[k])-want) > 1e-6 {
				t.Errorf("%d of %d is %v, want %v", k, n, got[k], want)
			}
		}
	}
}

// Where two windows overlap the squares of their slopes come to 1, whatever their sizes.
func TestWindowsOverlap(t *testing.T) {
	for _, sizes := range [][2]int{{256, 256}, {2048, 256}, {256, 2048}, {2048, 2048}} {
		a, b := make([]float64, sizes[0]), make([]float64, sizes[1])
		for i := range a {
			a[i] = 1
		}
		for i := range b {
			b[i] = 1
		}
		shape(a, sizes[0], sizes[1])
		shape(b, sizes[0], sizes[1])
		apart := sizes[0]/4 + sizes[1]/4 // between their middles
		for i := range apart {
			x, y := 0.0, 0.0
			if at := sizes[0]/2 + i; at < len(a) {
				x = a[at]
			}
			if at := sizes[1]/2 - apart + i; at >= 0 {
				y = b[at]
			}
			if math.Abs(x*x+y*y-1) > 1e-9 {
				t.Fatalf("%v: %v and %v at %d", sizes, x, y, i)
			}
		}
	}
}

func TestCoupling(t *testing.T) {
	for _, pair := range [][2]float32{{3, 1}, {1, 3}, {-3, 1}, {3, -1}, {-1, -3}, {-3, -1}, {2, 2}, {-2, 2}, {0, 0}, {0, 5}, {-4, 0}} {
		m, a := []float32{pair[0]}, []float32{pair[1]}
		couple(m, a)
		if abs32(m[0]) != max(abs32(pair[0]), abs32(pair[1])) {
			t.Errorf("%v has a magnitude of %v", pair, m[0])
		}
		if uncouple(m, a); m[0] != pair[0] || a[0] != pair[1] {
			t.Errorf("%v comes back as %v, %v", pair, m[0], a[0])
		}
	}
}

// Every height that a post can have comes back, whatever was foretold.
func TestFloorDifferences(t *testing.T) {
	for multiplier := 1; multiplier <= 4; multiplier++ {
		f := floor{multiplier: multiplier}
		for foretold := range f.rangeOf() {
			for height := range f.rangeOf() {
				n := f.difference(height, foretold)
				if got := f.height(n, foretold); n < 0 || n >= f.rangeOf() || got != height {
					t.Fatalf("%d from %d is coded as %d, which gives %d", height, foretold, n, got)
				}
			}
		}
	}
}

// The codewords of the specification's own example (3.2.1).
func TestCodewords(t *testing.T) {
	b := &book{lengths: []uint8{2, 4, 4, 4, 4, 2, 3, 3}}
	if err := b.assign(); err != nil {
		t.Fatal(err)
	}
	for i, want := range []uint32{0b00, 0b0100, 0b0101, 0b0110, 0b0111, 0b10, 0b110, 0b111} {
		if got := b.codes[i] >> (32 - b.lengths[i]); got != want {
			t.Errorf("entry %d has %b, want %b", i, got, want)
		}
	}
	if err := (&book{lengths: []uint8{1, 1, 1}}).assign(); !errors.Is(err, ErrMalformed) {
		t.Errorf("three codewords of one bit: %v", err)
	}
}

func TestPackets(t *testing.T) {
	private, packets := track(t, 48000, 2, "-c:a", "libvorbis")
	s, err := ParsePrivate(private)
	if err != nil {
		t.Fatal(err)
	}
	if s.Sizes != [2]int{256, 2048} || s.Channels != 2 || s.Rate != 48000 {
		t.Errorf("%+v", s.Head)
	}
	kinds := map[int]int{}
	for i, data := range packets {
		p, err := s.ParsePacket(data[:2])
		if err != nil {
			t.Fatal(err)
		}
		kinds[p.Size]++
		if again, err := s.ParsePacket(s.Silent(p)); err != nil || again != p {
			t.Errorf("packet %d: %+v without sound is %+v, %v", i, p, again, err)
		}
	}
	if kinds[256] == 0 || kinds[2048] == 0 {
		t.Errorf("windows: %v", kinds)
	}
	for _, bad := range [][]byte{nil, {1}, {3, 4}} {
		if _, err := s.ParsePacket(bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("packet %v: %v", bad, err)
		}
	}
}

func TestBrokenHeaders(t *testing.T) {
	private, _ := track(t, 48000, 2, "-c:a", "libvorbis")
	for n := 0; n < len(private); n += 1 + n/200 {
		if _, err := ParsePrivate(private[:n]); !errors.Is(err, ErrMalformed) {
			t.Fatalf("headers of %d bytes of %d: %v", n, len(private), err)
		}
	}
}

// FuzzPackets encodes a packet with whatever headers there are.
func FuzzPackets(f *testing.F) {
	for _, options := range [][]string{{"-c:a", "libvorbis"}, {"-c:a", "libvorbis", "-q:a", "10"}, {"-c:a", "vorbis", "-strict", "-2"}} {
		private, packets := track(f, 44100, 2, options...)
		f.Add(private, packets[3], int16(7))
	}
	private, packets := track(f, 48000, 6, "-c:a", "libvorbis")
	f.Add(private, packets[4], int16(-30))
	corpus.Each(f, corpus.Config("vorbis"), func(private []byte) { f.Add(private, []byte{0}, int16(3)) })
	f.Fuzz(func(t *testing.T, private, packet []byte, pitch int16) {
		s, err := ParsePrivate(private)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("%v is no ErrMalformed", err)
			}
			return
		}
		p, err := s.ParsePacket(packet)
		if err != nil {
			return
		}
		sound := make([][]float64, s.Channels)
		for c := range sound {
			sound[c] = make([]float64, p.Size)
			for i := range sound[c] {
				sound[c][i] = math.Sin(float64(i) * float64(pitch) / 100)
			}
		}
		made, err := s.Encode(p, sound, Quality{Ratio: -100, Floor: 1e-5}) // of the coarsest floor
		if err != nil {
			return
		}
		if again, err := s.ParsePacket(made); err != nil || again != p {
			t.Errorf("a packet for %+v is one for %+v: %v", p, again, err)
		}
	})
}
