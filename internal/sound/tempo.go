package sound

import (
	"math"

	"retake/internal/wish"
)

// The names of changes of pitch and time.
const (
	Deeper   Kind = "deeper"
	Higher   Kind = "higher"
	Faster   Kind = "speed up sound"
	Slower   Kind = "slow down sound"
	Backward Kind = "reverse sound"
	Stutter  Kind = "stutter"
)

var (
	deeper = Entry{Kind: Deeper, Doc: "pitch goes down, by four semitones unless the prompt says more or less; the pace stays",
		Treat: func(s *scene, p planes, item Item) (planes, error) {
			return s.pitched(p, -(1 + 5*item.strength())), nil
		}}
	higher = Entry{Kind: Higher, Doc: "pitch goes up, by four semitones unless the prompt says more or less; the pace stays",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.pitched(p, 1+5*item.strength()), nil }}
	faster = Entry{Kind: Faster, Takes: []wish.Param{wish.Number},
		Doc:   "the segment's sound is played faster at the same pitch, 1.3 times unless the prompt says otherwise; the clip's room tone fills what is left over",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.hurried(p, item) }}
	slower = Entry{Kind: Slower, Takes: []wish.Param{wish.Number},
		Doc: "the segment's sound is played slower at the same pitch, 0.77 times unless the prompt says otherwise; what no longer fits is left out",
		Treat: func(s *scene, p planes, item Item) (planes, error) {
			return stretch(p, math.Max(1/pace(item, 1/(1+0.5*item.strength())), 1), s.rate).cut(0, p.frames()), nil
		}}
	backward = Entry{Kind: Backward, Doc: "the segment's sound runs backwards",
		Treat: func(_ *scene, p planes, _ Item) (planes, error) {
			for _, ch := range p {
				reverse(ch)
			}
			return p, nil
		}}
	stutters = Entry{Kind: Stutter, Takes: []wish.Param{wish.Counted}, Doc: "it catches now and then: a tenth of a second is said two to four times over, and time goes on underneath",
		Treat: func(s *scene, p planes, item Item) (planes, error) { return s.stutter(p, item), nil }}
)

// pace is how many times as fast a sound is to be played, 0.25 to 4.
func pace(item Item, usual float64) float64 {
	if item.Amount > 0 {
		usual = item.Amount
	}
	return min(max(usual, 0.25), 4)
}

// pitched moves p by so many semitones.
func (s *scene) pitched(p planes, semitones float64) planes {
	ratio := math.Pow(2, semitones/12)
	long := stretch(p, ratio, s.rate)
	out := newPlanes(len(p), p.frames())
	// Played at another rate it has the old length again.
	from := int(math.Round(s.rate * ratio))
	for c := range p {
		copy(out[c], resample(long[c], from, int(s.rate)))
	}
	return out
}

const tailFade = 0.15 // seconds in which a sound that ends early gives way to the room tone

// hurried plays p faster and fills up with the room tone that is grown from its own pauses.
func (s *scene) hurried(p planes, item Item) (planes, error) {
	short := stretch(p, math.Min(1/pace(item, 1+0.5*item.strength()), 1), s.rate)
	tone, _, err := s.roomTone([]planes{p})
	if err != nil {
		return nil, err
	}
	n, fade := short.frames(), int(tailFade*s.rate)
	out := newPlanes(len(p), p.frames())
	for c := range out {
		for i := range out[c] {
			w := min(max(float64(n-i)/float64(fade), 0), 1)
			if i < n {
				out[c][i] = short[c][i] * float32(w)
			}
			out[c][i] += tone[c][i] * float32(1-w)
		}
	}
	return out, nil
}

// stutter repeats short pieces of p over what comes after them.
func (s *scene) stutter(p planes, item Item) planes {
	edge := max(int(0.004*s.rate), 1)
	at := s.between(0.25, 0.6)
	for done := 0; at < s.seconds()-0.3 && (item.Count == 0 || done < item.Count); done++ {
		length := int(s.between(0.07, 0.14) * s.rate)
		from := int(at * s.rate)
		times := 2 + s.rng.IntN(3)
		piece := p.cut(from, min(from+length, p.frames())).clone()
		for n := 1; n <= times; n++ {
			s.over(p, piece, from+n*length, edge)
		}
		at += float64((times+1)*length)/s.rate + s.between(0.3, 1.1)*(1.5-item.strength())
	}
	return p
}

// over puts piece in the place of what is at a sample of p, with short fades.
func (s *scene) over(p, piece planes, at, edge int) {
	n := piece.frames()
	for c := range p {
		for i := 0; i < n && at+i < p.frames(); i++ {
			w := float32(min(float64(i)/float64(edge), float64(n-1-i)/float64(edge), 1))
			p[c][at+i] = p[c][at+i]*(1-w) + piece[c][i]*w
		}
	}
}
