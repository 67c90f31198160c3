package seam

// colourMap turns the answer's colours into the original's. Each output channel is a constant and shares of Cb and Cr, all of
// which depend on luma; gains, offsets, matrices, ranges and curves are special cases of that.
type colourMap struct {
	lut [3][256][3]float32 // by output channel and luma: constant, share of Cb-128, share of Cr-128; chroma comes out less 128
}

// affine is a linear map of (Y, Cb-128, Cr-128) with a constant: rows are output channels, the last column the constants.
type affine [3][4]float64

var identity = affine{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}

func (a *affine) at(in [3]float64) (out [3]float64) {
	for c, r := range a {
		out[c] = r[0]*in[0] + r[1]*in[1] + r[2]*in[2] + r[3]
	}
	return out
}

// bent is at with a curve's corrections.
func (a *affine) bent(c *curve) func([3]float64) [3]float64 {
	return func(in [3]float64) [3]float64 {
		out, more := a.at(in), c.at(in)
		return [3]float64{out[0] + more[0], out[1] + more[1], out[2] + more[2]}
	}
}

// after returns the map that does b first and then a.
func (a *affine) after(b *affine) (out affine) {
	for c := range a {
		for k := range 4 {
			for j := range 3 {
				out[c][k] += a[c][j] * b[j][k]
			}
		}
		out[c][3] += a[c][3]
	}
	return out
}

// model spreads the map over the table, with a curve's corrections where there is one.
func (a *affine) model(c *curve) *colourMap {
	m := &colourMap{}
	for ch, r := range a {
		for y := range 256 {
			k := [3]float64{r[0]*float64(y) + r[3], r[1], r[2]}
			if c != nil {
				add := c.shares(ch, float64(y))
				for i := range k {
					k[i] += add[i]
				}
			}
			m.lut[ch][y] = [3]float32{float32(k[0]), float32(k[1]), float32(k[2])}
		}
	}
	return m
}

// between mixes two models, 0 for a and 1 for b.
func between(a, b *colourMap, t float64) *colourMap {
	m := &colourMap{}
	for ch := range m.lut {
		for y := range m.lut[ch] {
			for i := range 3 {
				m.lut[ch][y][i] = a.lut[ch][y][i] + float32(t)*(b.lut[ch][y][i]-a.lut[ch][y][i])
			}
		}
	}
	return m
}

// The luma at which a curve bends.
const (
	bends     = 9
	firstBend = 16.0
	lastBend  = 235.0
)

// curve corrects an affine map by luma: for each output channel and bend a constant and shares of Cb and Cr, straight in
// between.
type curve [3][3 * bends]float64

// weights returns the two bends around a luma and the second one's weight.
func weights(y float64) (k int, w float64) {
	p := (y - firstBend) / (lastBend - firstBend) * (bends - 1)
	k = min(max(int(p), 0), bends-2)
	return k, min(max(p-float64(k), 0), 1)
}

func (c *curve) shares(ch int, y float64) (out [3]float64) {
	k, w := weights(y)
	for i := range out {
		out[i] = c[ch][i*bends+k]*(1-w) + c[ch][i*bends+k+1]*w
	}
	return out
}

func (c *curve) at(in [3]float64) (out [3]float64) {
	for ch := range c {
		s := c.shares(ch, in[0])
		out[ch] = s[0] + s[1]*in[1] + s[2]*in[2]
	}
	return out
}
