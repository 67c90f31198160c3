package depth

import (
	"encoding/binary"
	"runtime"

	"retake/internal/bands"
	"retake/internal/retake"
)

// View shows pictures of one format to engines and takes their answers back. It may be used by one goroutine at a time
// for each picture.
type View struct {
	format Format
	tone   *tone // of an HDR format, else nil
}

// NewView makes the view of a Usable format.
func NewView(f Format) *View {
	v := &View{format: f}
	if f.HDR() {
		v.tone = newTone(f)
	}
	return v
}

// Format describes what is shown.
func (v *View) Format() retake.PictureFormat { return v.format.shown() }

// Show fills dst with the view of p. Samples of more than 8 bits, and means of chroma samples, are rounded by an ordered
// dither, so that no shade is lost on average and an engine's own gradients do not band.
func (v *View) Show(p *Picture, dst *retake.Frame) {
	dst.Time = p.Time
	switch {
	case v.format.Plain():
		copy(dst.Data, p.Data)
	case v.tone != nil:
		v.rows(func(cy int) { v.tone.showRow(v, p, dst, cy) })
	default:
		v.rows(func(cy int) { v.showRow(p, dst, cy) })
	}
}

// Return changes p, a picture that was shown, by what answer differs in from what was shown.
func (v *View) Return(p *Picture, shown, answer *retake.Frame) {
	switch {
	case v.format.Plain():
		copy(p.Data, answer.Data)
	case v.tone != nil:
		v.rows(func(cy int) { v.tone.returnRow(v, p, shown, answer, cy) })
	default:
		v.rows(func(cy int) { v.returnRow(p, shown, answer, cy) })
	}
}

// rows calls f for each chroma row of the view, several side by side.
func (v *View) rows(f func(cy int)) {
	const most, least = 8, 16 // bands, and rows of one
	n := (v.format.Height + 1) / 2
	bands.Each(n, min(runtime.GOMAXPROCS(0), most, n/least), func(from, to int) {
		for cy := from; cy < to; cy++ {
			f(cy)
		}
	})
}

// bayer is the ordered dither matrix (B. E. Bayer, "An optimum method for two-level rendition of continuous-tone
// pictures", ICC 1973), in sixteenths.
var bayer = [4][4]int{{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}}

// plane is one plane of a picture.
type plane struct {
	data          []byte
	width, height int
	wide          bool // samples of 16 bits
}

func (p plane) at(x, y int) int {
	i := y*p.width + x
	if p.wide {
		return int(binary.LittleEndian.Uint16(p.data[2*i:]))
	}
	return int(p.data[i])
}

func (p plane) set(x, y, v int) {
	i := y*p.width + x
	if p.wide {
		binary.LittleEndian.PutUint16(p.data[2*i:], uint16(v))
		return
	}
	p.data[i] = byte(v)
}

// row returns the bytes of a row.
func (p plane) row(y int) []byte {
	size := p.width
	if p.wide {
		size *= 2
	}
	return p.data[y*size:][:size]
}

// planes returns Y, Cb and Cr.
func (p *Picture) planes() [3]plane {
	f, data := p.Format, p.Planes()
	wide := f.sampleBytes() == 2
	return [3]plane{
		{data[0], f.Width, f.Height, wide},
		{data[1], f.ChromaWidth(), f.ChromaHeight(), wide},
		{data[2], f.ChromaWidth(), f.ChromaHeight(), wide},
	}
}

// showRow shows one chroma row and the luma rows that it colours.
func (v *View) showRow(p *Picture, dst *retake.Frame, cy int) {
	f, planes := v.format, p.planes()
	shift := f.Bits - 8
	for y := 2 * cy; y < min(2*cy+2, f.Height); y++ {
		out := dst.Y[y*f.Width:][:f.Width]
		if shift == 0 {
			copy(out, planes[0].row(y))
		} else {
			narrow(out, planes[0].row(y), nil, y, shift)
		}
	}
	width := dst.Format.ChromaWidth()
	for k, out := range [2][]byte{dst.Cb, dst.Cr} {
		out, in := out[cy*width:][:width], planes[k+1]
		switch {
		case in.wide && f.Chroma == Chroma420:
			narrow(out, in.row(cy), nil, cy, shift)
		case in.wide && f.Chroma == Chroma422 && 2*cy+1 < in.height:
			narrow(out, in.row(2*cy), in.row(2*cy+1), cy, shift+1)
		default:
			for x := range out {
				sum, n := f.block(in, x, cy)
				out[x] = dithered(sum, n, shift, x, cy)
			}
		}
	}
}

// lanes has one in each of the four samples that travel in one word.
const lanes = 0x0001000100010001

