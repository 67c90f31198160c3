package seam

// known is a wrong conversion that is met in practice, and what undoes it.
type known struct {
	name string
	undo affine
}

// knownMistakes lists a matrix or a range taken for another one. Luma weights are those of ITU-R BT.601-7 (2.5.1),
// BT.709-6 (3.2) and BT.2020-2 (table 4); ranges those of BT.709-6 (4.6), 219 and 224 steps against 255.
var knownMistakes = func() []known {
	bt601, bt709, bt2020 := luminance{0.299, 0.114}, luminance{0.2126, 0.0722}, luminance{0.2627, 0.0593}
	widen := affine{{255.0 / 219, 0, 0, -16 * 255.0 / 219}, {0, 255.0 / 224, 0, 0}, {0, 0, 255.0 / 224, 0}}
	narrow := affine{{219.0 / 255, 0, 0, 16}, {0, 224.0 / 255, 0, 0}, {0, 0, 224.0 / 255, 0}}
	list := []known{
		{"the matrix BT.601 in place of BT.709", rematrix(bt601, bt709)},
		{"the matrix BT.709 in place of BT.601", rematrix(bt709, bt601)},
		{"the matrix BT.2020 in place of BT.709", rematrix(bt2020, bt709)},
		{"the matrix BT.709 in place of BT.2020", rematrix(bt709, bt2020)},
		{"limited range in place of full", widen},
		{"full range in place of limited", narrow},
	}
	for _, m := range list[:2] {
		list = append(list, known{m.name + ", and limited range in place of full", widen.after(&m.undo)},
			known{m.name + ", and full range in place of limited", narrow.after(&m.undo)})
	}
	return list
}()

// luminance is a matrix's weights of red and blue.
type luminance struct{ r, b float64 }

// rematrix turns colours written with one matrix into those of another, both in limited range.
func rematrix(from, to luminance) affine {
	const y, c = 219.0, 224.0
	decode := func(l luminance) [3][3]float64 { // rows R, G, B of (Y-16)/219, (Cb-128)/224, (Cr-128)/224
		g := 1 - l.r - l.b
		return [3][3]float64{{1, 0, 2 * (1 - l.r)}, {1, -2 * (1 - l.b) * l.b / g, -2 * (1 - l.r) * l.r / g}, {1, 2 * (1 - l.b), 0}}
	}
	g := 1 - to.r - to.b
	encode := [3][3]float64{
		{to.r, g, to.b},
		{-to.r / (2 * (1 - to.b)), -g / (2 * (1 - to.b)), 0.5},
		{0.5, -g / (2 * (1 - to.r)), -to.b / (2 * (1 - to.r))},
	}
	d := decode(from)
	var out affine
	scale := [3]float64{y, c, c}
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				out[i][j] += encode[i][k] * d[k][j] * scale[i] / scale[j]
			}
		}
	}
	for i := range 3 { // black stays black
		out[i][3] = -16 * out[i][0]
	}
	out[0][3] += 16
	return out
}
