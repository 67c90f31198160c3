package seam

import (
	"context"
	"io"
	"math"
	"math/rand/v2"
	"sync"

	"retake/internal/measure"
	"retake/internal/retake"
)

// scene is a small film: a textured ground with coloured areas that brightens slowly, a disc that moves, and grain.
type scene struct {
	format retake.PictureFormat
	grain  float64
	pan    float64 // pixels a picture
}

var drawn sync.Map // pictures by scene and number: many tests look at the same

func (s scene) draw(f *retake.Frame, at int) {
	type key struct {
		s  scene
		at int
	}
	if done, ok := drawn.Load(key{s, at}); ok {
		f.CopyFrom(done.(*retake.Frame))
		return
	}
	s.paint(f, at)
	done := retake.NewFrame(s.format)
	done.CopyFrom(f)
	drawn.Store(key{s, at}, done)
}

func (s scene) paint(f *retake.Frame, at int) {
	w, h := s.format.Width, s.format.Height
	rng := rand.New(rand.NewPCG(7, uint64(at)))
	for y := range h {
		for x := range w {
			u := float64(x) + s.pan*float64(at)
			v := 110 + 50*math.Sin(u/37)*math.Cos(float64(y)/23) + 18*math.Sin(u/5)*math.Sin(float64(y)/4) + 0.1*float64(at)
			if math.Hypot(float64(x)-60-4*float64(at%40), float64(y)-90) < 20 {
				v = 200
			}
			f.Y[y*w+x] = clip8(int32(math.Round(v + s.grain*rng.NormFloat64())))
		}
	}
	cw := s.format.ChromaWidth()
	for y := range s.format.ChromaHeight() {
		for x := range cw {
			u := 2*float64(x) + s.pan*float64(at)
			f.Cb[y*cw+x] = clip8(int32(math.Round(128 + 35*math.Sin(u/61) + s.grain/2*rng.NormFloat64())))
			f.Cr[y*cw+x] = clip8(int32(math.Round(128 + 30*math.Cos(u/47+float64(y)/19) + s.grain/2*rng.NormFloat64())))
		}
	}
}

// colour changes each pixel's colour.
func colour(f *retake.Frame, change func(y, cb, cr float64) (float64, float64, float64)) {
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	luma := append([]byte(nil), f.Y...)
	for y := range f.Format.Height {
		for x := range w {
			c := y/2*cw + x/2
			v, _, _ := change(float64(luma[y*w+x]), float64(f.Cb[c])-128, float64(f.Cr[c])-128)
			f.Y[y*w+x] = clip8(int32(math.Round(v)))
		}
	}
	for y := range f.Format.ChromaHeight() {
		for x := range cw {
			c := y*cw + x
			_, u, v := change(float64(luma[2*y*w+2*x]), float64(f.Cb[c])-128, float64(f.Cr[c])-128)
			f.Cb[c], f.Cr[c] = clip8(int32(math.Round(128+u))), clip8(int32(math.Round(128+v)))
		}
	}
}

func linear(a affine) func(*retake.Frame, int) {
	return func(f *retake.Frame, _ int) {
		colour(f, func(y, cb, cr float64) (float64, float64, float64) {
			out := a.at([3]float64{y, cb, cr})
			return out[0], out[1], out[2]
		})
	}
}

// object draws a grey box into the middle, where nothing else is grey.
func object(f *retake.Frame) {
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	for y := 70; y < 110; y++ {
		for x := 140; x < 200; x++ {
			f.Y[y*w+x] = 40
			f.Cb[y/2*cw+x/2], f.Cr[y/2*cw+x/2] = 90, 170
		}
	}
}

// film is a FrameReader over pictures made one by one.
type film struct {
	make      func(f *retake.Frame, i int)
	next, end int
}

func (r *film) Next(_ context.Context, dst *retake.Frame) error {
	if r.next == r.end {
		return io.EOF
	}
	r.make(dst, r.next)
	r.next++
	return nil
}

func (r *film) Close() error { return nil }

func means(f *retake.Frame) measure.Means { return measure.MeansOf([3][]byte{f.Y, f.Cb, f.Cr}, 8) }
