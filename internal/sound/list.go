package sound

import "retake/internal/wish"

// Entries lists every sound and every treatment of sound, in the order in which they are laid on one another. One stands in a
// file of its own, and here.
func Entries() []Entry {
	return []Entry{
		// What everything else lies on.
		silent,
		// Ambience and foley.
		raining, ocean, thundering, windy,
		roofRain, umbrellaRain, leafRain, river, drip, fire, birds, gulls, crickets, frogs, dog, cat,
		applause, cheering, laughter, murmur, crowd, cafe, engine, traffic, city, train, subway, siren, aeroplane, helicopter,
		knocking, door, bell, horn, phoneRings, clock, typing, heartbeat, footsteps, glass, whoosh, gunshot, boom, projector, scratch,
		static, hum, drone, pad, beat, beep,
		// Words.
		spoken,
		// Treatments of the words beside them, else of the clip's own sound.
		// Repairs come before what changes a sound on purpose, levels and the image after it.
		withoutHum, withoutNoise, withoutHiss, clearVoice,
		backward, stutters, faster, slower, deeper, higher, asRobot,
		onTelephone, onRadio, byMegaphone,
		inSmallRoom, inHall, inCathedral, echoing, inNextRoom, underWater,
		moreBass, moreTreble, inMono, widened, panned, louder, quieter, fading,
	}
}

// Entry is what the list knows of a sound. One of Paint, Line and Treat is set, but for silence and speech.
type Entry struct {
	Kind  Kind
	Doc   string       // what it is made of, a sentence for docs/builtin.md
	Takes []wish.Param // what it makes of an Item's Detail, besides When and the strength

	// Paint adds a sound to the empty layer s.out. It is brought to its level afterwards.
	Paint func(s *scene, item Item) error
	// Level is the loudness it gets, in LUFS, where the programme around has the given loudness; nil is that of ambience, see Target.
	Level func(strength, programme float64) float64
	// ByPeak sounds are over so soon that it is their loudest 400 ms that get that level.
	ByPeak bool
	// Timed sounds mind Item.When themselves. The others are painted for the whole segment and faded in and out.
	Timed bool

	// Line sends one channel through something that leaves no room around it, such as a telephone. It returns as many samples.
	Line func(s *scene, mono []float32, item Item) []float32
	// Treat changes p, which has the segment's channels and length, and returns as many.
	Treat func(s *scene, p planes, item Item) (planes, error)
	// Louder treatments change the level on purpose; what comes out of the others is brought back to the level it had.
	Louder bool
}

// treats reports whether it changes a sound that is there rather than making one.
func (e Entry) treats() bool { return e.Line != nil || e.Treat != nil }

// entry returns the row of a kind, nil when there is none.
func entry(k Kind) *Entry {
	for _, e := range Entries() {
		if e.Kind == k {
			return &e
		}
	}
	return nil
}

// Kinds lists all kinds.
func Kinds() []Kind {
	var out []Kind
	for _, e := range Entries() {
		out = append(out, e.Kind)
	}
	return out
}

// Valid reports whether k is one of Kinds.
func (k Kind) Valid() bool { return entry(k) != nil }

// Mixes reports whether a sound of this kind can lie over the clip's own, which silence and treatments can't.
func (e Entry) Mixes() bool { return e.Kind != Silence && !e.treats() }
