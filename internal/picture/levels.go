package picture

import "retake/internal/retake"

// levels places normalised values in 8-bit samples: luma 0 to 1 and chroma -0.5 to 0.5.
type levels struct {
	black, span float64 // luma code of 0, and codes from 0 to 1
	chroma      float64 // codes from -0.5 to 0.5
	kr, kb      float64 // luma weights of red and blue
}

// levelsOf follows ITU-R BT.601, BT.709 and BT.2020. A clip that does not say its matrix is taken as players do:
// BT.709 from 720 lines up, BT.601 below.
func levelsOf(f retake.PictureFormat) levels {
	l := levels{black: 16, span: 219, chroma: 224}
	if f.FullRange {
		l = levels{black: 0, span: 255, chroma: 255}
	}
	switch f.Matrix {
	case "smpte170m", "bt470bg", "fcc":
		l.kr, l.kb = 0.299, 0.114
	case "bt2020nc", "bt2020c":
		l.kr, l.kb = 0.2627, 0.0593
	case "bt709":
		l.kr, l.kb = 0.2126, 0.0722
	default:
		l.kr, l.kb = 0.2126, 0.0722
		if max(f.Width, f.Height) < 1280 && min(f.Width, f.Height) < 720 {
			l.kr, l.kb = 0.299, 0.114
		}
	}
	return l
}

// luma returns the normalised value of a code; below black it is negative.
func (l levels) luma(code int) float64 { return (float64(code) - l.black) / l.span }

// code returns the luma code of a normalised value, not rounded.
func (l levels) code(v float64) float64 { return l.black + v*l.span }

func toByte(v float64) byte {
	return byte(min(max(v+0.5, 0), 255))
}
