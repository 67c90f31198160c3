package picture

import (
	"retake/internal/retake"
	"retake/internal/wish"
)

// Entries lists every effect, in the order in which they are applied: first what a camera does in time and with its lens, then
// the light of the scene, what falls between the scene and the lens, the colour of the finished picture, and what is
// printed on it. An effect stands in a file of its own, and here.
func Entries() []Entry {
	return []Entry{
		// What recording did to the picture.
		denoised, debanded, stabilised,
		// Time: most of these need more than one picture at once.
		reversed, slowMotion, fastMotion, stopped, freezing,
		// What lies in the scene.
		settling,
		// Lens and camera.
		backgroundBlurred, racked, tiltShifted, hazed, zooming, panning, tilting, mirroring, handholding, motionBlurred, trailing, doublyExposed, kaleidoscopic,
		// Light and season.
		nightly, moonlit, dusky, dawning, goldenHours, noon, overcastly, springlike, summery, autumnal, wintry, submerged, candle, flickering, neonLit,
		// Weather and particles.
		foggy, smoky, raying, starry, raining, snowing, hailing, strikingDown, dusty, leafFall, petalFall, confettis, emberRise, sparking, firefly, bubbling,
		// Colour and looks.
		recoloured,
		// Drawn and painted, of the clip's own colours.
		mosaicked, pencilled, inked, blueprinted, comical, oilPainted, watercoloured, pixelArtful,
		brightened, darkened, contrasty, colourful, muted, fadedOut, tinted, inverted,
		// Film and tape, before what takes their colours.
		vintageFilmed, super8Filmed, videotaped, glitched,
		blackWhite, warmer, cooler, sepiaToned, noirish, bleached, blockbuster, infrareds, thermals,
		lookedUp, bloomed, flared, lightLeaking, vignetted, dropped,
		// Frames and titles.
		flashing, sharpened, censored, letterboxed, titled, lowerThird, fadingOut,
	}
}

// Entry is what the list knows of an effect. One of Make and Read is set.
type Entry struct {
	Kind  Kind
	Doc   string       // what happens, a sentence for docs/builtin.md
	Takes []wish.Param // what it makes of a Look's Detail, besides When and the strength

	Falls bool // weather: the wind drives it, and it is measured as light or heavy

	// Make prepares an effect on single pictures.
	Make func(s stage, l Look) effect
	// Read puts an effect on the order or the timing of pictures around the reader that gives the segment's own. The result
	// gives as many pictures, and closes source with itself.
	Read func(cfg Config, source retake.FrameReader, s Setup, l Look) (retake.FrameReader, error)

	// Timed effects mind Look.When themselves: they are called for the whole segment, with amount 1 but at its ends. The
	// others grow in at the beginning of that time and out at its end by the amount that they are called with.
	Timed bool
}

// Kinds lists the kinds of effect that a Chain applies, in their order.
func Kinds() []Kind {
	var out []Kind
	for _, e := range Entries() {
		if e.Make != nil {
			out = append(out, e.Kind)
		}
	}
	return out
}

// Read puts the effects among the looks that need several pictures at once around source, in their order. Where there is
// none it returns source.
func Read(cfg Config, source retake.FrameReader, s Setup) (retake.FrameReader, error) {
	for _, e := range Entries() {
		for _, l := range s.Looks {
			if e.Kind != l.Kind || e.Read == nil {
				continue
			}
			around, err := e.Read(cfg, source, s, l)
			if err != nil {
				return source, err
			}
			source = around
		}
	}
	return source, nil
}
