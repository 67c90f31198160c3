package picture

// fused joins looks that follow one another into one table, where the first has no light of its own and both have the same time: half of the work, and one
// rounding rather than two.
func fused(list []scheduled) []scheduled {
	var out []scheduled
	for _, e := range list {
		second, ok := e.effect.(*graded)
		if n := len(out); ok && n > 0 && out[n-1].curve == e.curve {
			if first, ok := out[n-1].effect.(*graded); ok && first.field == nil {
				if second.cube == nil {
					second.cube = first.cube
				} else {
					second.cube = first.cube.then(second.cube)
				}
				out = out[:n-1]
			}
		}
		out = append(out, e)
	}
	return out
}

// then is a cube that does what c does and next with the result.
func (c *cube) then(next *cube) *cube {
	out := &cube{target: make([]float32, len(c.target)), nodes: make([]uint64, len(c.nodes))}
	for i := 0; i < len(c.target); i += 3 {
		y, cb, cr := next.sample(c.target[i], c.target[i+1], c.target[i+2])
		out.target[i], out.target[i+1], out.target[i+2] = y, cb, cr
	}
	return out
}

// sample reads the cube at full amount at any colour in codes, as hue and cell do. What lies beyond its nodes is taken for the nearest.
func (c *cube) sample(y, cb, cr float32) (float32, float32, float32) {
	yi, yf := cubePlace(y)
	bi, bf := cubePlace(cb)
	ri, rf := cubePlace(cr)
	at := (bi*cubeSide+ri)*cubeSide + yi
	side, wn, ws, wf := at+cubeSide*cubeSide, 1-bf, bf-rf, rf
	if bf < rf {
		side, wn, ws, wf = at+cubeSide, 1-rf, rf-bf, bf
	}
	far := at + cubeSide*cubeSide + cubeSide
	var out [3]float32
	for n := range out {
		v := func(i int) float32 { return c.target[3*i+n] + (c.target[3*i+3+n]-c.target[3*i+n])*yf }
		out[n] = wn*v(at) + ws*v(side) + wf*v(far)
	}
	return out[0], out[1], out[2]
}

// cubePlace returns the node below a code, and how far it is to the next.
func cubePlace(code float32) (node int, part float32) {
	at := min(max(code, 0), 256) / cubeStep
	node = min(int(at), cubeSide-2)
	return node, at - float32(node)
}
