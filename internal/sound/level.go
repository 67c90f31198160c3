package sound

import "math"

// The programme's loudness counts within these, so that a whispering clip can still have rain and a shouting one stays
// bearable; where nothing is to be heard around the segment, quietPlace stands for it. All in LUFS.
const (
	lowestReference  = -40.0
	highestReference = -14.0
	quietPlace       = -27.0
)

// reference is the gated loudness of what is around and under the segment.
func reference(around []planes, rate int) float64 {
	var parts []planes
	for _, p := range around {
		if p.frames() > 0 {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return quietPlace
	}
	level := join(parts...).integrated(rate)
	if level <= -70 {
		return quietPlace
	}
	return level
}

// Target returns the loudness in LUFS that a sound of this kind and strength gets where the programme around it has
// the given loudness: 8 LU under it when light to 2 LU over it when heavy. It is the gated loudness of the segment,
// for Thunder that of its loudest 400 ms, 4 LU higher because it is over so soon. Words are as loud as the programme,
// 4 LU either way by strength. A programme softer than -40 or louder than -14 LUFS (-30 and -16 for words) counts
// as if it were that. Silence and treatments keep the level of what they are made of: Target is programme.
func Target(k Kind, strength, programme float64) float64 {
	strength = Item{Strength: strength}.strength()
	e := entry(k)
	switch {
	case e != nil && e.Level != nil:
		return e.Level(strength, programme)
	case e != nil && e.Paint != nil:
		return within(programme, lowestReference, highestReference) - 8 + 10*strength
	}
	return programme
}

func within(v, lo, hi float64) float64 { return min(max(v, lo), hi) }

// Changes of a Target.
const (
	whisperLU = -5.0 // a whisper against a voice
	shoutLU   = 5.0  // a shout against a voice
	underLU   = -7.0 // an ambience when words are spoken over it
)

// toLoudness scales p to the target in LUFS, by its gated loudness or, with byPeak, that of its loudest 400 ms.
func (p planes) toLoudness(target float64, rate int, byPeak bool) {
	have := p.integrated(rate)
	if have == Quietest || byPeak {
		have = p.loudest(rate)
	}
	if have == Quietest {
		return
	}
	p.scale(gainOf(target - have))
	if byPeak {
		return
	}
	// The absolute gate does not scale along, so a very quiet start needs a second look.
	if off := target - p.integrated(rate); math.Abs(off) > 0.1 && math.Abs(off) < 12 {
		p.scale(gainOf(off))
	}
}
