package picture

// The paces that slow and fast motion reach, times the clip's own.
const (
	slowMost, slowLeast = 0.25, 0.9
	fastLeast, fastMost = 1.1, 1.7
)

// How near a zoom goes at most, times, and how far the picture is tilted, degrees.
const (
	zoomMost = 8
	tiltMost = 45
)

// Reach returns the amount nearest to one that a prompt asks for that an effect can be made with. limited is false where it makes
// no difference.
func Reach(k Kind, amount float64) (fit float64, limited bool) {
	switch {
	case k == SlowMotion && amount > 1: // "twice as slow"
		return min(max(amount, 1/slowLeast), 1/slowMost), true
	case k == SlowMotion:
		return min(max(amount, slowMost), slowLeast), true
	case k == FastMotion:
		return min(max(amount, fastLeast), fastMost), true
	case k == Zoom:
		return min(amount, zoomMost), true
	case k == Tilt:
		return min(amount, tiltMost), true
	}
	return amount, false
}

// MostOf is how often an effect that counts can come within so many seconds, 0 where nothing limits that.
func MostOf(k Kind, seconds float64) int {
	switch k {
	case Flash:
		return 1 + int(max(seconds-flashClear, 0)/flashEvery)
	case Lightning:
		return mostStrikes(seconds, flashesASecond)
	}
	return 0
}

func mostStrikes(seconds float64, limit int) int { return int(1 + seconds*float64(limit)) }
