package main

// The film's measures. The camera walks with the ox, so every layer moves by a whole number of pixels a frame:
// nothing shimmers, and the encoder's motion search finds each block again exactly.
const (
	width, height = 1920, 1080
	fps           = 30
	frames        = 14 * fps
	pace          = 8    // pixels a frame the ox and the ground move
	oxX           = 840  // where the ox's middle stands on the screen
	groundY       = 912  // where its near hooves stand
	metre         = 262. // pixels
	stride        = 52   // frames a full step cycle takes
)

// season is 0 in deep winter and 1 in high summer, by the place x (pixels) along the walk.
func season(x float64) float64 { return rise(1450, 4050, x) }

// here is the season at column x of the screen in frame f.
func here(f int, x float64) float64 { return season(float64(f*pace) + x) }

// thaw turns through the year's colours: snow, wet earth, fresh green, golden summer.
func thaw(s float64, snow, earth, fresh, gold colour) colour {
	switch {
	case s < 0.36:
		return snow.mix(earth, rise(0.16, 0.36, s))
	case s < 0.62:
		return earth.mix(fresh, rise(0.36, 0.62, s))
	}
	return fresh.mix(gold, rise(0.62, 1, s))
}
