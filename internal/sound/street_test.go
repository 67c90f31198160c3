package sound

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

// empty is a layer to paint on, in stereo.
func empty(seconds float64) *scene {
	return newScene(context.Background(), Input{Format: retake.SoundFormat{Rate: paintedRate, Channels: 2}, Frames: int(seconds * paintedRate), Seed: 2}, "test")
}

// leans is how much louder the left is than the right between two seconds, in dB.
func leans(p planes, from, to float64) float64 {
	q := p.cut(int(from*paintedRate), int(to*paintedRate))
	return decibels(rms(q[:1]) / rms(q[1:]))
}

// TestPassing holds the pitch of what goes by against C. Doppler's formula, and its side and level against its course.
func TestPassing(t *testing.T) {
	const hz, speed = 400.0, 30.0 // low enough for the ground to take little away
	s := empty(6)
	s.passes(course{at: 3, metres: 6, speed: speed, heading: 1}, sine(paintedRate, paintedRate, hz, 0.2), 1)
	pitch := func(from, to float64) float64 {
		best, at := 0.0, 0.0
		x := s.out.cut(int(from*paintedRate), int(to*paintedRate))
		mono := downmix(x, s.speakers)
		for f := hz * 0.88; f < hz*1.12; f++ {
			if p := tonePower(mono, f, paintedRate); p > best {
				best, at = p, f
			}
		}
		return at
	}
	near(t, "pitch as it comes, Hz", pitch(0.5, 1.5), hz/(1-speed/soundSpeed), 2)
	near(t, "pitch as it goes, Hz", pitch(4.5, 5.5), hz/(1+speed/soundSpeed), 2)
	between(t, "left over right as it comes, dB", leans(s.out, 1, 2), 6, 60)
	between(t, "left over right as it goes, dB", leans(s.out, 4, 5), -60, -6)
	e := envelope(s.out, paintedRate/10)
	near(t, "loudest, s", float64(slices.Index(e, slices.Max(e)))/10, 3, 0.2)
	near(t, "fall from 6 to 60 m, dB", e[29]-e[49], 20, 4)
}

func TestRollingHasNoSeam(t *testing.T) {
	s := empty(3)
	for range 5 {
		x := s.rolling(1, chain{lowPass(200, 0.7, paintedRate)})
		most := 0.0
		for i := 1; i < len(x); i++ {
			most = max(most, math.Abs(float64(x[i]-x[i-1])))
		}
		between(t, "step over the seam against the steepest elsewhere", math.Abs(float64(x[0]-x[len(x)-1]))/most, 0, 1)
	}
}

func TestStreets(t *testing.T) {
	for _, test := range []struct {
		kind     Kind
		lo, hi   float64 // a band, Hz
		least    float64 // share of the power in it
		low, top float64 // spread of the level of halves of a second, dB
	}{
		{Traffic, 40, 2500, 0.95, 0.8, 6}, {City, 36, 2500, 0.9, 0.3, 4}, {Train, 40, 3500, 0.88, 5, 20}, {Subway, 30, 3000, 0.9, 5, 20}, {Cafe, 150, 3500, 0.85, 0.3, 4},
	} {
		for seed := range int64(2) {
			p := painted(t, test.kind, 0.5, 12, seed)
			between(t, fmt.Sprintf("share of %s between %v and %v Hz", test.kind, test.lo, test.hi), bandShare(p, paintedRate, test.lo, test.hi), test.least, 1)
			_, spread := meanAndSpread(envelope(p, paintedRate/2))
			between(t, fmt.Sprintf("spread of %s, dB", test.kind), spread, test.low, test.top)
			between(t, fmt.Sprintf("correlation of %s's channels", test.kind), correlation(p[0], p[1]), -0.3, 0.9)
			between(t, fmt.Sprintf("crest of %s, dB", test.kind), decibels(p.peak()/rms(p)), 9, 27)
		}
	}
}

// TestTrafficThickens holds that there is more going on in heavy traffic: the level falls less between the cars.
func TestTrafficThickens(t *testing.T) {
	_, light := meanAndSpread(envelope(painted(t, Traffic, 0, 16, 1), paintedRate/2))
	_, heavy := meanAndSpread(envelope(painted(t, Traffic, 1, 16, 1), paintedRate/2))
	if light < 1.3*heavy {
		t.Errorf("the level spreads by %.2f dB in light traffic, by %.2f dB in heavy", light, heavy)
	}
}

