package sound

import (
	"slices"
	"testing"
)

func TestPeopleAndEngines(t *testing.T) {
	clapping := painted(t, Applause, 0.5, 6, 1)
	between(t, "applause between 500 Hz and 4 kHz", bandShare(clapping, paintedRate, 500, 4000), 0.7, 1)
	between(t, "correlation of applause", correlation(clapping[0], clapping[1]), -0.3, 0.85)
	voices := painted(t, Murmur, 0.5, 6, 1)
	between(t, "murmur between 150 Hz and 3 kHz", bandShare(voices, paintedRate, 150, 3000), 0.85, 1)
	between(t, "correlation of a murmur", correlation(voices[0], voices[1]), -0.3, 0.9)
	quiet, loud := painted(t, Murmur, 0.5, 6, 1), painted(t, Crowd, 0.5, 6, 1)
	_, few := meanAndSpread(envelope(quiet.cut(2*paintedRate, 6*paintedRate), paintedRate/10))
	_, many := meanAndSpread(envelope(loud.cut(2*paintedRate, 6*paintedRate), paintedRate/10))
	if many > 0.9*few {
		t.Errorf("a crowd's level moves by %.1f dB, that of a few by %.1f dB", many, few)
	}
	between(t, "engine below 500 Hz", bandShare(painted(t, Engine, 0.3, 6, 1), paintedRate, 0, 500), 0.8, 1)
	e := envelope(painted(t, Aeroplane, 0.5, 16, 1), paintedRate)
	top := slices.Index(e, slices.Max(e))
	between(t, "second in which an aeroplane is nearest", float64(top), 5, 10)
	between(t, "swell of an aeroplane, dB", e[top]-max(e[0], e[len(e)-1]), 4, 30)
}

// TestLaughter holds that laughter is of voices, in short calls with breath between: its level moves more than that of people who talk.
func TestLaughter(t *testing.T) {
	laughs, talk := painted(t, Laughter, 0.1, 8, 1), painted(t, Murmur, 0.1, 8, 1)
	between(t, "laughter between 150 Hz and 4 kHz", bandShare(laughs, paintedRate, 150, 4000), 0.85, 1)
	_, calls := meanAndSpread(envelope(laughs.cut(paintedRate, 8*paintedRate), paintedRate/50))
	_, words := meanAndSpread(envelope(talk.cut(paintedRate, 8*paintedRate), paintedRate/50))
	if calls < words+1 {
		t.Errorf("the level of laughter moves by %.1f dB, that of talk by %.1f dB", calls, words)
	}
}
