package browser

import "testing"

func TestSignInShowsTheSample(t *testing.T) {
	s := startWhole(t)
	p := open(t, s, 1440, 900)
	p.signIn()
	if got := p.text(".source .what strong"); got != "winter_summer_ox.mp4" {
		t.Errorf("the clip is %q", got)
	}
}
