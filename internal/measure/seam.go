package measure

// A seam in the sound goes unheard when it is this quiet, or this far below the sound it lies in.
const (
	quietSeam  = -50.0 // dBFS
	maskedSeam = 26.0  // dB
)

// Seam is what a re-encoding did to the original's sound where old packets meet new ones: how far the result is from the
// original there, the level of the original, and how far that differs from itself when decoding begins elsewhere, all
// dBFS. Noise substitution draws its noise anew in each decoding, and what can't be told from that is no error of the seam.
type Seam struct{ Err, Level, Own float64 }

// Floor returns the largest error that goes unheard, dBFS.
func (s Seam) Floor() float64 { return max(quietSeam, s.Level-maskedSeam, s.Own) }

// Unheard reports whether the error is no larger than that.
func (s Seam) Unheard() bool { return s.Err <= s.Floor() }
