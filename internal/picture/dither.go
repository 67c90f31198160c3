package picture

// ditherSize is the side of the tile of thresholds, a power of two.
const ditherSize = 128

// dither holds thresholds from 0 to just below 1 code, with 12 fraction bits: what is added before a value of 12
// fraction bits is cut to whole codes. Whole codes stay what they are. It is fixed to the picture, so what stands still makes no noise.
//
// The thresholds are interleaved gradient noise (J. Jimenez, "Next Generation Post Processing in Call of Duty: Advanced
// Warfare", 2014): neighbours differ much, so that the eye sees their mean.
var dither = func() (tile [ditherSize][ditherSize]int16) {
	frac := func(v float64) float64 { return v - float64(int(v)) }
	for y := range tile {
		for x := range tile[y] {
			tile[y][x] = int16(4096 * frac(52.9829189*frac(0.06711056*float64(x)+0.00583715*float64(y))))
		}
	}
	return tile
}()
