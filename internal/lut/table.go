package lut

// Table maps encoded red, green and blue, nominally 0 to 1, to others.
type Table struct {
	Title    string
	Size     int  // nodes along an axis
	Cube     bool // three-dimensional; else a curve for each channel
	Min, Max [3]float64
	nodes    [][3]float32 // red changes fastest, then green, then blue
}

// At returns what becomes of a colour. Between nodes a cube is read by tetrahedra, which keep greys grey, and curves along straight lines. Beyond
// the table's domain the colour at its edge is moved on by as much as the one that was asked for.
func (t *Table) At(c [3]float64) [3]float64 {
	var node [3]int
	var part, over [3]float64
	for i, v := range c {
		in := min(max(v, t.Min[i]), t.Max[i])
		over[i] = v - in
		at := (in - t.Min[i]) / (t.Max[i] - t.Min[i]) * float64(t.Size-1)
		node[i] = min(int(at), t.Size-2)
		part[i] = at - float64(node[i])
	}
	var out [3]float64
	if t.Cube {
		out = t.cube(node, part)
	} else {
		for i := range out {
			a, b := float64(t.nodes[node[i]][i]), float64(t.nodes[node[i]+1][i])
			out[i] = a + (b-a)*part[i]
		}
	}
	for i := range out {
		out[i] += over[i]
	}
	return out
}

// cube goes from the near corner of a cell to the far one along its edges, the axis with the greatest part first.
func (t *Table) cube(node [3]int, part [3]float64) [3]float64 {
	step := [3]int{1, t.Size, t.Size * t.Size}
	order := [3]int{0, 1, 2}
	if part[order[0]] < part[order[1]] {
		order[0], order[1] = order[1], order[0]
	}
	if part[order[1]] < part[order[2]] {
		order[1], order[2] = order[2], order[1]
	}
	if part[order[0]] < part[order[1]] {
		order[0], order[1] = order[1], order[0]
	}
	at := node[0] + node[1]*step[1] + node[2]*step[2]
	now := t.nodes[at]
	out := [3]float64{float64(now[0]), float64(now[1]), float64(now[2])}
	for _, axis := range order {
		at += step[axis]
		next := t.nodes[at]
		for i := range out {
			out[i] += part[axis] * (float64(next[i]) - float64(now[i]))
		}
		now = next
	}
	return out
}
