package picture

import (
	"math"
	"slices"

	"retake/internal/retake"
)

// lamp follows the brightest light of a clip.
type lamp struct {
	stage
	small plane // luma at an eighth
	fixed bool  // the light stands where it is
	seen  bool
	found bool       // a light is followed
	last  [2]float64 // its cell
	x, y  float64    // of the light, 0 to 1
	shine float64    // how bright it is, 0 to 1
}

func newLamp(s stage) *lamp {
	return &lamp{stage: s, small: newPlane(cells(s.format.Width, fieldStep), cells(s.format.Height, fieldStep))}
}

// stand sets the light to a place, whatever the picture shows.
func (l *lamp) stand(x, y float64) { l.fixed, l.x, l.y, l.shine = true, x, y, 1 }

// watch moves towards the brightest light, with a lag of a quarter of a second, so that nothing jumps.
func (l *lamp) watch(p *retake.Frame, _ int) {
	if l.fixed {
		return
	}
	l.crew.rows(l.small.h, func(r0, r1 int) { l.small.shrink(p.Y, p.Format.Width, p.Format.Height, fieldStep, r0, r1) })
	x, y, shine := l.light()
	pace := 1 - math.Exp(-4/frequency(l.format))
	if !l.seen {
		pace, l.seen = 1, true
	}
	l.x += pace * (x - l.x)
	l.y += pace * (y - l.y)
	l.shine += pace * (shine - l.shine)
}

// light is where the brightest lamp or sun stands: what is bright and darker on all sides, which a white wall or snow isn't. Where there is none, it is
// as from a sun just above.
func (l *lamp) light() (x, y, shine float64) {
	bright := l.levels.luma(int(slices.Max(l.small.pix) >> 8))
	l.small.blur(1) // a light is more than a glint
	top := slices.Max(l.small.pix)
	const least = 4 // codes that it is brighter than what is around it, on all sides
	best, at := 0.0, -1
	for i, v := range l.small.pix {
		if top-v > 12<<8 || l.alone(i) < least {
			continue
		}
		much := l.around(i, top)
		if l.found {
			far := math.Hypot(float64(i%l.small.w)-l.last[0], float64(i/l.small.w)-l.last[1]) / float64(l.small.w)
			much *= 1 + math.Exp(-far*far/0.002) // the one that was followed so far
		}
		if much > best {
			best, at = much, i
		}
	}
	if l.found = at >= 0; !l.found {
		return 0.7, 0.1, 0.6
	}
	cx, cy := at%l.small.w, at/l.small.w
	var sx, sy, sum float64
	for j := max(cy-6, 0); j <= min(cy+6, l.small.h-1); j++ {
		for i := max(cx-6, 0); i <= min(cx+6, l.small.w-1); i++ {
			v := l.small.pix[j*l.small.w+i]
			w := math.Exp(-float64(top-min(v, top)) / (2 * 256))
			sx, sy, sum = sx+w*float64(i), sy+w*float64(j), sum+w
		}
	}
	l.last = [2]float64{sx / sum, sy / sum}
	shine = 0.5 + 0.5*smooth((bright-0.6)/0.35)
	return (l.last[0] + 0.5) / float64(l.small.w), (l.last[1] + 0.5) / float64(l.small.h), shine
}

// around is how much there is within two cells that comes near the brightest.
func (l *lamp) around(i int, top uint16) float64 {
	cx, cy, sum := i%l.small.w, i/l.small.w, 0.0
	for y := max(cy-2, 0); y <= min(cy+2, l.small.h-1); y++ {
		for _, v := range l.small.pix[y*l.small.w+max(cx-2, 0) : y*l.small.w+min(cx+2, l.small.w-1)+1] {
			sum += math.Exp(-float64(top-min(v, top)) / 256)
		}
	}
	return sum
}

// alone is by how many codes a cell is brighter than those around it, on the side where it is the least, at the distance where that is the most. Beyond the
// picture's edge nothing is known, and nothing asked.
func (l *lamp) alone(i int) float64 {
	x, y, best := i%l.small.w, i/l.small.w, 0.0
	for _, share := range [3]float64{0.02, 0.05, 0.1} {
		d := max(int(share*float64(l.small.w)), 2)
		least, asked := math.Inf(1), 0
		for _, to := range [8][2]int{{d, 0}, {-d, 0}, {0, d}, {0, -d}, {d * 7 / 10, d * 7 / 10}, {-d * 7 / 10, d * 7 / 10}, {d * 7 / 10, -d * 7 / 10}, {-d * 7 / 10, -d * 7 / 10}} {
			if px, py := x+to[0], y+to[1]; px >= 0 && py >= 0 && px < l.small.w && py < l.small.h {
				least, asked = min(least, float64(l.small.pix[i])-float64(l.small.pix[py*l.small.w+px])), asked+1
			}
		}
		if asked >= 5 {
			best = max(best, least/256)
		}
	}
	return best
}
