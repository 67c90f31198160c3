package picture

import (
	"math"

	"retake/internal/retake"
)

// placing says where each sample of a picture comes from: x' = a·x + b·y + c, y' = d·x + e·y + f, in luma samples from the picture's middle.
type placing struct{ a, b, c, d, e, f float64 }

// magnified shows a part of the picture, 1/scale of it, turned by an angle in degrees about its middle at (x, y).
func magnified(scale, degrees, x, y float64) placing {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return placing{cos / scale, sin / scale, x, -sin / scale, cos / scale, y}
}

// warped is an effect that shows the picture from elsewhere.
type warped struct {
	stage
	from *retake.Frame
	// at returns where the picture's samples come from, and how much of that lies over the picture as it was.
	at func(index int, amount float64) (placing, float64)
}

func newWarped(s stage, at func(index int, amount float64) (placing, float64)) *warped {
	return &warped{stage: s, from: retake.NewFrame(s.format), at: at}
}

func (w *warped) apply(f *retake.Frame, index int, amount float64) {
	p, over := w.at(index, amount)
	w.from.CopyFrom(f)
	weight := int32(math.Round(256 * clamp01(over)))
	width, height, cw := f.Format.Width, f.Format.Height, f.Format.ChromaWidth()
	ch := f.Format.ChromaHeight()
	half := p
	half.c, half.f = p.c/2, p.f/2
	w.crew.rows(height, func(y0, y1 int) {
		p.rows(f.Y, w.from.Y, width, height, y0, y1, weight)
		half.rows(f.Cb, w.from.Cb, cw, ch, y0/2, (y1+1)/2, weight)
		half.rows(f.Cr, w.from.Cr, cw, ch, y0/2, (y1+1)/2, weight)
	})
}

// rows draws rows [y0, y1) of dst from src by the four samples around each place; places outside are those at the edge.
func (p placing) rows(dst, src []byte, width, height, y0, y1 int, weight int32) {
	const one = 1 << 16
	mx, my := float64(width-1)/2, float64(height-1)/2
	stepX, stepY := int64(math.Round(p.a*one)), int64(math.Round(p.d*one))
	for y := y0; y < min(y1, height); y++ {
		dy := float64(y) - my
		x := int64(math.Round((-p.a*mx + p.b*dy + p.c + mx) * one))
		v := int64(math.Round((-p.d*mx + p.e*dy + p.f + my) * one))
		row := dst[y*width : (y+1)*width]
		at := func(i int) (int64, int64) { return x + int64(i)*stepX, v + int64(i)*stepY }
		// Places on a line that lie inside follow one another: those at the edges are left of and right of them.
		from, to := 0, width
		for ; from < to && !inside(width, height)(at(from)); from++ {
			px, py := at(from)
			row[from] = blended(row[from], bilinear(src, width, height, px, py), weight)
		}
		for ; to > from && !inside(width, height)(at(to-1)); to-- {
			px, py := at(to - 1)
			row[to-1] = blended(row[to-1], bilinear(src, width, height, px, py), weight)
		}
		if from == to {
			continue
		}
		px, py := at(from)
		bilinearRow(row[from:to], src, width, px, py, stepX, stepY, weight)
	}
}

// inside returns whether all four samples around a place are in the plane.
func inside(width, height int) func(x, y int64) bool {
	return func(x, y int64) bool {
		return x >= 0 && y >= 0 && x>>16 < int64(width-1) && y>>16 < int64(height-1)
	}
}

// bilinearRow is bilinear along a line that lies inside.
func bilinearRow(row, src []byte, width int, x, y, stepX, stepY int64, weight int32) {
	const one = 1 << 16
	switch {
	case weight < 256:
		for i := range row {
			row[i] = blended(row[i], amid(src, width, x, y), weight)
			x += stepX
			y += stepY
		}
	case stepY == 0 && x%one == 0 && y%one == 0 && stepX%one == 0: // whole samples, as in a mirror
		at, step := int(y>>16)*width+int(x>>16), int(stepX>>16)
		for i := range row {
			row[i] = src[at]
			at += step
		}
	case stepY == 0: // the same two rows all along
		fy := int32(y >> 8 & 0xff)
		a := src[int(y>>16)*width:]
		b := a[width : 2*width]
		a = a[:width]
		for i := range row {
			at, fx := int(x>>16), int32(x>>8&0xff)
			top := int32(a[at])<<8 + (int32(a[at+1])-int32(a[at]))*fx
			bottom := int32(b[at])<<8 + (int32(b[at+1])-int32(b[at]))*fx
			row[i] = byte((top<<8 + (bottom-top)*fy + 1<<15) >> 16)
			x += stepX
		}
	default:
		for i := range row {
			row[i] = byte(amid(src, width, x, y))
			x += stepX
			y += stepY
		}
	}
}

// amid is bilinear at a place that lies inside.
func amid(src []byte, width int, x, y int64) int32 {
	fx, fy := int32(x>>8&0xff), int32(y>>8&0xff)
	a := src[int(y>>16)*width+int(x>>16):]
	b := a[width : width+2]
	top := int32(a[0])<<8 + (int32(a[1])-int32(a[0]))*fx
	return (top<<8 + (int32(b[0])<<8+(int32(b[1])-int32(b[0]))*fx-top)*fy + 1<<15) >> 16
}

func blended(old byte, now, weight int32) byte {
	return byte((int32(old)*(256-weight) + now*weight + 128) >> 8)
}

// bilinear is the sample of a plane at x, y in 1/65536 of a sample.
func bilinear(src []byte, width, height int, x, y int64) int32 {
	x = min(max(x, 0), int64(width-1)<<16)
	y = min(max(y, 0), int64(height-1)<<16)
	i, fx := int(x>>16), int32(x>>8&0xff)
	j, fy := int(y>>16), int32(y>>8&0xff)
	at := j*width + i
	right, below := 0, 0
	if i+1 < width {
		right = 1
	}
	if j+1 < height {
		below = width
	}
	top := int32(src[at])*(256-fx) + int32(src[at+right])*fx
	bottom := int32(src[at+below])*(256-fx) + int32(src[at+below+right])*fx
	return (top*(256-fy) + bottom*fy + 1<<15) >> 16
}
