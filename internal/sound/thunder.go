package sound

import "math"

const soundSpeed = 343.0 // metres a second

// Thunder is the sound's name.
const Thunder Kind = "thunder"

var thundering = Entry{Kind: Thunder, Doc: "strikes of lightning kilometres long, near and cracking when strong, far and rolling when weak",
	Paint: func(s *scene, item Item) error { return s.thunder(item.strength()) },
	Level: func(strength, programme float64) float64 {
		return within(programme, lowestReference, highestReference) - 4 + 10*strength
	},
	ByPeak: true}

// thunder paints strikes of lightning, each a tortuous channel some kilometres long whose every piece sends a short
// pressure wave (an N-wave). The pieces lie at different distances, so their waves arrive over many seconds: first
// the crack of the near end, then the rolling of the rest, dulled by the air, then echoes from hills (after A. Few,
// "Acoustic radiations from lightning", 1982).
func (s *scene) thunder(strength float64) error {
	n := 1 + int(max(s.seconds()-5, 0)/(8.5-2.5*strength))
	gap := s.seconds() / float64(n)
	near := 350 * math.Pow(16, 1-strength) // metres
	for k := range n {
		if err := s.stopped(); err != nil {
			return err
		}
		at := float64(k)*gap + min(0.06*gap+0.12, 0.45)*s.between(0.85, 1.3)
		size := 1.0
		if k > 0 {
			size = s.between(0.45, 0.8)
		}
		// Strong strikes are near, and later ones farther than the first.
		distance := near * (1 + 0.5*float64(k)*s.rng.Float64())
		s.strike(at, distance, size*near)
	}
	s.echoes(strength)
	if err := s.stopped(); err != nil {
		return err
	}
	hall := newReverb(s.rate, 3.1, 3.4, 850, 0.9)
	hall.add(s.out, s.speakers, 0.40)
	for c := range s.out {
		// Loudspeakers of a screen play little below this; what thunder has there only costs level.
		chain{highPass(38, 0.7, s.rate), peaking(150, 0.6, 5, s.rate)}.run(s.out[c])
	}
	s.lowEnd(90, 0.6)
	return s.stopped()
}

// piece is a part of a lightning channel as it is heard.
type piece struct {
	delay, amp, azimuth float64 // seconds, pressure, degrees
	long                float64 // of its wave, seconds
	class               int     // how much the air has dulled it
}

// airCutoffs are the low-passes of sound that came from up to 0.5, 1, 2, 4 and more kilometres away.
var airCutoffs = [...]float64{6500, 2600, 1100, 520, 300}

func airClass(metres float64) int {
	return min(max(int(math.Ceil(math.Log2(metres/500))), 0), len(airCutoffs)-1)
}

// strike adds one lightning stroke whose first sound is heard at the given second. size is the loudness at one metre.
func (s *scene) strike(at, distance, size float64) {
	pieces := s.channelOf(distance)
	first := math.Inf(1)
	// The near end of a far channel lies in the shadow of the ground, so far thunder swells instead of starting.
	far := min(max(math.Log2(distance/500)/3.5, 0), 1)
	swell := 0.02 + 1.6*far
	// The main stroke lies in the near part; what is farther up carries less and less of it.
	fading := 2.2 + 2.5*far
	for _, p := range pieces {
		first = min(first, p.delay)
	}
	gains := make([]float64, len(s.speakers))
	layer := newPlanes(len(s.speakers), s.frames)
	for class, cutoff := range airCutoffs {
		used := false
		for _, p := range pieces {
			start := int((at + p.delay - first) * s.rate)
			if p.class != class || start >= s.frames {
				continue
			}
			used = true
			pan(gains, s.speakers, p.azimuth)
			grown := min(1, 0.03+(p.delay-first)/swell)
			addNWave(layer, gains, start, int(p.long*s.rate), p.amp*size*grown*math.Exp((first-p.delay)/fading))
		}
		if !used {
			continue
		}
		for c := range layer {
			butterworth(4, cutoff, s.rate, lowPass).run(layer[c])
		}
		s.out.add(layer)
		for c := range layer {
			clear(layer[c])
		}
	}
}

// channelOf draws a lightning channel: up from the ground at the distance, then level inside the cloud, with side
// branches. Near the ground the pieces are short, which makes the tearing sound before the crack.
func (s *scene) channelOf(distance float64) []piece {
	var list []piece
	facing := s.between(-50, 50)
	var grow func(x, y, z, turn float64, length float64, weight float64)
	grow = func(x, y, z, turn, length, weight float64) {
		climb := 0.95
		for done := 0.0; done < length; {
			step := 5 + 0.006*done*s.spread(0.3)
			if z > 2500 {
				climb += (0.05 - climb) * 0.05
			}
			turn += 0.5 * s.rng.NormFloat64()
			up := min(max(climb+0.55*s.rng.NormFloat64(), -1), 1)
			flat := math.Sqrt(1 - up*up)
			dx, dy, dz := step*flat*math.Cos(turn), step*flat*math.Sin(turn), step*up
			x, y, z = x+dx, y+dy, max(z+dz, 5)
			done += step
			r := math.Sqrt(x*x + y*y + z*z)
			// A piece radiates mostly across itself.
			along := math.Abs(x*dx+y*dy+z*dz) / (r * step)
			amp := weight * step / 10 / r * (0.12 + (1-along)*(1-along)) * s.spread(0.35)
			list = append(list, piece{
				delay: r / soundSpeed, amp: amp, azimuth: facing + math.Atan2(y, x)*180/math.Pi,
				long: min(0.004+0.0055*math.Sqrt(r/1000)*s.spread(0.35), 0.03), class: airClass(r),
			})
			if length > 2000 && s.rng.Float64() < 0.012 {
				grow(x, y, z, turn+s.between(-1.6, 1.6), s.between(200, 1100), weight*0.5)
			}
		}
	}
	grow(distance, 0, 0, s.between(0, 2*math.Pi), s.between(4500, 7000), 1)
	return list
}

// addNWave adds a pressure wave shaped like the letter N: a jump up, a straight fall through zero, a jump back.
func addNWave(dst planes, gains []float64, at, length int, amp float64) {
	if length < 2 {
		length = 2
	}
	for c, g := range gains {
		if g < 0.02 {
			continue
		}
		to := dst[c][at:min(at+length, len(dst[c]))]
		v, step := amp*g, 2*amp*g/float64(length-1)
		for i := range to {
			to[i] += float32(v)
			v -= step
		}
	}
}

// echoes adds what comes back from hills and buildings: delayed, dull, and from elsewhere.
func (s *scene) echoes(strength float64) {
	dry := make([]float32, s.frames)
	for c, sp := range s.speakers {
		if sp.lfe {
			continue
		}
		for i, v := range s.out[c] {
			dry[i] += v / float32(len(s.speakers))
		}
	}
	gains, echo := make([]float64, len(s.speakers)), make([]float32, s.frames)
	for k := range 9 {
		delay := s.between(0.16, 0.4) + 0.42*float64(k)*s.between(0.8, 1.2)
		copy(echo, dry)
		butterworth(2, (620+500*strength)*math.Pow(0.86, float64(k)), s.rate, lowPass).run(echo)
		pan(gains, s.speakers, someAzimuth(s.rng, s.speakers))
		gain := 0.55 * math.Pow(0.84, float64(k)) * s.between(0.5, 1.2)
		at := int(delay * s.rate)
		for c, g := range gains {
			for i := at; i < s.frames; i++ {
				s.out[c][i] += echo[i-at] * float32(g*gain)
			}
		}
	}
}
