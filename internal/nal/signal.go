package nal

// Signal is what a stream says of its pictures.
type Signal struct {
	Width, Height       int  // after cropping
	ChromaFormat        int  // 1: 4:2:0, 2: 4:2:2, 3: 4:4:4
	BitDepth            int  // of the deeper of luma and chroma
	Uneven              bool // luma and chroma have different depths
	Alpha               bool // there is a plane of opacity, of luma's size, too
	Progressive         bool // no picture is, or may be, a field
	SARWidth            int  // sample aspect ratio, 0 when unknown
	SARHeight           int
	FullRange           bool
	Primaries           int // code points of ITU-T H.273, 2: unspecified
	Transfer            int
	Matrix              int
	ChromaLocation      int // -1: not told
	TickRate, TickUnits int // frames a second as a fraction, 0 when the stream does not tell its timing
}

// Unsaid is the signal of a stream that says nothing.
func Unsaid() Signal {
	return Signal{ChromaFormat: 1, BitDepth: 8, Primaries: 2, Transfer: 2, Matrix: 2, ChromaLocation: -1}
}

// MaxSide bounds a picture's width and height; the highest levels end at 16,888.
const MaxSide = 1 << 15

// SizeIsSane reports whether width and height are above 0 and at most MaxSide.
func (s *Signal) SizeIsSane() bool {
	return s.Width > 0 && s.Height > 0 && s.Width <= MaxSide && s.Height <= MaxSide
}

// Crop takes a conformance window off the size, in units of the chroma grid and, of H.264's fields, of rows.
func (s *Signal) Crop(left, right, top, bottom uint32, fields int) {
	unitX, unitY := 1, fields
	if s.ChromaFormat == 1 || s.ChromaFormat == 2 {
		unitX = 2
	}
	if s.ChromaFormat == 1 {
		unitY *= 2
	}
	s.Width -= (int(left) + int(right)) * unitX
	s.Height -= (int(top) + int(bottom)) * unitY
}

// sampleAspects are the ratios by aspect_ratio_idc (table E-1 of both formats).
var sampleAspects = [...][2]int{
	{0, 0}, {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11}, {80, 33}, {18, 11}, {15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2}, {2, 1},
}

// ReadUsability reads what the usability information (E.1.1, E.2.1) of both formats begins with.
func (s *Signal) ReadUsability(r *Reader) {
	if r.U(1) == 1 {
		if idc := int(r.U(8)); idc == 255 {
			s.SARWidth, s.SARHeight = int(r.U(16)), int(r.U(16))
		} else if idc < len(sampleAspects) {
			s.SARWidth, s.SARHeight = sampleAspects[idc][0], sampleAspects[idc][1]
		}
	}
	if r.U(1) == 1 { // overscan
		r.U(1)
	}
	if r.U(1) == 1 { // video signal type
		r.U(3)
		s.FullRange = r.U(1) == 1
		if r.U(1) == 1 {
			s.Primaries, s.Transfer, s.Matrix = int(r.U(8)), int(r.U(8)), int(r.U(8))
		}
	}
	if r.U(1) == 1 {
		s.ChromaLocation = int(r.UE())
		r.UE()
	}
}

// ReadTiming reads units and scale of the clock of a stream in which a frame lasts so many ticks.
func (s *Signal) ReadTiming(r *Reader, ticks int) {
	if units, scale := r.U(32), r.U(32); units > 0 && scale > 0 && scale < 1<<31 && units < 1<<30 {
		s.TickRate, s.TickUnits = int(scale), ticks*int(units)
	}
}
