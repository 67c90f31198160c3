package sound

import (
	"math"
	"testing"

	"retake/internal/retake"
)

// TestRoomDecay holds that the room of somebody who talks in one is heard, the more so the longer it sounds, and that nothing is made
// of sound that never stops.
func TestRoomDecay(t *testing.T) {
	f := retake.SoundFormat{Rate: 16000, Channels: 1}
	last := 0.0
	for _, want := range []float64{0.4, 0.8, 1.6} {
		p := split(talk(f, 8*f.Rate, 5), 1)
		newReverb(16000, 0.8, want, 6000, 0.1).add(p, speakers(1), 0.7)
		got, heard := roomDecay([]planes{p}, 16000, speakers(1))
		if !heard {
			t.Fatalf("the room of %.1f s was not heard", want)
		}
		between(t, "decay over that of the room", got/want, 0.6, 1.4)
		if got < 1.25*last {
			t.Errorf("a room of %.1f s sounds for %.2f s, hardly more than the smaller one", want, got)
		}
		last = got
	}
	dry, _ := roomDecay([]planes{split(talk(f, 8*f.Rate, 5), 1)}, 16000, speakers(1))
	between(t, "decay of a dry voice, s", dry, 0.1, 0.25)
	got, heard := roomDecay([]planes{{sine(16000, 48000, 700, 0.2)}}, 16000, speakers(1))
	if heard || got != ordinaryRoom {
		t.Errorf("an even note stands in a room of %v s", got)
	}
	if _, heard := roomDecay([]planes{newPlanes(1, 48000)}, 16000, speakers(1)); heard {
		t.Error("silence has a room")
	}
}

// TestWordsStandInTheRoom holds that words in a hall ring longer than words in a dry place.
func TestWordsStandInTheRoom(t *testing.T) {
	f := retake.SoundFormat{Rate: 16000, Channels: 1}
	tail := func(decay float64) float64 {
		p := newPlanes(1, 2*f.Rate)
		copy(p[0], sine(f.Rate, f.Rate/2, 900, 0.3))
		inRoom(p, speakers(1), 16000, decay)
		return decibels(rms(p.cut(f.Rate*3/4, f.Rate)) / rms(p.cut(0, f.Rate/2)))
	}
	small, large := tail(0.25), tail(1.8)
	if !(large > small+20) || math.IsInf(large, 0) {
		t.Errorf("a quarter of a second after the last word: %.1f dB in a hall, %.1f dB in a dry place", large, small)
	}
}