// TestTrainClattersInPairs holds when wheels are heard: those of a bogie in quick succession, then those of the next.
func TestTrainClattersInPairs(t *testing.T) {
	s := empty(6)
	c := convoy{first: 1, metres: 6, speed: 22, heading: 1, cars: 3}
	s.joints(c)
	got := slices.Collect(func(yield func(float64) bool) {
		e := envelope(s.out, paintedRate/200)
		for i := 3; i < len(e); i++ {
			if e[i] > -24 && e[i] > e[i-3]+8 && e[i-1] <= e[i-4]+8 && !yield(float64(i)/200) {
				return
			}
		}
	})
	want := 0
	for car := range 3 {
		for _, axle := range axles {
			at := 1 + (float64(car)*carriage+axle)/c.speed
			if slices.ContainsFunc(got, func(h float64) bool { return math.Abs(h-at) < 0.3*rail/c.speed }) {
				want++
			}
		}
	}
	between(t, "axles heard of 12", float64(want), 11, 12)
	between(t, "left over right as it comes, dB", leans(s.out, 0, 1), 2, 60)
	between(t, "left over right as it goes, dB", leans(s.out, 4.4, 6), -60, -2)
	// A whole train repeats after the length of a carriage.
	e := envelope(s.out.cut(paintedRate, 4*paintedRate), paintedRate/200)
	for i, top := 0, slices.Max(e); i < len(e); i++ {
		e[i] = max(e[i], top-25)
	}
	mean, spread := meanAndSpread(e)
	like := func(seconds float64) float64 {
		lag, sum := int(math.Round(200*seconds)), 0.0
		for i := lag; i < len(e); i++ {
			sum += (e[i] - mean) * (e[i-lag] - mean)
		}
		return sum / float64(len(e)-lag) / (spread * spread)
	}
	pair := (axles[1] - axles[0]) / c.speed
	between(t, "likeness after the wheels of a bogie", like(pair), like(0.6*pair)+0.15, 1)
	between(t, "likeness after a carriage", like(carriage/c.speed), like(0.8*carriage/c.speed)+0.2, 1.2)
}

func TestTrainGoesWhereItIsSent(t *testing.T) {
	for direction, sign := range map[wish.Direction]float64{wish.Right: 1, wish.Left: -1} {
		p := event(t, Item{Kind: Train, Detail: wish.Detail{Direction: direction}}, 8)
		between(t, fmt.Sprintf("lean of a train to the %s, first less last, dB", direction), sign*(leans(p, 0.5, 2)-leans(p, 6, 7.5)), 3, 60)
	}
	plain, horn := event(t, Item{Kind: Train}, 8), event(t, Item{Kind: Train, Detail: wish.Detail{Variant: "horn"}}, 8)
	if a, b := tonality(plain), tonality(horn); b < 2*a {
		t.Errorf("highest peak over its surroundings: without a horn %.1f, with one %.1f", a, b)
	}
}

// tonality is the highest peak of the spectrum between 250 Hz and 2 kHz over what lies beside it, in any half second.
func tonality(p planes) float64 {
	var top float64
	for at := 0; at+paintedRate/2 <= p.frames(); at += paintedRate / 4 {
		s := spectrum(p.cut(at, at+paintedRate/2))
		for k := 21; k < 170; k++ {
			top = max(top, s[k]/((s[k-7]+s[k-6]+s[k-5]+s[k+5]+s[k+6]+s[k+7])/6))
		}
	}
	return top
}

// TestSubwayStops holds the order of what is heard: a clatter that slows down, the squeal of brakes, silence with air that is let go.
func TestSubwayStops(t *testing.T) {
	s := empty(16)
	r := s.ride()
	if len(r.hits) < 16 {
		t.Fatalf("only %d axles go by", len(r.hits))
	}
	first, last := r.hits[4]-r.hits[0], r.hits[len(r.hits)-1]-r.hits[len(r.hits)-5]
	if last < 1.5*first || r.hits[len(r.hits)-1] > r.stop {
		t.Errorf("a car goes by in %.2f s, at last in %.2f s, until %.1f of %.1f s", first, last, r.hits[len(r.hits)-1], r.stop)
	}
	if long := empty(100).ride(); len(long.stops) != 3 || long.hits[len(long.hits)-1] < 80 {
		t.Errorf("in 100 s trains stop at %v, and are heard until %.0f s", long.stops, long.hits[len(long.hits)-1])
	}
	p := painted(t, Subway, 0.5, 16, 1)
	high := func(from, to float64) float64 {
		return bandShare(p.cut(int(from*paintedRate), int(to*paintedRate)), paintedRate, 1700, 11000)
	}
	rolls, squeals, air := high(r.stop*0.3, r.stop*0.5), high(r.stop-1.5, r.stop-0.2), high(r.stop+0.15, r.stop+0.5)
	if squeals < 2*rolls || air < 0.7 {
		t.Errorf("share above 1.7 kHz: rolling %.3f, braking %.3f, air %.3f", rolls, squeals, air)
	}
	e := envelope(p, paintedRate/2)
	between(t, "fall from the loudest to the end, dB", slices.Max(e)-e[len(e)-2], 9, 30)
}

// TestCafeClinks holds that china and steel are heard over the voices, more often where it is busy.
func TestCafeClinks(t *testing.T) {
	clinks := func(strength float64) int {
		s := empty(12)
		if err := s.crockery(Item{}, 1.1+2*strength); err != nil {
			t.Fatal(err)
		}
		between(t, "centroid of crockery, Hz", centroid(s.out, paintedRate), 2000, 6500)
		return onsets(s.out, 0.04)
	}
	few, many := clinks(0), clinks(1)
	between(t, "clinks in 12 s", float64(few), 8, 60)
	if many < few*3/2 {
		t.Errorf("%d clinks where it is quiet, %d where it is busy", few, many)
	}
}

func TestCityHasSteps(t *testing.T) {
	s := empty(10)
	if err := s.walkers(0.5); err != nil {
		t.Fatal(err)
	}
	between(t, "steps in 10 s", float64(onsets(s.out, 0.1)), 12, 60)
	between(t, "horns, share between 350 Hz and 2.5 kHz", bandShare(planes{s.hoot(0.5, 1)}, paintedRate, 350, 5000), 0.95, 1)
}
