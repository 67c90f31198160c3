package sound

import (
	"slices"
	"testing"

	"retake/internal/wish"
)

// after returns what is heard from one time after the loudest moment to another, in seconds, and how far that lies under it, in dB.
func after(p planes, from, to float64) (planes, float64) {
	e := envelope(p, paintedRate/50)
	top := slices.Index(e, slices.Max(e))
	part := p.cut(top*paintedRate/50+int(from*paintedRate), top*paintedRate/50+int(to*paintedRate))
	return part, e[top] - decibels(rms(part))
}

func TestShotsAreShortAndEcho(t *testing.T) {
	p := event(t, Item{Kind: Gunshot}, 4)
	_, soon := after(p, 0.15, 0.35)
	_, late := after(p, 1.2, 1.4)
	between(t, "echo under the shot, dB", soon, 8, 30)
	between(t, "what is left after a second, dB", late, soon+10, 80)
	if got := onsets(event(t, Item{Kind: Gunshot, Detail: wish.Detail{Count: 3}}, 5), 0.4); got != 3 {
		t.Errorf("asked for 3 shots, heard %d", got)
	}
}

func TestBoomSinksAndRollsAway(t *testing.T) {
	p := event(t, Item{Kind: Boom}, 6)
	between(t, "boom below 250 Hz", bandShare(p, paintedRate, 0, 250), 0.75, 1)
	crack, _ := after(p, -0.06, 0.04)
	cloud, under := after(p, 0.8, 1.2)
	between(t, "cloud under the crack, dB", under, 8, 32)
	if a, b := centroid(crack, paintedRate), centroid(cloud, paintedRate); b > 0.7*a {
		t.Errorf("the crack has centroid %.0f Hz, the cloud %.0f Hz", a, b)
	}
}

func TestOldMachines(t *testing.T) {
	between(t, "pictures a second", pulse(painted(t, Projector, 0.5, 6, 1), 10, 30), 17, 19)
	p := event(t, Item{Kind: Projector, Detail: wish.Detail{Speed: 1.4}}, 6)
	between(t, "pictures a second at 1.4 times the speed", pulse(p, 10, 32), 24, 26.5)
	if got := onsets(event(t, Item{Kind: Scratch, Detail: wish.Detail{Count: 2}}, 4), 0.7); got != 2 {
		t.Errorf("asked for 2 scratches, heard %d", got)
	}
	s := empty(2)
	if err := s.scratches(Item{}); err != nil {
		t.Fatal(err)
	}
	between(t, "strokes of a scratch", float64(swells(s.out, 9)), 3, 4)
}

// swells counts how often the level comes within so many dB of the highest.
func swells(p planes, under float64) (count int) {
	e, loud := envelope(p, paintedRate/100), false
	for _, v := range e {
		if now := v > slices.Max(e)-under; now != loud {
			if loud = now; now {
				count++
			}
		}
	}
	return count
}

func TestCatOpensItsMouth(t *testing.T) {
	p := event(t, Item{Kind: Cat, Detail: wish.Detail{Count: 1}}, 3)
	between(t, "cat between 350 Hz and 7 kHz", bandShare(p, paintedRate, 350, 7000), 0.97, 1)
	open, _ := after(p, -0.05, 0.05)
	closed, _ := after(p, 0.25, 0.35)
	if a, b := strongest(open, 300, 4000), strongest(closed, 300, 4000); a < 1.15*b {
		t.Errorf("its mouth open it is strongest at %.0f Hz, closed at %.0f Hz", a, b)
	}
	if got := swells(event(t, Item{Kind: Cat, Detail: wish.Detail{Count: 3}}, 8), 15); got != 3 {
		t.Errorf("asked for 3 mews, heard %d", got)
	}
}

// TestPanMoves holds where sound is moved to, and that mono is left alone.
func TestPanMoves(t *testing.T) {
	p := voice(5)
	moves := treatment(t, Pan, p, wish.Detail{})
	between(t, "left over right at first, dB", leans(moves, 0, 1), 5, 60)
	between(t, "left over right at last, dB", leans(moves, 4, 5), -60, -5)
	back := treatment(t, Pan, p, wish.Detail{Direction: wish.Left})
	between(t, "left over right at first, moved to the left, dB", leans(back, 0, 1), -60, -5)
	stays := treatment(t, Pan, p, wish.Detail{Place: wish.AtRight})
	between(t, "left over right, put to the right, dB", leans(stays, 0, 5), -60, -8)
	late := treatment(t, Pan, p, wish.Detail{Place: wish.AtRight, When: wish.When{From: wish.Moment{Share: 0.5}, To: wish.Moment{Share: 1}}})
	near(t, "left over right before it is moved, dB", leans(late, 0, 2), leans(p, 0, 2), 0.01)
	half := wish.Detail{When: wish.When{From: wish.Moment{Share: 0.5}, To: wish.Moment{Share: 1}}}
	near(t, "level of a mono clip against what it was", rms(treatment(t, Pan, p[:1], half).cut(3*treatedRate, 5*treatedRate))/rms(p[:1].cut(3*treatedRate, 5*treatedRate)), 1, 0.01)
}
