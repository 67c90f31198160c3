package picture

import (
	"math"

	"retake/internal/retake"
)

// LensDrops is the effect's name.
const LensDrops Kind = "lens drops"

var dropped = Entry{Kind: LensDrops,
	Doc: "drops of water on the lens: each shows the scene upside down and out of focus, with a dark rim and a glint. They hit one by one, sit, and the heavy ones run down",
	Make: func(s stage, l Look) effect {
		d := &drops{stage: s, step: s.softStep()}
		w, h := cells(s.format.Width, d.step), cells(s.format.Height, d.step)
		for n := range d.soft {
			d.soft[n] = newPlane(w, h)
		}
		d.total = int(math.Ceil(105 * s.area() * math.Pow(l.Strength/usual, 2.2)))
		return d
	}}

// drops are drawn one after the other over a soft picture of the scene.
type drops struct {
	stage
	step  int // samples of luma to one of the soft picture
	soft  [3]plane
	total int
	list  []drop
}

// drop is one of them, in samples of luma. Its outline is round with two dents.
type drop struct {
	x, y, radius float64
	tall         float64 // height to breadth
	turn, dents  float64
	edge         float64 // share of its radius over which it ends
	alpha        float64
}

func (d *drops) apply(f *retake.Frame, index int, amount float64) {
	w, h, cw, ch := f.Format.Width, f.Format.Height, f.Format.ChromaWidth(), f.Format.ChromaHeight()
	d.crew.shrink(&d.soft, f, d.step)
	for n := range d.soft {
		d.soft[n].blur(1)
	}
	d.list = d.list[:0]
	for i := range d.total {
		d.place(uint64(i), d.seconds(index), amount)
	}
	d.crew.rows(h, func(y0, y1 int) {
		for i := range d.list {
			drop := &d.list[i]
			drop.draw(d, f.Y, w, h, 1, y0, y1, 0)
			drop.draw(d, f.Cb, cw, ch, 2, y0/2, (y1+1)/2, 1)
			drop.draw(d, f.Cr, cw, ch, 2, y0/2, (y1+1)/2, 2)
		}
	})
}

// place adds a drop where it is at t seconds. Small ones sit for long and dry up; of the large ones most run down before another hits the lens.
func (d *drops) place(id uint64, t, amount float64) {
	seed := hash(d.seed, 'D', id)
	grown := smooth((amount - 0.75*unit(hash(seed, 1))) / 0.25)
	if grown == 0 {
		return
	}
	k := math.Max(d.scale(), 0.06)
	large := math.Pow(unit(hash(seed, 2)), 3.2)
	life := mix(11, 6, large) * mix(0.8, 1.25, unit(hash(seed, 3)))
	at := t/life + unit(hash(seed, 4))
	round := math.Floor(at)
	age := (at - round) * life
	seed = hash(seed, uint64(int64(round)))
	radius := mix(5, 46, large) * mix(0.8, 1.2, unit(hash(seed, 5))) * k
	x := unit(hash(seed, 6)) * float64(d.format.Width)
	y := unit(hash(seed, 7)) * float64(d.format.Height)
	// It spreads as it hits, and dries at last.
	radius *= smooth(age/0.14) * math.Sqrt(grown)
	alpha := grown * smooth((life-age)/0.6)
	tall := mix(1.0, 1.18, unit(hash(seed, 8)))
	if run := age - 0.55*life; large > 0.12 && run > 0 && unit(hash(seed, 9)) < 0.75 {
		// By fits and starts: what holds it gives way, and holds it again.
		pace := (90 + 260*large) * k
		y += pace * (run + 0.3*math.Sin(2.6*run)) * smooth(run/0.8)
		x += 5 * k * math.Sin(2.1*run+2*math.Pi*unit(hash(seed, 10)))
		tall += 0.25 * smooth(run/0.8)
	}
	if radius < 0.5 || y-2*radius > float64(d.format.Height) {
		return
	}
	d.list = append(d.list, drop{x: x, y: y, radius: radius, tall: tall, turn: 2 * math.Pi * unit(hash(seed, 11)), dents: 0.12 * unit(hash(seed, 12)),
		edge: math.Max(0.16, 1.2/radius), alpha: alpha})
}

// draw draws rows [y0, y1) of a plane with a sample for each step of luma; channel tells which.
func (p *drop) draw(d *drops, pix []byte, w, h int, step float64, y0, y1, channel int) {
	cx, cy := (p.x+0.5)/step-0.5, (p.y+0.5)/step-0.5
	across, down := p.radius/step, p.radius*p.tall/step
	reach := 1 + p.edge + p.dents
	top, bottom := max(int(math.Ceil(cy-down*reach)), y0), min(int(cy+down*reach)+1, y1, h)
	left, right := max(int(math.Ceil(cx-across*reach)), 0), min(int(cx+across*reach)+1, w)
	cos, sin := math.Cos(2*p.turn), math.Sin(2*p.turn)
	view := 0.30 * float64(min(d.format.Width, d.format.Height)) / float64(d.step) // samples of the soft picture from the drop's middle to its rim
	mx, my := p.x/float64(d.step), p.y/float64(d.step)
	for y := top; y < bottom; y++ {
		v := (float64(y) - cy) / down
		for x := left; x < right; x++ {
			u := (float64(x) - cx) / across
			r2 := u*u + v*v
			// The dents: a wave of two periods around.
			out := r2 - p.dents*((u*u-v*v)*cos+2*u*v*sin)
			cover := smooth((1 + p.edge - out) / (2 * p.edge))
			if cover <= 0 {
				continue
			}
			// A drop bends most at its rim, and turns the scene over.
			bent := view * (0.55 + 0.65*r2)
			value := d.soft[channel].at(mx-u*bent, my-v*bent)
			i := y*w + x
			if channel == 0 {
				value = d.lit(value, u, v, out)
			}
			old := float64(pix[i])
			pix[i] = toByte(old + (value-old)*cover*p.alpha)
		}
	}
}

// lit is a luma with the rim's shadow and the glint on it.
func (d *drops) lit(value, u, v, out float64) float64 {
	rim := smooth((out - 0.45) / 0.6)
	value -= (value - d.levels.black) * rim * (0.42 - 0.22*v)
	glint := (u+0.36)*(u+0.36) + (v+0.42)*(v+0.42)
	if glint < 0.05 {
		shine := smooth(1 - glint/0.05)
		value += (d.levels.code(1) - value) * 0.8 * shine * mix(1, 0.4, d.night)
	}
	return value
}

// at is the plane between the four samples around a place, without fraction bits; beyond the edge the outermost go on.
func (p plane) at(x, y float64) float64 {
	x, y = min(max(x-0.5, 0), float64(p.w-1)), min(max(y-0.5, 0), float64(p.h-1))
	i, j := int(x), int(y)
	next, below := min(i+1, p.w-1), min(j+1, p.h-1)
	top := mix(float64(p.pix[j*p.w+i]), float64(p.pix[j*p.w+next]), x-float64(i))
	bottom := mix(float64(p.pix[below*p.w+i]), float64(p.pix[below*p.w+next]), x-float64(i))
	return mix(top, bottom, y-float64(j)) / 256
}
