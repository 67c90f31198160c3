package depth

import (
	"fmt"

	"retake/internal/retake"
)

// Chroma is a subsampling, as chroma_format_idc of H.264 and HEVC numbers them.
type Chroma int

// Subsamplings: chroma has half the rows and columns, half the columns, all samples.
const (
	Chroma420 Chroma = 1
	Chroma422 Chroma = 2
	Chroma444 Chroma = 3
)

// Format describes decoded pictures: planes Y, Cb, Cr without row padding. A sample takes a byte at 8 bits, above that a
// little-endian word of 16 bits.
type Format struct {
	Width, Height int
	Bits          int // 8, 10 or 12 a sample
	Chroma        Chroma
	Alpha         bool // a plane of opacity, of luma's size, behind the others: no engine sees or changes it
	Rate          retake.Rate
	Matrix        string // ffmpeg's names, "" when the clip does not say
	Primaries     string
	Transfer      string
	FullRange     bool
}

// Usable reports whether there is a view of such pictures.
func (f Format) Usable() bool {
	return (f.Bits == 8 || f.Bits == 10 || f.Bits == 12) && f.Chroma >= Chroma420 && f.Chroma <= Chroma444
}

// Name spells the format as people know it: "10-bit 4:2:2".
func (f Format) Name() string {
	return fmt.Sprintf("%d-bit %s", f.Bits, map[Chroma]string{0: "grey", Chroma420: "4:2:0", Chroma422: "4:2:2", Chroma444: "4:4:4"}[f.Chroma])
}

// PixFmt returns ffmpeg's name.
func (f Format) PixFmt() string {
	name := map[Chroma]string{Chroma420: "yuv420p", Chroma422: "yuv422p", Chroma444: "yuv444p"}[f.Chroma]
	if f.Alpha {
		name = "yuva" + name[3:]
	}
	if f.Bits > 8 {
		name += fmt.Sprintf("%dle", f.Bits)
	}
	return name
}

// sampleBytes returns the bytes of a sample.
func (f Format) sampleBytes() int { return (f.Bits + 7) / 8 }

// ChromaWidth returns the samples in a row of a chroma plane.
func (f Format) ChromaWidth() int {
	if f.Chroma == Chroma444 {
		return f.Width
	}
	return (f.Width + 1) / 2
}

// ChromaHeight returns the rows of a chroma plane.
func (f Format) ChromaHeight() int {
	if f.Chroma != Chroma420 {
		return f.Height
	}
	return (f.Height + 1) / 2
}

// lumaSize returns the bytes of the luma plane.
func (f Format) lumaSize() int { return f.Width * f.Height * f.sampleBytes() }

// Size returns the bytes of a picture.
func (f Format) Size() int {
	size := f.lumaSize() + 2*f.ChromaWidth()*f.ChromaHeight()*f.sampleBytes()
	if f.Alpha {
		size += f.lumaSize()
	}
	return size
}

// Plain reports whether pictures are shown to engines as they are.
func (f Format) Plain() bool { return f.Bits == 8 && f.Chroma == Chroma420 && !f.Alpha && !f.HDR() }

// HDR reports whether the transfer is PQ or HLG (ITU-R BT.2100).
func (f Format) HDR() bool { return f.Transfer == transferPQ || f.Transfer == transferHLG }

// ffmpeg's names of the transfers of BT.2100.
const (
	transferPQ  = "smpte2084"
	transferHLG = "arib-std-b67"
)

// Picture is one decoded picture.
type Picture struct {
	Format Format
	Data   []byte
	Time   float64 // presentation time, seconds
	frame  *retake.Frame
}

// New makes a picture with its own memory.
func New(f Format) *Picture {
	p := &Picture{Format: f}
	if f.Plain() {
		p.frame = retake.NewFrame(f.shown())
		p.Data = p.frame.Data
	} else {
		p.Data = make([]byte, f.Size())
	}
	return p
}

// Luma returns the bytes of the luma plane.
func (p *Picture) Luma() []byte { return p.Data[:p.Format.lumaSize()] }

// Planes returns the bytes of Y, Cb and Cr.
func (p *Picture) Planes() [3][]byte {
	f := p.Format
	luma, chroma := f.lumaSize(), f.ChromaWidth()*f.ChromaHeight()*f.sampleBytes()
	return [3][]byte{p.Data[:luma], p.Data[luma : luma+chroma], p.Data[luma+chroma : luma+2*chroma]}
}

// Frame returns the picture of a Plain format as engines know it, of the same memory; nil for others.
func (p *Picture) Frame() *retake.Frame { return p.frame }

// CopyFrom copies the samples and the time of a picture of the same format.
func (p *Picture) CopyFrom(src *Picture) {
	copy(p.Data, src.Data)
	p.Time = src.Time
}

// shown is what an engine is told of the view.
func (f Format) shown() retake.PictureFormat {
	out := retake.PictureFormat{Width: f.Width, Height: f.Height, Rate: f.Rate,
		Matrix: f.Matrix, Primaries: f.Primaries, Transfer: f.Transfer, FullRange: f.FullRange}
	if f.HDR() {
		out.Matrix, out.Primaries, out.Transfer, out.FullRange = "bt709", "bt709", "bt709", false
	}
	return out
}
