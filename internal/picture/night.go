package picture

import (
	"encoding/binary"
	"math"
	"slices"

	"retake/internal/retake"
)

// Night is the effect's name.
const Night Kind = "night"

var nightly = Entry{Kind: Night,
	Doc:  "exposure is taken down by two to four stops in linear light, more towards the sky, with a shoulder for highlights and a blue shift; small bright things (lamps, windows) stay lit and glow, unless much of the picture is bright; fine grain prevents banding",
	Make: func(s stage, l Look) effect { return newNight(s, l.Strength) }}

// night turns day into night the way film crews do: exposure taken down in linear light by several stops, more
// towards the sky, highlights rolled off, colour mostly gone and shifted to blue as the eye's own vision is in the
// dark. Small bright things (lamps, windows, screens) stay lit and glow. Fine grain hides the steps that a darkened
// 8-bit picture would show.
type night struct {
	stage
	strength float64

	luma   [nightBands][256]uint16 // 8 fraction bits
	cb, cr [2][256]int32           // from chroma, and from luma; 8 fraction bits
	keep   [256]int32              // how far luma is lamp-bright, 0 to 256
	lit    [256]int32              // luma of a lamp; 8 fraction bits
	at     float64
	fresh  bool

	lamps plane // where bright things are small, 0 to 255<<8
	glow  plane
	scan  [256]uint32 // luma to lamp brightness
	sky   float64     // share of the picture that is bright, over the last pictures
	seen  bool
	limit byte    // the darkest luma that may be a lamp
	shine []bool  // rows of glow with anything in them
	noise []int16 // tile of noise, 8 fraction bits
}

const (
	nightStep  = 8
	nightBands = 96 // the sky darkens by several stops: finer steps than a haze needs
	noiseSize  = 128
)

func newNight(s stage, strength float64) *night {
	n := &night{stage: s, strength: strength}
	w, h := cells(s.format.Width, nightStep), cells(s.format.Height, nightStep)
	n.lamps, n.glow = newPlane(w, h), newPlane(w, h)
	for code := range 256 {
		bright := smooth((s.levels.luma(code) - 0.86) / 0.11)
		n.keep[code] = int32(256 * bright)
		n.scan[code] = uint32(255 * 256 * bright)
		if bright == 0 {
			n.limit = byte(code)
		}
		n.lit[code] = int32(256 * s.levels.code(0.86*min(max(s.levels.luma(code), 0), 1)))
	}
	n.shine = make([]bool, h)
	n.noise = make([]int16, noiseSize*noiseSize)
	for i := range n.noise {
		// The sum of two is a triangular spread: as dither it leaves no pattern of its own.
		n.noise[i] = int16(256 * 1.3 * (unit(hash(s.seed, 'n', uint64(i))) + unit(hash(s.seed, 'm', uint64(i))) - 1))
	}
	return n
}

func (n *night) prepare(amount float64) {
	if n.fresh && n.at == amount {
		return
	}
	l := n.levels
	stops := amount * (0.9 + 3.1*n.strength)
	for b := range n.luma {
		height := (float64(b) + 0.5) / nightBands
		sky := amount * 1.7 * smooth((0.70-height)/0.70)
		for code := range 256 {
			n.luma[b][code] = uint16(256 * min(max(l.code(dusk(l.luma(code), stops, sky, amount)), 1), 254))
		}
	}
	left := 1 - amount*(0.40+0.48*n.strength)
	blue, red := amount*(14+9*n.strength)*l.chroma/224, -amount*(8+5*n.strength)*l.chroma/224
	for code := range 256 {
		c := (float64(code) - 128) * left * 256
		v := math.Sqrt(clamp01(l.luma(code))) // shadows stay close to neutral
		n.cb[0][code], n.cr[0][code] = int32(c), int32(c)
		n.cb[1][code], n.cr[1][code] = int32(blue*v*256), int32(red*v*256)
	}
	n.at, n.fresh = amount, true
}

// dusk darkens a normalised luma by stops in light that is linear enough (gamma 2.2), with a shoulder for what is
// bright and, for the sky, further stops that only bright tones feel.
func dusk(v, stops, sky, amount float64) float64 {
	if v <= 0 {
		return v
	}
	light := math.Pow(v, 2.2)
	light *= math.Exp2(-stops - sky*math.Min(v, 1))
	light /= 1 + amount*0.8*light
	out := math.Pow(light, 1/2.2)
	// Night has a long toe: the deepest tones go first.
	return out * mix(1, 0.55+0.45*smooth(out/0.16), amount)
}

func (n *night) apply(f *retake.Frame, index int, amount float64) {
	n.prepare(amount)
	n.findLamps(f)
	n.chroma(f, amount)
	n.crew.rows(f.Format.Height, func(y0, y1 int) {
		lamps, glow := make([]uint16, f.Format.Width), make([]uint16, f.Format.Width)
		for y := y0; y < y1; y++ {
			n.row(f, y, index, amount, lamps, glow)
		}
	})
}

