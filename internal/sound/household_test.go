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

// event is a sound that happens, alone in stereo.
func event(t *testing.T, item Item, seconds float64) planes {
	t.Helper()
	in := Input{Format: retake.SoundFormat{Rate: paintedRate, Channels: 2}, Frames: int(seconds * paintedRate), Seed: 3}
	r := &renderer{ctx: context.Background(), in: in}
	item.Strength = 0.5
	p, err := r.ambience(item, -23, false)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// onsets counts rises by 9 dB within 20 ms to a level within 20 dB of the loudest, at least the given seconds apart.
func onsets(p planes, apart float64) int {
	const span = paintedRate / 100
	e := envelope(p, span)
	top := math.Inf(-1)
	for _, v := range e {
		top = max(top, v)
	}
	count, last := 0, math.Inf(-1)
	for i := 2; i < len(e); i++ {
		if at := float64(i) / 100; e[i] > top-20 && e[i] > e[i-2]+9 && at > last+apart {
			count, last = count+1, at
		}
	}
	return count
}

func TestKnocksAreCounted(t *testing.T) {
	for count, want := range map[int]int{0: 3, 2: 2, 5: 5} {
		p := event(t, Item{Kind: Knock, Detail: wish.Detail{Count: count}}, 5)
		if got := onsets(p, 0.12); got != want {
			t.Errorf("asked for %d knocks, heard %d", count, got)
		}
	}
	p := event(t, Item{Kind: Knock, Detail: wish.Detail{When: wish.When{From: wish.Moment{Share: 0.5}}}}, 6)
	if first, second := rms(p.cut(0, 3*paintedRate)), rms(p.cut(3*paintedRate, 6*paintedRate)); first > 0.01*second {
		t.Errorf("knocks of the second half are heard in the first: %v against %v", first, second)
	}
}

func TestClockTicksTwiceASecond(t *testing.T) {
	between(t, "ticks in 8 s", float64(onsets(event(t, Item{Kind: Clock}, 8), 0.3)), 14, 17)
	between(t, "ticks at twice the speed", float64(onsets(event(t, Item{Kind: Clock, Detail: wish.Detail{Speed: 2}}, 8), 0.15)), 28, 34)
}

func TestBellRings(t *testing.T) {
	p := event(t, Item{Kind: Bell, Detail: wish.Detail{Count: 1}}, 8)
	e := envelope(p, paintedRate/2)
	between(t, "fall from 1 to 7 s, dB", e[2]-e[14], 12, 45)
	for _, part := range []struct {
		kind   Kind
		lo, hi float64
	}{{Heartbeat, 30, 160}, {Typing, 900, 6500}, {Ringing, 1000, 4500}} {
		between(t, fmt.Sprintf("centroid of %s", part.kind), centroid(event(t, Item{Kind: part.kind}, 6), paintedRate), part.lo, part.hi)
	}
	between(t, "door below 500 Hz", bandShare(event(t, Item{Kind: Door}, 6), paintedRate, 0, 500), 0.7, 1)
	between(t, "heartbeat below 260 Hz", bandShare(event(t, Item{Kind: Heartbeat}, 6), paintedRate, 0, 260), 0.97, 1)
}

func TestFootstepsTellTheGround(t *testing.T) {
	step := func(ground string) planes {
		return event(t, Item{Kind: Footsteps, Detail: wish.Detail{Variant: ground, Count: 6}}, 5)
	}
	between(t, "steps", float64(onsets(step("wood"), 0.3)), 6, 6)
	gravel, snow, wood := centroid(step("gravel"), paintedRate), centroid(step("snow"), paintedRate), centroid(step("wood"), paintedRate)
	if gravel < 1.3*snow || snow < wood {
		t.Errorf("centroids: gravel %.0f Hz, snow %.0f Hz, wood %.0f Hz", gravel, snow, wood)
	}
}

func TestPlaceAndDistance(t *testing.T) {
	l := event(t, Item{Kind: Knock, Detail: wish.Detail{Place: wish.AtLeft}}, 3)
	between(t, "left over right, dB", decibels(rms(l[:1])/rms(l[1:])), 8, 60)
	close, far := event(t, Item{Kind: Door}, 4), event(t, Item{Kind: Door, Detail: wish.Detail{Distance: 1}}, 4)
	if a, b := centroid(close, paintedRate), centroid(far, paintedRate); b > 0.8*a {
		t.Errorf("a close door has centroid %.0f Hz, a far one %.0f Hz", a, b)
	}
	near(t, "distance, LU", far.loudest(paintedRate)-close.loudest(paintedRate), -7, 0.3)
}

// TestTypingComesInBursts holds the times between keys: quick within words, with pauses to think.
func TestTypingComesInBursts(t *testing.T) {
	var gaps []float64
	for _, list := range [][]key{empty(30).keys(Item{}), empty(30).keys(Item{Detail: wish.Detail{Speed: 1}})} {
		for i := 1; i < len(list); i++ {
			gaps = append(gaps, list[i].at-list[i-1].at)
		}
	}
	slices.Sort(gaps)
	between(t, "median time between keys, s", gaps[len(gaps)/2], 0.08, 0.2)
	between(t, "quickest tenth, s", gaps[len(gaps)/10], 0.03, 0.075)
	between(t, "slowest fiftieth, s", gaps[len(gaps)*49/50], 0.5, 2.5)
	if n := len(empty(4).keys(Item{Detail: wish.Detail{Count: 7}})); n != 7 {
		t.Errorf("asked for 7 keys, heard %d", n)
	}
	if slow, quick := len(empty(20).keys(Item{Detail: wish.Detail{Speed: 0.5}})), len(empty(20).keys(Item{Detail: wish.Detail{Speed: 2}})); quick < 3*slow {
		t.Errorf("%d keys at half the speed, %d at twice", slow, quick)
	}
}

// TestDoorCreaksThenShuts holds that the hinges are heard before the door falls into its frame, brighter than that.
func TestDoorCreaksThenShuts(t *testing.T) {
	p := event(t, Item{Kind: Door}, 6)
	e := envelope(p, paintedRate/50)
	shut := slices.Index(e, slices.Max(e))
	between(t, "second in which it shuts", float64(shut)/50, 1.4, 1.7)
	creaks := slices.Max(e[:shut-5])
	between(t, "loudest creak against that, dB", creaks-e[shut], -28, -8)
	between(t, "centroid of the creak, Hz", centroid(p.cut(0, (shut-5)*paintedRate/50), paintedRate), 700, 3500)
	s := empty(3)
	s.creak(0.2, 2.6, 0)
	_, spread := meanAndSpread(envelope(s.out.cut(paintedRate/4, 5*paintedRate/2), paintedRate/20))
	between(t, "spread of the creak's level, dB", spread, 3, 40)
}
