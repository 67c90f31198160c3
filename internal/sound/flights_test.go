package sound

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"retake/internal/wish"
)

// strongest is the frequency of the highest peak between two, in hertz.
func strongest(p planes, lo, hi float64) float64 {
	s, at := spectrum(p), 0
	for k := range s {
		if hz := float64(k) * paintedRate / 2048; hz >= lo && hz <= hi && (at == 0 || s[k] > s[at]) {
			at = k
		}
	}
	return float64(at) * paintedRate / 2048
}

// TestSirenWails holds the way of its pitch, and the two notes of the other kind.
func TestSirenWails(t *testing.T) {
	notes := func(p planes) (list []float64) {
		for at := paintedRate / 2; at+4096 <= p.frames()-paintedRate/2; at += 2048 {
			list = append(list, strongest(p.cut(at, at+4096), 380, 1700))
		}
		slices.Sort(list)
		return list
	}
	wail := notes(event(t, Item{Kind: Siren}, 10))
	between(t, "lowest of a wail, Hz", wail[len(wail)/20], 560, 720)
	between(t, "highest of a wail, Hz", wail[len(wail)*19/20], 1280, 1560)
	between(t, "middle of a wail, Hz", wail[len(wail)/2], 750, 1250)
	for _, hz := range notes(event(t, Item{Kind: Siren, Detail: wish.Detail{Variant: "two-tone"}}, 10)) {
		if math.Abs(hz-440) > 45 && math.Abs(hz-585) > 55 && math.Abs(hz-880) > 80 && math.Abs(hz-1320) > 120 && math.Abs(hz-1170) > 110 {
			t.Errorf("a note of %.0f Hz in a siren of 440 and 585 Hz", hz)
		}
	}
	right := event(t, Item{Kind: Siren, Detail: wish.Detail{Direction: wish.Right}}, 8)
	between(t, "lean of a siren to the right, first less last, dB", leans(right, 0.5, 2)-leans(right, 6, 7.5), 3, 60)
}

// pulse is how often a second the level comes and goes most, of what lies between two frequencies.
func pulse(p planes, lo, hi float64) float64 {
	e := envelope(p, paintedRate/200)
	mean, _ := meanAndSpread(e)
	x := make([]float32, len(e))
	for i := range e {
		x[i] = float32(e[i] - mean)
	}
	best, at := 0.0, 0.0
	for hz := lo; hz < hi; hz += 0.25 {
		if power := tonePower(x, hz, 200); power > best {
			best, at = power, hz
		}
	}
	return at
}

// TestHelicopterSlaps holds how often its blades are heard a second.
func TestHelicopterSlaps(t *testing.T) {
	p := painted(t, Helicopter, 0.5, 8, 1)
	between(t, "slaps a second", pulse(p, 4, 40), 9.5, 16)
	between(t, "helicopter between 40 Hz and 1.5 kHz", bandShare(p, paintedRate, 35, 1500), 0.85, 1)
}

// TestGlassBreaksAndFalls holds that there is a crack, then splinters that die away, all of it bright.
func TestGlassBreaksAndFalls(t *testing.T) {
	p := event(t, Item{Kind: Glass}, 4)
	e := envelope(p, paintedRate/50)
	top := slices.Index(e, slices.Max(e))
	between(t, "crack over a fifth of a second later, dB", e[top]-slices.Max(e[top+10:top+15]), 6, 40)
	between(t, "crack over a second and a half later, dB", e[top]-slices.Max(e[top+75:top+80]), 18, 90)
	after := p.cut((top+5)*paintedRate/50, (top+40)*paintedRate/50)
	between(t, "share of splinters above 1.8 kHz", bandShare(after, paintedRate, 1800, 12000), 0.8, 1)
	if got := onsets(event(t, Item{Kind: Glass, Detail: wish.Detail{Count: 2}}, 6), 1.5); got != 2 {
		t.Errorf("asked for 2 panes, heard %d", got)
	}
}

func TestWhooshGoesBy(t *testing.T) {
	for direction, sign := range map[wish.Direction]float64{wish.Right: 1, wish.Left: -1} {
		p := event(t, Item{Kind: Whoosh, Detail: wish.Detail{Direction: direction}}, 2)
		e := envelope(p, paintedRate/50)
		top := float64(slices.Index(e, slices.Max(e))) / 50
		between(t, fmt.Sprintf("lean of a whoosh to the %s, first less last, dB", direction), sign*(leans(p, top-0.2, top-0.1)-leans(p, top+0.1, top+0.2)), 2, 60)
		at := func(from float64) float64 {
			return centroid(p.cut(int(from*paintedRate), int(from*paintedRate)+2048), paintedRate)
		}
		if middle, before := at(top-0.04), at(top-0.25); middle < 1.3*before {
			t.Errorf("where it is nearest it has centroid %.0f Hz, before %.0f Hz", middle, before)
		}
	}
}

func TestCheeringIsOpenAndGullsMew(t *testing.T) {
	cheers, crowd := painted(t, Cheering, 0.5, 6, 1), painted(t, Crowd, 0.5, 6, 1)
	if a, b := centroid(cheers, paintedRate), centroid(crowd, paintedRate); a < 1.3*b {
		t.Errorf("cheers have centroid %.0f Hz, a crowd that talks %.0f Hz", a, b)
	}
	between(t, "cheering between 300 Hz and 4 kHz", bandShare(cheers, paintedRate, 300, 4000), 0.9, 1)
	s := empty(8)
	if err := s.whistles(Item{}, 1); err != nil {
		t.Fatal(err)
	}
	between(t, "whistles between 1.3 and 3.5 kHz", bandShare(s.out, paintedRate, 1300, 3500), 0.9, 1)
	mews := painted(t, Gulls, 0.5, 8, 1)
	between(t, "gulls between 600 Hz and 7 kHz", bandShare(mews, paintedRate, 600, 7000), 0.95, 1)
	between(t, "gulls over what lies beside their harmonics", tonality(mews), 20, 1e6)
	between(t, "cries in 8 s", float64(onsets(mews, 0.1)), 5, 60)
}