// findLamps marks what is bright and small: of the surroundings of a lamp only a small share is bright, while half
// of those of a bright wall's edge are.
func (n *night) findLamps(f *retake.Frame) {
	n.crew.rows(n.lamps.h, func(r0, r1 int) {
		n.scanRows(f, r0, r1)
	})
	copy(n.glow.pix, n.lamps.pix)
	trust := n.daylight()
	radius := max(1, min(n.lamps.w, n.lamps.h)/14)
	n.lamps.blur(radius)
	n.lamps.blur(max(1, radius/2))
	for i, share := range n.lamps.pix {
		keep := trust * clamp01((0.26-float64(share)/(255*256))/0.12)
		n.lamps.pix[i] = uint16(255 * 256 * keep)
		n.glow.pix[i] = uint16(float64(n.glow.pix[i]) * keep)
	}
	n.glow.blur(max(1, radius/3))
	n.glow.blur(max(1, radius/3))
	for y := range n.shine {
		n.shine[y] = slices.ContainsFunc(n.glow.pix[y*n.glow.w:(y+1)*n.glow.w], func(v uint16) bool { return v > 255 })
	}
}

// daylight returns how far bright spots may be taken for lamps, 0 to 1. Where much of the picture is bright there is
// a sky, and spots are mostly sky seen through leaves, which has to go dark with it. It follows the picture slowly.
func (n *night) daylight() float64 {
	sum := 0.0
	for _, v := range n.lamps.pix {
		sum += float64(v)
	}
	share := sum / (255 * 256 * float64(len(n.lamps.pix)))
	if !n.seen {
		n.sky, n.seen = share, true
	}
	n.sky += 0.08 * (share - n.sky)
	return 1 - 0.9*smooth((n.sky-0.006)/0.03)
}

// scanRows fills rows of n.lamps with the mean brightness of what may be lamps, 0 to 255<<8.
func (n *night) scanRows(f *retake.Frame, r0, r1 int) {
	w, h := f.Format.Width, f.Format.Height
	for r := r0; r < r1; r++ {
		ya, yb := r*nightStep, min((r+1)*nightStep, h)
		for c := range n.lamps.w {
			xa, xb := c*nightStep, min((c+1)*nightStep, w)
			sum := uint32(0)
			for y := ya; y < yb; y++ {
				row := f.Y[y*w+xa : y*w+xb]
				if len(row) == 8 && !reaches(binary.LittleEndian.Uint64(row), n.limit) {
					continue
				}
				for _, v := range row {
					sum += n.scan[v]
				}
			}
			n.lamps.pix[r*n.lamps.w+c] = uint16(sum / uint32((yb-ya)*(xb-xa)))
		}
	}
}

// reaches reports whether any of eight bytes is above limit, which must be 128 or more.
func reaches(v uint64, limit byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	return (v&^tops+uint64(255-limit)*ones)&v&tops != 0
}

// row grades one row of luma. lamps and glow are scratch rows.
func (n *night) row(f *retake.Frame, y, index int, amount float64, lamps, glow []uint16) {
	w := f.Format.Width
	luma := &n.luma[y*nightBands/f.Format.Height]
	row := f.Y[y*w : y*w+w]
	shift := hash(n.seed, 'g', uint64(index), uint64(y))
	var noise [noiseSize]int32
	scale := int32(256 * amount)
	for i, v := range n.noise[int(shift%noiseSize)*noiseSize:][:noiseSize] {
		noise[i] = int32(v)*scale>>8 + 128
	}
	start := int(shift >> 32)
	if !n.shines(y) {
		for x, v := range row {
			row[x] = clip((int32(luma[v]) + noise[uint(x+start)%noiseSize]) >> 8)
		}
		return
	}
	n.lamps.row(lamps, y, nightStep)
	n.glow.row(glow, y, nightStep)
	halo := int32(amount * 90 * 256 / 255)
	for x, v := range row {
		out := int32(luma[v]) + noise[uint(x+start)%noiseSize]
		if g := int32(glow[x] >> 8); g > 0 {
			out += g * halo
		}
		if k := n.keep[v]; k > 0 {
			k = int32(float64(k)*amount) * int32(lamps[x]>>8) / 255
			out += (max(n.lit[v], out) - out) * k >> 8
		}
		row[x] = clip(out >> 8)
	}
}

// shines reports whether any glow reaches row y.
func (n *night) shines(y int) bool {
	a, b, _ := n.glow.place(y, nightStep, n.glow.h)
	return n.shine[a] || n.shine[b]
}

// chroma grades both chroma planes from the luma of the day. Lamps keep their colour and warm it.
func (n *night) chroma(f *retake.Frame, amount float64) {
	w, cw := f.Format.Width, f.Format.ChromaWidth()
	warm := int32(amount * 256)
	n.crew.rows(f.Format.Height, func(y0, y1 int) {
		glow := make([]uint16, w)
		for cy := y0 / 2; cy < (y1+1)/2; cy++ {
			luma := f.Y[2*cy*w : 2*cy*w+w]
			shines := n.shines(2 * cy)
			if shines {
				n.glow.row(glow, 2*cy, nightStep)
			}
			for x := range cw {
				i, v := cy*cw+x, luma[2*x]
				cb, cr := (int32(f.Cb[i])-128)<<8, (int32(f.Cr[i])-128)<<8
				nb, nr := n.cb[0][f.Cb[i]]+n.cb[1][v], n.cr[0][f.Cr[i]]+n.cr[1][v]
				if g := int32(glow[2*x] >> 8); shines && g > 0 {
					g = min(3*g, 256)
					nb += (cb - 20*warm - nb) * g >> 8
					nr += (cr + 14*warm - nr) * g >> 8
				}
				f.Cb[i], f.Cr[i] = clip(128+(nb+128)>>8), clip(128+(nr+128)>>8)
			}
		}
	})
}
