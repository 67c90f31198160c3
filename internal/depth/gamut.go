package depth

// matrix takes linear light from one set of primaries to another.
type matrix [3][3]float64

// chromaticities x, y of red, green and blue; all have the white point D65.
var chromaticities = map[string][3][2]float64{
	"bt709":    {{0.640, 0.330}, {0.300, 0.600}, {0.150, 0.060}}, // ITU-R BT.709-6, 1.3
	"bt2020":   {{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}}, // ITU-R BT.2020-2, table 3
	"smpte432": {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}}, // P3-D65, SMPTE EG 432-1
}

// toXYZ returns the matrix of primaries (SMPTE RP 177).
func toXYZ(name string) matrix {
	c, known := chromaticities[name]
	if !known {
		c = chromaticities["bt2020"]
	}
	var m matrix
	for i, p := range c {
		m[0][i], m[1][i], m[2][i] = p[0]/p[1], 1, (1-p[0]-p[1])/p[1]
	}
	const x, y = 0.3127, 0.3290
	scale := m.inverse().times([3]float64{x / y, 1, (1 - x - y) / y})
	for r := range m {
		for i := range m[r] {
			m[r][i] *= scale[i]
		}
	}
	return m
}

// gamut returns the matrix from one set of primaries to another.
func gamut(from, to string) matrix {
	a, b := toXYZ(from), toXYZ(to).inverse()
	var m matrix
	for i := range 3 {
		column := b.times([3]float64{a[0][i], a[1][i], a[2][i]})
		for r := range 3 {
			m[r][i] = column[r]
		}
	}
	return m
}

func (m matrix) times(v [3]float64) (out [3]float64) {
	for r := range m {
		out[r] = m[r][0]*v[0] + m[r][1]*v[1] + m[r][2]*v[2]
	}
	return out
}

func (m matrix) inverse() (out matrix) {
	minor := func(r, c int) float64 {
		a, b, d, e := (r+1)%3, (r+2)%3, (c+1)%3, (c+2)%3
		return m[a][d]*m[b][e] - m[a][e]*m[b][d]
	}
	det := m[0][0]*minor(0, 0) + m[0][1]*minor(0, 1) + m[0][2]*minor(0, 2)
	for r := range 3 {
		for c := range 3 {
			out[r][c] = minor(c, r) / det
		}
	}
	return out
}
