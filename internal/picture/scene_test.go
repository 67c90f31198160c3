package picture

import (
	"math"
	"sync"

	"retake/internal/retake"
)

// scene draws a picture with what effects have to cope with: a bright sky, a darker textured ground, a coloured
// figure in the middle that moves with n, a lamp, and fine noise.
func scene(format retake.PictureFormat, n int) *retake.Frame {
	key := sceneKey{format, n}
	drawn, ok := scenes.Load(key)
	if !ok {
		drawn, _ = scenes.LoadOrStore(key, drawScene(format, n))
	}
	f := retake.NewFrame(format)
	f.CopyFrom(drawn.(*retake.Frame))
	return f
}

type sceneKey struct {
	format retake.PictureFormat
	n      int
}

var scenes sync.Map // drawing takes longer than most effects

func drawScene(format retake.PictureFormat, n int) *retake.Frame {
	f := retake.NewFrame(format)
	l := levelsOf(format)
	w, h := format.Width, format.Height
	for y := range h {
		for x := range w {
			v := 0.78 - 0.15*float64(y)/float64(h)
			if y > h*6/10 {
				v = 0.32 + 0.08*math.Sin(float64(x)/7)*math.Cos(float64(y)/5)
			}
			if figure(format, x, y, n) {
				v = 0.5
			}
			if dx, dy := x-w*8/10, y-h*3/4; dx*dx+dy*dy < (h/40+1)*(h/40+1) {
				v = 0.99
			}
			v += 0.02 * (unit(hash(uint64(x), uint64(y), uint64(n))) - 0.5)
			f.Y[y*w+x] = toByte(l.code(v))
		}
	}
	cw, ch := format.ChromaWidth(), format.ChromaHeight()
	for y := range ch {
		for x := range cw {
			cb, cr := 0.06, -0.04
			if 2*y > h*6/10 {
				cb, cr = -0.08, -0.02
			}
			if figure(format, 2*x, 2*y, n) {
				cb, cr = -0.1, 0.25
			}
			f.Cb[y*cw+x], f.Cr[y*cw+x] = toByte(128+cb*l.chroma), toByte(128+cr*l.chroma)
		}
	}
	f.Time = float64(n) / 30
	return f
}

func figure(format retake.PictureFormat, x, y, n int) bool {
	w, h := format.Width, format.Height
	left := w*2/5 + n*w/200
	return x >= left && x < left+w/8 && y > h*4/10 && y < h*9/10
}
