package seam

import "retake/internal/retake"

// mask says for each picture how much of the new one to take, 0 for the original itself.
type mask struct {
	differ
	tolerance
	now    *plane // 0 to 255
	last   *plane // of the picture before
	across []uint16
	begun  bool
}

func newMask(f retake.PictureFormat, t tolerance) *mask {
	m := &mask{differ: *newDiffer(f), tolerance: t}
	m.now, m.last = newPlane(m.w, m.h), newPlane(m.w, m.h)
	m.across = make([]uint16, m.w*m.h)
	return m
}

// The sizes of the mask's parts, in samples of chroma.
const (
	speck   = 2 // specks within 2*speck+1 of less than the share below are noise
	speckIn = 9 // of the 25
)

func (m *mask) reach() int   { return max(2, m.w/160) } // how far the new part is widened
func (m *mask) feather() int { return max(2, m.w/160) } // half of the width of its edge

// update looks at a pair of pictures. What was changed is widened, so that holes close and the edit's own edges are within,
// and fades into the original over an edge; and it fades away over the next pictures, so that nothing flickers.
func (m *mask) update(made, shown *retake.Frame) {
	m.look(made, shown)
	m.now, m.last = m.last, m.now
	inRows(m.h, func(from, to int) {
		for i := from * m.w; i < to*m.w; i++ {
			m.now.v[i] = 0
			if 16*int(m.gap[i]) > m.tolerance[m.steep[i]/8] {
				m.now.v[i] = 1
			}
		}
	})
	m.now.gather(speck, speckIn, m.across)
	m.now.gather(m.reach()+2*m.feather(), 1, m.across)
	m.now.blur(m.feather(), m.across)
	m.now.blur(m.feather(), m.across)
	if m.begun {
		for i, v := range m.last.v {
			m.now.v[i] = max(m.now.v[i], byte(int(v)*3/4))
		}
	}
	m.begun = true
}

// blend mixes the new picture with the original by the mask, times a share of all, 0 to 256. It writes into made.
func (m *mask) blend(made, shown *retake.Frame, all int) {
	w, h := shown.Format.Width, shown.Format.Height
	inRows(m.h, func(from, to int) {
		for y := from; y < to; y++ {
			weight := m.now.v[y*m.w : (y+1)*m.w]
			at := y * m.w
			mixRow(made.Cb[at:at+m.w], shown.Cb[at:at+m.w], weight, all, 0)
			mixRow(made.Cr[at:at+m.w], shown.Cr[at:at+m.w], weight, all, 0)
			for r := 2 * y; r < min(2*y+2, h); r++ {
				mixRow(made.Y[r*w:(r+1)*w], shown.Y[r*w:(r+1)*w], weight, all, 1)
			}
		}
	})
}

// mixRow mixes a row. by is 1 where two samples share a weight.
func mixRow(made, shown, weight []byte, all int, by uint) {
	for x := range made {
		k := int(weight[x>>by])
		k = (k + k>>7) * all // 0 to 256*256
		if k == 0 {
			made[x] = shown[x]
			continue
		}
		a, b := int(made[x]), int(shown[x])
		made[x] = byte(b + ((a-b)*k+1<<15)>>16)
	}
}
