package picture

import (
	"bytes"
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	"retake/internal/retake"
)

var rate30 = retake.Rate{Num: 30, Den: 1}

// formats are the sizes and ranges every effect has to stand.
var formats = map[string]retake.PictureFormat{
	"landscape": {Width: 320, Height: 180, Rate: rate30, Matrix: "bt709"},
	"portrait":  {Width: 90, Height: 160, Rate: rate30, Matrix: "bt709"},
	"odd":       {Width: 33, Height: 17, Rate: retake.Rate{Num: 30000, Den: 1001}, Matrix: "smpte170m"},
	"tiny":      {Width: 16, Height: 16, Rate: rate30},
	"line":      {Width: 7, Height: 1, Rate: rate30},
	"dot":       {Width: 1, Height: 1},
	"full":      {Width: 160, Height: 90, Rate: retake.Rate{Num: 25, Den: 1}, Matrix: "bt709", FullRange: true},
	"wide":      {Width: 160, Height: 90, Rate: retake.Rate{Num: 50, Den: 1}, Matrix: "bt2020nc"},
}

// run applies looks to a segment of the test scene and returns its pictures.
func run(t *testing.T, cfg Config, s Setup, still bool) []*retake.Frame {
	t.Helper()
	chain, err := NewChain(cfg, s)
	if err != nil {
		t.Fatal(err)
	}
	var out []*retake.Frame
	for i := range s.Frames {
		n := i
		if still {
			n = 0
		}
		f := scene(s.Format, n)
		chain.Apply(f, i)
		out = append(out, f)
	}
	return out
}

func everything() []Look {
	var looks []Look
	for _, k := range Kinds() {
		looks = append(looks, asking(k, 0.8))
	}
	return looks
}

// TestEnds holds that the first and the last picture of a segment are untouched, to the byte, that those beside them
// are close, and that the middle is not.
func TestEnds(t *testing.T) {
	for name, format := range formats {
		for _, kind := range Kinds() {
			t.Run(fmt.Sprintf("%s/%s", name, kind), func(t *testing.T) {
				const frames = 33
				got := run(t, DefaultConfig(), Setup{Format: format, Frames: frames, Looks: []Look{asking(kind, 0.8)}, Wind: 0.5, Seed: 3}, false)
				for _, i := range []int{0, frames - 1} {
					if !bytes.Equal(got[i].Data, scene(format, i).Data) {
						t.Errorf("picture %d was changed", i)
					}
				}
				if format.Width < 30 || format.Height < 16 {
					return // too small to ask for more than not to fail
				}
				const near = 3 // codes, mean of all samples
				for _, i := range []int{1, frames - 2} {
					if d := difference(got[i], scene(format, i)); d > near {
						t.Errorf("picture %d, next to the seam, differs by %.2f codes", i, d)
					}
				}
				least := 1.0
				switch {
				case local[kind]:
					least = 0.1
				case mending[kind]:
					least = 0
				}
				d := max(difference(got[frames/2], scene(format, frames/2)), difference(got[frames/2+1], scene(format, frames/2+1)))
				if d < least && !darkness[kind] {
					t.Errorf("the middle differs by only %.2f codes", d)
				}
			})
		}
	}
}

// TestSame holds that neither the number of threads nor the number of processors changes a byte of any effect, nor of all together.
func TestSame(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	for _, name := range []string{"odd", "full"} {
		for _, kind := range Kinds() {
			t.Run(name+"/"+string(kind), func(t *testing.T) {
				sameBytes(t, Setup{Format: formats[name], Frames: 8, Looks: []Look{asking(kind, 0.8)}, Wind: 0.7, Seed: 11})
			})
		}
	}
	sameBytes(t, Setup{Format: formats["full"], Frames: 8, Looks: everything(), Wind: 0.7, Seed: 11})
}

// sameBytes compares one thread on one processor with two and with seven on two.
func sameBytes(t *testing.T, setup Setup) {
	t.Helper()
	was := runtime.GOMAXPROCS(1)
	one := run(t, Config{Threads: 1, Ramp: 0.1}, setup, false)
	runtime.GOMAXPROCS(was)
	for _, threads := range []int{2, 7} {
		more := run(t, Config{Threads: threads, Ramp: 0.1}, setup, false)
		for i := range one {
			if !bytes.Equal(one[i].Data, more[i].Data) {
				t.Fatalf("picture %d is another with %d threads", i, threads)
			}
		}
	}
}

// TestSeed holds that another seed makes other pictures of the same looks.
func TestSeed(t *testing.T) {
	for _, kind := range []Kind{Snow, Fog, Lightning, VintageFilm, Glitch} {
		setup := Setup{Format: formats["full"], Frames: 40, Looks: []Look{asking(kind, 0.8)}, Wind: 0.7, Seed: 11}
		one := run(t, DefaultConfig(), setup, true)
		setup.Seed = 12
		if slices.EqualFunc(one, run(t, DefaultConfig(), setup, true), func(a, b *retake.Frame) bool { return bytes.Equal(a.Data, b.Data) }) {
			t.Errorf("%s: another seed gives the same pictures", kind)
		}
	}
}

// TestNoFlicker holds that on a still picture no effect makes the mean luma jump from one picture to the next: what
// an effect changes is spread over its ramp.
func TestNoFlicker(t *testing.T) {
	const frames, ramp = 45, 15
	for _, kind := range Kinds() {
		if restless[kind] {
			continue
		}
		t.Run(string(kind), func(t *testing.T) {
			got := run(t, DefaultConfig(), Setup{Format: formats["landscape"], Frames: frames, Looks: []Look{asking(kind, 0.8)}, Wind: 0.5, Seed: 3}, true)
			before := mean(got[0].Y)
			whole := math.Abs(mean(got[frames/2].Y) - before)
			for i := 1; i < frames; i++ {
				now := mean(got[i].Y)
				// The steepest step of the envelope is 1.5 / ramp of the whole.
				limit := 0.9
				if i <= ramp || i >= frames-ramp {
					limit += 2.2 * whole / ramp
				}
				if step := math.Abs(now - before); step > limit {
					t.Errorf("mean luma steps by %.2f codes at picture %d; at most %.2f", step, i, limit)
				}
				before = now
			}
		})
	}
}

func TestSetupErrors(t *testing.T) {
	good := formats["tiny"]
	for name, s := range map[string]Setup{
		"no frames": {Format: good},
		"no size":   {Frames: 3},
		"unknown":   {Format: good, Frames: 3, Looks: []Look{{Kind: "fire", Strength: 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewChain(DefaultConfig(), s); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestConfig(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	err := Config{Threads: 0, Ramp: math.NaN()}.Validate()
	if err == nil || !bytes.Contains([]byte(err.Error()), []byte("threads")) || !bytes.Contains([]byte(err.Error()), []byte("ramp")) {
		t.Errorf("both keys must be named: %v", err)
	}
}

func difference(a, b *retake.Frame) float64 {
	sum := 0.0
	for i := range a.Data {
		sum += math.Abs(float64(a.Data[i]) - float64(b.Data[i]))
	}
	return sum / float64(len(a.Data))
}

func mean(p []byte) float64 {
	sum := 0.0
	for _, v := range p {
		sum += float64(v)
	}
	return sum / float64(len(p))
}
