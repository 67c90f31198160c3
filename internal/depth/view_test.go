package depth

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"retake/internal/retake"
)

func formats() []Format {
	var out []Format
	for _, bits := range []int{8, 10, 12} {
		for _, c := range []Chroma{Chroma420, Chroma422, Chroma444} {
			for _, transfer := range []string{"bt709", transferPQ, transferHLG} {
				f := Format{Width: 37, Height: 23, Bits: bits, Chroma: c, Transfer: transfer, Matrix: "bt709", Primaries: "bt709"}
				if transfer != "bt709" {
					f.Matrix, f.Primaries = "bt2020nc", "bt2020"
				}
				full := f
				full.FullRange = true
				out = append(out, f, full)
			}
		}
	}
	return out
}

func (f Format) String() string {
	return fmt.Sprintf("%s %s full=%v", f.PixFmt(), f.Transfer, f.FullRange)
}

// noise fills a picture with all the values that its samples can have.
func noise(f Format) *Picture {
	rng := rand.New(rand.NewPCG(1, 2))
	p := New(f)
	for _, plane := range p.planes() {
		for y := range plane.height {
			for x := range plane.width {
				plane.set(x, y, rng.IntN(1<<f.Bits))
			}
		}
	}
	return p
}

func TestUntouchedPicturesComeBackToTheBit(t *testing.T) {
	for _, f := range formats() {
		v, p := NewView(f), noise(f)
		shown := retake.NewFrame(v.Format())
		v.Show(p, shown)
		back := New(f)
		back.CopyFrom(p)
		v.Return(back, shown, shown)
		if !bytes.Equal(back.Data, p.Data) {
			t.Errorf("%v: an answer without a change changed the picture", f)
		}
	}
}

// What the engine changed is changed; all around it keeps its value.
func TestOnlyWhatChangedIsChanged(t *testing.T) {
	for _, f := range formats() {
		v, p := NewView(f), noise(f)
		shown, answer := retake.NewFrame(v.Format()), retake.NewFrame(v.Format())
		v.Show(p, shown)
		answer.CopyFrom(shown)
		const x0, x1, y0, y1 = 8, 20, 4, 12 // in luma samples, on the chroma grid
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				answer.Y[y*f.Width+x] = 255 - answer.Y[y*f.Width+x]
				answer.Cb[y/2*answer.Format.ChromaWidth()+x/2] = 90
			}
		}
		back := New(f)
		back.CopyFrom(p)
		v.Return(back, shown, answer)
		for k, was := range p.planes() {
			is := back.planes()[k]
			sx, sy := (f.Width+was.width-1)/was.width, (f.Height+was.height-1)/was.height
			differ := 0
			for y := range was.height {
				for x := range was.width {
					inside := x*sx >= x0 && x*sx < x1 && y*sy >= y0 && y*sy < y1
					if is.at(x, y) != was.at(x, y) {
						if differ++; !inside {
							t.Fatalf("%v: plane %d changed at %d, %d", f, k, x, y)
						}
					}
				}
			}
			if k < 2 && differ == 0 {
				t.Errorf("%v: plane %d did not change", f, k)
			}
		}
	}
}

// A brighter ramp is the ramp, brighter: all its 10-bit steps are there.
func TestGradientsKeepTheirSteps(t *testing.T) {
	f := Format{Width: 800, Height: 4, Bits: 10, Chroma: Chroma422}
	v, p := NewView(f), New(f)
	for y := range f.Height {
		for x := range f.Width {
			p.planes()[0].set(x, y, 64+x)
		}
	}
	shown, answer := retake.NewFrame(v.Format()), retake.NewFrame(v.Format())
	v.Show(p, shown)
	answer.CopyFrom(shown)
	for i := range answer.Y {
		answer.Y[i] += 12
	}
	v.Return(p, shown, answer)
	for x := range f.Width {
		if got := p.planes()[0].at(x, 2); got != 64+x+48 {
			t.Fatalf("sample %d is %d, want %d", x, got, 64+x+48)
		}
	}
}

// A shade between two codes of the view is their mix: no shade is lost on average.
func TestShadesAreMixed(t *testing.T) {
	for _, bits := range []int{10, 12} {
		f := Format{Width: 16, Height: 16, Bits: bits, Chroma: Chroma422}
		v, p := NewView(f), New(f)
		shown := retake.NewFrame(v.Format())
		for value := 64; value < 80; value++ {
			for _, plane := range p.planes() {
				for i := range plane.width * plane.height {
					plane.set(i%plane.width, i/plane.width, value)
				}
			}
			v.Show(p, shown)
			for k, plane := range [][]byte{shown.Y, shown.Cb} {
				sum := 0
				for _, b := range plane {
					sum += int(b)
				}
				mean, want := float64(sum)/float64(len(plane)), float64(value)/float64(int(1)<<(bits-8))
				if math.Abs(mean-want) > 1e-9 {
					t.Errorf("%d bits, plane %d: %d is shown as %v on average, want %v", bits, k, value, mean, want)
				}
			}
		}
	}
}

func TestFormatSizes(t *testing.T) {
	for want, f := range map[int]Format{
		5*3 + 2*3*2:       {Width: 5, Height: 3, Bits: 8, Chroma: Chroma420},
		2 * (5*3 + 2*3*3): {Width: 5, Height: 3, Bits: 10, Chroma: Chroma422},
		2 * (3 * 5 * 3):   {Width: 5, Height: 3, Bits: 12, Chroma: Chroma444},
	} {
		if got := f.Size(); got != want {
			t.Errorf("%v takes %d bytes, want %d", f, got, want)
		}
	}
	p := New(Format{Width: 2, Height: 2, Bits: 10, Chroma: Chroma420})
	p.planes()[0].set(1, 1, 0x3fe)
	if got := binary.LittleEndian.Uint16(p.Luma()[6:]); got != 0x3fe {
		t.Errorf("the sample is %#x", got)
	}
}

func BenchmarkView(b *testing.B) {
	for _, f := range []Format{
		{Bits: 10, Chroma: Chroma420}, {Bits: 10, Chroma: Chroma422},
		{Bits: 10, Chroma: Chroma420, Transfer: transferPQ, Matrix: "bt2020nc", Primaries: "bt2020"},
	} {
		f.Width, f.Height = 1920, 1080
		v, p := NewView(f), New(f)
		for k, plane := range p.planes() { // shades, as footage has them
			for i := range plane.width * plane.height {
				x, y := i%plane.width, i/plane.width
				plane.set(x, y, []int{100, 400, 450}[k]+x*[]int{600, 150, 200}[k]/plane.width+y%16)
			}
		}
		shown, answer := retake.NewFrame(v.Format()), retake.NewFrame(v.Format())
		v.Show(p, shown)
		for i := range answer.Data {
			answer.Data[i] = shown.Data[i] - 9
		}
		b.Run("show "+f.String(), func(b *testing.B) {
			for b.Loop() {
				v.Show(p, shown)
			}
		})
		b.Run("return "+f.String(), func(b *testing.B) {
			for b.Loop() {
				v.Return(p, shown, answer)
			}
		})
	}
}