// narrow writes a row of wide samples, or the sum of two, in 8 bits: shift bits less, rounded by the dither's row y.
func narrow(dst, a, b []byte, y, shift int) {
	var add uint64
	for i := range 4 {
		add |= uint64(bayer[y&3][i]<<shift>>4) << (16 * i)
	}
	keep := uint64(0xffff >> shift)
	keep |= keep<<16 | keep<<32 | keep<<48
	x := 0
	for ; x+4 <= len(dst); x += 4 {
		s := binary.LittleEndian.Uint64(a[2*x:]) + add
		if b != nil {
			s += binary.LittleEndian.Uint64(b[2*x:])
		}
		s = s >> shift & keep
		s |= s >> 8 & lanes * 0xff // 256, the most that it can be, becomes 255
		out := dst[x : x+4 : x+4]
		out[0], out[1], out[2], out[3] = byte(s), byte(s>>16), byte(s>>32), byte(s>>48)
	}
	for ; x < len(dst); x++ {
		s := uint32(binary.LittleEndian.Uint16(a[2*x:])) + uint32(bayer[y&3][x&3]<<shift>>4)
		if b != nil {
			s += uint32(binary.LittleEndian.Uint16(b[2*x:]))
		}
		dst[x] = uint8(min(s>>shift, 255))
	}
}

// dithered returns the mean of n samples in 8 bits.
func dithered(sum, n, shift, x, y int) uint8 {
	unit := n << shift
	return uint8(min((sum+bayer[y&3][x&3]*unit/16)/unit, 255))
}

// block sums the samples of a chroma plane that the view has one of at (x, cy).
func (f Format) block(p plane, x, cy int) (sum, n int) {
	switch f.Chroma {
	case Chroma420:
		return p.at(x, cy), 1
	case Chroma422:
		if 2*cy+1 < p.height {
			return p.at(x, 2*cy) + p.at(x, 2*cy+1), 2
		}
		return p.at(x, 2*cy), 1
	}
	for y := 2 * cy; y < min(2*cy+2, p.height); y++ {
		for i := 2 * x; i < min(2*x+2, p.width); i++ {
			sum, n = sum+p.at(i, y), n+1
		}
	}
	return sum, n
}

// change adds d to all samples of a block.
func (f Format) change(p plane, x, cy, d int) {
	if d == 0 {
		return
	}
	top := 1<<f.Bits - 1
	x0, x1, y0, y1 := x, x+1, cy, cy+1
	if f.Chroma == Chroma444 {
		x0, x1 = 2*x, min(2*x+2, p.width)
	}
	if f.Chroma != Chroma420 {
		y0, y1 = 2*cy, min(2*cy+2, p.height)
	}
	for y := y0; y < y1; y++ {
		for i := x0; i < x1; i++ {
			p.set(i, y, min(max(p.at(i, y)+d, 0), top))
		}
	}
}

// returnRow changes one chroma row of the view's and the luma rows that it colours.
func (v *View) returnRow(p *Picture, shown, answer *retake.Frame, cy int) {
	f, planes := v.format, p.planes()
	shift := f.Bits - 8
	for y := 2 * cy; y < min(2*cy+2, f.Height); y++ {
		was, is := shown.Y[y*f.Width:][:f.Width], answer.Y[y*f.Width:][:f.Width]
		if shift == 0 {
			copy(planes[0].row(y), is)
		} else {
			widen(planes[0].row(y), was, is, f.Bits)
		}
	}
	width := shown.Format.ChromaWidth()
	for k, was := range [2][]byte{shown.Cb, shown.Cr} {
		is := [2][]byte{answer.Cb, answer.Cr}[k][cy*width:][:width]
		was, out := was[cy*width:][:width], planes[k+1]
		switch {
		case out.wide && f.Chroma == Chroma420:
			widen(out.row(cy), was, is, f.Bits)
		case out.wide && f.Chroma == Chroma422:
			for y := 2 * cy; y < min(2*cy+2, out.height); y++ {
				widen(out.row(y), was, is, f.Bits)
			}
		default:
			for x := range is {
				f.change(out, x, cy, (int(is[x])-int(was[x]))<<shift)
			}
		}
	}
}

// widen adds to a row of wide samples what an 8-bit row differs in.
func widen(dst, was, is []byte, bits int) {
	shift, top := bits-8, int32(1)<<bits-1
	x := 0
	for x < len(is) {
		if x+8 <= len(is) && binary.LittleEndian.Uint64(is[x:]) == binary.LittleEndian.Uint64(was[x:]) {
			x += 8
			continue
		}
		for end := min(x+8, len(is)); x < end; x++ {
			out := dst[2*x : 2*x+2 : 2*x+2]
			n := int32(binary.LittleEndian.Uint16(out)) + (int32(is[x])-int32(was[x]))<<shift
			if is[x] != was[x] {
				binary.LittleEndian.PutUint16(out, uint16(min(max(n, 0), top)))
			}
		}
	}
}
