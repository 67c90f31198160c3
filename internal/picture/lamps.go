package picture

import (
	"encoding/binary"

	"retake/internal/retake"
)

// lamps finds what is bright and small in a picture by day, to be kept lit in the evening.
type lamps struct {
	stage
	keep  [256]int32  // how far luma is lamp-bright, 0 to 256
	small plane       // where bright things are small, 0 to 255<<8
	glow  plane       // the light around them
	light plane       // scratch
	scan  [256]uint32 // luma to lamp brightness
	sky   float64     // share of the picture that is bright, over the last pictures
	seen  bool
	limit byte // the darkest luma that may be a lamp
}

func newLamps(s stage) *lamps {
	n := &lamps{stage: s}
	w, h := cells(s.format.Width, fieldStep), cells(s.format.Height, fieldStep)
	n.small, n.glow, n.light = newPlane(w, h), newPlane(w, h), newPlane(w, h)
	for code := range 256 {
		bright := smooth((s.levels.luma(code) - 0.86) / 0.11)
		n.keep[code] = int32(256 * bright)
		n.scan[code] = uint32(255 * 256 * bright)
		if bright == 0 {
			n.limit = byte(code)
		}
	}
	return n
}

// find marks what is bright and small: of the surroundings of a lamp only a small share is bright, while half
// of those of a bright wall's edge are.
func (n *lamps) find(f *retake.Frame) {
	n.crew.rows(n.small.h, func(r0, r1 int) {
		n.scanRows(f, r0, r1)
	})
	copy(n.glow.pix, n.small.pix)
	trust := n.daylight()
	radius := max(1, min(n.small.w, n.small.h)/14)
	n.small.blur(radius)
	n.small.blur(max(1, radius/2))
	for i, share := range n.small.pix {
		keep := 0.0
		if n.bright(i%n.small.w, i/n.small.w) {
			keep = trust * clamp01((0.26-float64(share)/(255*256))/0.12)
		}
		n.small.pix[i] = uint16(255 * 256 * keep)
		n.light.pix[i] = uint16(float64(n.glow.pix[i]) * keep)
	}
	n.glow, n.light = n.light, n.glow
	n.glow.blur(max(1, radius/3))
	n.glow.blur(max(1, radius/3))
}

// bright reports whether anything in a cell or beside it may be a lamp, so that there is something to keep lit.
func (n *lamps) bright(c, r int) bool {
	for y := max(r-1, 0); y <= min(r+1, n.glow.h-1); y++ {
		for _, v := range n.glow.pix[y*n.glow.w+max(c-1, 0) : y*n.glow.w+min(c+2, n.glow.w)] {
			if v > 0 {
				return true
			}
		}
	}
	return false
}

// daylight returns how far bright spots may be taken for lamps, 0 to 1. Where much of the picture is bright there is
// a sky, and spots are mostly sky seen through leaves, which has to go dark with it. It follows the picture slowly.
func (n *lamps) daylight() float64 {
	sum := 0.0
	for _, v := range n.small.pix {
		sum += float64(v)
	}
	share := sum / (255 * 256 * float64(len(n.small.pix)))
	if !n.seen {
		n.sky, n.seen = share, true
	}
	n.sky += 0.08 * (share - n.sky)
	return 1 - 0.9*smooth((n.sky-0.006)/0.03)
}

// scanRows fills rows of n.small with the mean brightness of what may be lamps, 0 to 255<<8.
func (n *lamps) scanRows(f *retake.Frame, r0, r1 int) {
	w, h := f.Format.Width, f.Format.Height
	for r := r0; r < r1; r++ {
		ya, yb := r*fieldStep, min((r+1)*fieldStep, h)
		for c := range n.small.w {
			xa, xb := c*fieldStep, min((c+1)*fieldStep, w)
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
			n.small.pix[r*n.small.w+c] = uint16(sum / uint32((yb-ya)*(xb-xa)))
		}
	}
}

// reaches reports whether any of eight bytes is above limit, which must be 128 or more.
func reaches(v uint64, limit byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	return (v&^tops+uint64(255-limit)*ones)&v&tops != 0
}
