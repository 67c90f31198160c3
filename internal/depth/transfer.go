package depth

import "math"

// Constants of PQ (ITU-R BT.2100-2, table 4).
const (
	pqM1 = 2610.0 / 16384
	pqM2 = 2523.0 / 4096 * 128
	pqC1 = 3424.0 / 4096
	pqC2 = 2413.0 / 4096 * 32
	pqC3 = 2392.0 / 4096 * 32
	// pqPeak is the light of a full signal, cd/m².
	pqPeak = 10000.0
)

// pqLight returns the light of a PQ signal, cd/m².
func pqLight(signal float64) float64 {
	e := math.Pow(max(signal, 0), 1/pqM2)
	return pqPeak * math.Pow(max(e-pqC1, 0)/(pqC2-pqC3*e), 1/pqM1)
}

// pqSignal is the inverse of pqLight.
func pqSignal(light float64) float64 {
	y := math.Pow(max(light, 0)/pqPeak, pqM1)
	return math.Pow((pqC1+pqC2*y)/(1+pqC3*y), pqM2)
}

// Constants of HLG (ITU-R BT.2100-2, table 5), on a display of 1,000 cd/m², whose system gamma is 1.2.
const (
	hlgA     = 0.17883277
	hlgB     = 1 - 4*hlgA
	hlgPeak  = 1000.0
	hlgGamma = 1.2
)

var hlgC = 0.5 - hlgA*math.Log(4*hlgA)

// hlgLight returns the light of an HLG signal, cd/m². The system gamma is applied to each component for itself, which can
// be undone for each alone; BT.2100 applies it to luminance, which for greys is the same.
func hlgLight(signal float64) float64 {
	e := signal * signal / 3
	if signal > 0.5 {
		e = (math.Exp((signal-hlgC)/hlgA) + hlgB) / 12
	}
	return hlgPeak * math.Pow(max(e, 0), hlgGamma)
}

// hlgSignal is the inverse of hlgLight.
func hlgSignal(light float64) float64 {
	e := math.Pow(max(light, 0)/hlgPeak, 1/hlgGamma)
	if e <= 1.0/12 {
		return math.Sqrt(3 * e)
	}
	return hlgA*math.Log(12*e-hlgB) + hlgC
}

// white is the light of diffuse white in HDR, cd/m² (ITU-R BT.2408-7, 2.1).
const white = 203.0

// peak is the light of the view's white, cd/m²: HLG's, and that of most masters in PQ. Brighter light is clipped in the
// view; a higher peak would leave it fewer codes for each step of the clip's than edits need to be smooth.
const peak = hlgPeak

// compress maps light of up to peak onto 0 to 1 of the view: y = x·(1 + x/p²)/(1 + x), with light and peak in multiples of
// diffuse white (Reinhard et al., "Photographic tone reproduction for digital images", SIGGRAPH 2002, equation 4). Diffuse
// white comes to about half the view's light, 75 % of its signal, as in HLG.
func compress(light float64) float64 {
	x, p := light/white, peak/white
	return x * (1 + x/(p*p)) / (1 + x)
}

// expand is the inverse of compress.
func expand(y float64) float64 {
	p := peak / white
	a, b := 1/(p*p), 1-y // a·x² + b·x - y = 0
	return white * (math.Sqrt(b*b+4*a*y) - b) / (2 * a)
}

// viewGamma is the view's (ITU-R BT.1886).
const viewGamma = 2.4
