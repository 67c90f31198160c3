package sound

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"retake/internal/retake"
	"retake/internal/wish"
)

func TestSpeechSitsInTheSegment(t *testing.T) {
	for _, f := range []retake.SoundFormat{{Rate: 16000, Channels: 1}, {Rate: 16000, Channels: 6}} {
		in := clip(f, 5, 1)
		out := render(t, in, Item{Kind: Speech, Strength: 0.5, Detail: wish.Detail{Text: "one two three four"}})
		e := envelope(out, f.Rate/10)
		mean := func(from, to int) float64 { m, _ := meanAndSpread(e[from:to]); return m }
		// Four words of 0.32 s after the lead of 0.8 s: voice at 1 to 2 s, room tone at 4 s.
		between(t, "voice over room tone, dB", mean(10, 19)-mean(38, 45), 15, 60)
		between(t, "room tone before the voice, dB", mean(10, 19)-mean(3, 6), 15, 60)
		if f.Channels == 6 {
			between(t, "centre over left, dB", decibels(rms(out[2:3])/rms(out[:1])), 4, 12)
			between(t, "centre over bass channel, dB", decibels(rms(out[2:3].cut(f.Rate, 2*f.Rate))/rms(out[3:4].cut(f.Rate, 2*f.Rate))), 15, 90)
		}
	}
}

func TestSpeechIsFittedBySpeed(t *testing.T) {
	f := retake.SoundFormat{Rate: 8000, Channels: 1}
	in := clip(f, 4, 1)
	var speeds []float64
	in.Speak = func(ctx context.Context, text string, v Voice, dir string) ([]float32, int, error) {
		speeds = append(speeds, v.Speed)
		return babble(ctx, text, v, dir)
	}
	say := func(words int) ([]string, error) {
		speeds = nil
		_, warnings, err := Render(context.Background(), []Item{{Kind: Speech, Detail: wish.Detail{Text: strings.Repeat("word ", words)}}}, in, nil)
		return warnings, err
	}
	if w, err := say(10); err != nil || len(w) != 0 || len(speeds) != 1 { // 3.2 s
		t.Errorf("10 words: speeds %v, warnings %q, error %v", speeds, w, err)
	}
	if w, err := say(15); err != nil || len(w) != 1 || !strings.Contains(w[0], "faster") || speeds[len(speeds)-1] < 1.3 { // 4.8 s
		t.Errorf("15 words: speeds %v, warnings %q, error %v", speeds, w, err)
	}
	_, err := say(40) // 12.8 s, 8 s at most
	e, ok := errors.AsType[*retake.Error](err)
	if !ok || e.Field != "prompt" || !strings.Contains(e.Message, "8.4 s") || !strings.Contains(e.Message, "4.0 s") {
		t.Errorf("40 words: %v", err)
	}
	near(t, "last speed", speeds[len(speeds)-1], fastestPace, 1e-9)
	if _, err := say(1000); err == nil {
		t.Error("1000 words fit into 4 s")
	}
	speeds = nil
	_, _, err = Render(context.Background(), slices.Repeat([]Item{{Kind: Speech, Detail: wish.Detail{Text: "word word"}}}, 1000), in, nil)
	if e, ok := errors.AsType[*retake.Error](err); !ok || !strings.Contains(e.Message, "need about 7") || len(speeds) > 100 { // 2 words at 1.6 times the pace and a gap take 0.75 s
		t.Errorf("1000 things to say: %v, after %d of them were spoken", err, len(speeds))
	}
}

func TestSpeechItemsFollowOneAnother(t *testing.T) {
	f := retake.SoundFormat{Rate: 16000, Channels: 1}
	in := clip(f, 6, 1)
	in.Speak = babble
	s, _, err := speak(context.Background(), []Item{{Detail: wish.Detail{Text: "a b c d"}}, {Detail: wish.Detail{Text: "e f"}}}, in)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "length, s", float64(s.end-s.start)/16000, 6*0.32+wordsGap+0.08, 0.06)
	gap := s.start + int((4*0.32+0.04+wordsGap/2)*16000)
	near(t, "level between the two", rms(planes{s.mono[gap-800 : gap+800]}), 0, 1e-4)
}

func TestWordsOverTheOriginal(t *testing.T) {
	f := retake.SoundFormat{Rate: 16000, Channels: 1}
	in := clip(f, 6, 1)
	for i := range in.Segment {
		in.Segment[i] = 0 // a tone whose level can be told from the voice's
	}
	copy(in.Segment, sine(f.Rate, in.Frames, 5500, 0.05))
	out := render(t, in, Item{Kind: Speech, Strength: 0.5, Detail: wish.Detail{Text: "one two three four"}, Mix: true})
	level := func(from, to float64) float64 {
		p := out.cut(int(from*16000), int(to*16000)).clone()
		f := chain{bandPass(5500, 30, 16000)}
		f.run(p[0])
		return decibels(rms(p.cut(800, p.frames())))
	}
	between(t, "the original is lower under words by, dB", level(4, 5)-level(1, 2), 5, 11)
}

// TestWordsBeginInTime holds that words begin when they are asked for, and earlier, with a warning, where they don't fit then.
func TestWordsBeginInTime(t *testing.T) {
	f := retake.SoundFormat{Rate: 16000, Channels: 1}
	in := clip(f, 6, 1)
	in.Speak = babble
	item := func(words int, from float64) Item {
		return Item{Kind: Speech, Detail: wish.Detail{Text: strings.Repeat("word ", words), When: wish.When{From: wish.Moment{Seconds: from}}}}
	}
	s, warnings, err := speak(context.Background(), []Item{item(3, 0), item(3, 4)}, in)
	if err != nil || len(warnings) != 0 {
		t.Fatal(err, warnings)
	}
	near(t, "level before the second words", rms(planes{s.mono[2*16000 : 4*16000-400]}), 0, 1e-4)
	between(t, "level of the second words", rms(planes{s.mono[4*16000 : 5*16000-2000]}), 0.01, 1)
	if s, warnings, err = speak(context.Background(), []Item{item(12, 4)}, in); err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "earlier") {
		t.Fatal(err, warnings)
	}
	between(t, "first words, s", float64(s.start)/16000, 0, 1)
}

// TestDuckKeepsWhatLiesAround holds that under new words a voice in the middle goes much further than sound on the sides.
func TestDuckKeepsWhatLiesAround(t *testing.T) {
	const rate = 16000
	for name, test := range map[string]struct {
		channels, voice int
	}{"stereo": {2, -1}, "5.1": {6, 2}} {
		words := &speech{start: rate / 2, end: 3 * rate / 2}
		p := newPlanes(test.channels, 2*rate)
		voice, wide := sine(rate, 2*rate, 700, 0.1), sine(rate, 2*rate, 1900, 0.1)
		for i := range wide {
			p[0][i], p[1][i] = wide[i], -wide[i]
		}
		if test.voice < 0 {
			for i := range voice {
				p[0][i] += voice[i]
				p[1][i] += voice[i]
			}
		} else {
			copy(p[test.voice], voice)
		}
		duck(p, speakers(test.channels), words, rate)
		sum := newPlanes(1, rate/2)
		side := newPlanes(1, rate/2)
		for c := range p {
			for i := range sum[0] {
				sum[0][i] += p[c][3*rate/4+i]
			}
		}
		for i := range side[0] {
			side[0][i] = (p[0][3*rate/4+i] - p[1][3*rate/4+i]) / 2
		}
		whole := 0.1 / math.Sqrt2
		if test.voice < 0 {
			whole *= 2 // on both sides
		}
		between(t, name+": the voice falls by, dB", decibels(whole/rms(sum)), 13, 18)
		between(t, name+": what lies around falls by, dB", decibels(0.1/math.Sqrt2/rms(side)), 2, 4)
	}
}

// TestSpeakerWithoutPace holds that words of a program that minds no pace are pressed into the segment where little is missing.
func TestSpeakerWithoutPace(t *testing.T) {
	f := retake.SoundFormat{Rate: 16000, Channels: 1}
	in := clip(f, 4, 1)
	in.Speak = func(ctx context.Context, text string, v Voice, dir string) ([]float32, int, error) {
		v.Speed = 1
		return babble(ctx, text, v, dir)
	}
	say := func(words int) error {
		_, warnings, err := Render(context.Background(), []Item{{Kind: Speech, Detail: wish.Detail{Text: strings.Repeat("word ", words)}}}, in, nil)
		if err == nil && (len(warnings) != 1 || !strings.Contains(warnings[0], "spoken 15 % faster")) {
			t.Errorf("warnings: %q", warnings)
		}
		return err
	}
	if err := say(13); err != nil { // 4.2 s
		t.Errorf("13 words: %v", err)
	}
	if err := say(20); retake.CodeOf(err) != retake.CodeInvalid { // 6.4 s
		t.Errorf("20 words: %v", err)
	}
}

func TestShoutIsLouder(t *testing.T) {
	in := clip(retake.SoundFormat{Rate: 16000, Channels: 1}, 5, 1)
	loud := func(v Voice) float64 {
		out := render(t, in, Item{Kind: Speech, Strength: 0.5, Voice: v, Detail: wish.Detail{Text: "one two three four"}})
		return out.integrated(16000)
	}
	plain := loud(Voice{})
	between(t, "a shout over plain words, LU", loud(Voice{Shout: true})-plain, 3.5, 6.5)
	between(t, "a whisper under plain words, LU", plain-loud(Voice{Whisper: true}), 3.5, 6.5)
}

func TestWordsOverRainAndOnTheTelephone(t *testing.T) {
	f := retake.SoundFormat{Rate: 16000, Channels: 1}
	in := clip(f, 6, 1)
	say := Item{Kind: Speech, Strength: 0.5, Detail: wish.Detail{Text: "one two three four five six seven"}}
	out := render(t, in, say, Item{Kind: Rain, Strength: 1}).cut(8000, 88000)
	e := envelope(out, 1600)
	between(t, "words over heavy rain, dB", e[10]-e[40], 2, 30)

	out = render(t, in, say, Item{Kind: Telephone}).cut(16000, 16000+2*16000)
	between(t, "share of the telephone's band", bandShare(out, 16000, 250, 3600), 0.98, 1)
}

func TestSpeechErrors(t *testing.T) {
	in := clip(retake.SoundFormat{Rate: 8000, Channels: 1}, 2, 1)
	for name, test := range map[string]struct {
		speak SpeakFunc
		code  retake.Code
	}{
		"no synthesiser": {nil, retake.CodeUnavailable},
		"nothing to hear": {func(context.Context, string, Voice, string) ([]float32, int, error) {
			return make([]float32, 100), 22050, nil
		}, retake.CodeInvalid},
		"no sound at all": {func(context.Context, string, Voice, string) ([]float32, int, error) { return nil, 22050, nil }, retake.CodeInvalid},
		"an impossible one": {func(context.Context, string, Voice, string) ([]float32, int, error) {
			return make([]float32, 9), 0, nil
		}, retake.CodeEngine},
		"a failing one": {func(context.Context, string, Voice, string) ([]float32, int, error) { return nil, 0, errSpeech }, retake.CodeEngine},
	} {
		in.Speak = test.speak
		_, _, err := Render(context.Background(), []Item{{Kind: Speech, Detail: wish.Detail{Text: "hello"}}}, in, nil)
		if err == nil || retake.CodeOf(err) != test.code {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
	}
}

func TestTrimmed(t *testing.T) {
	x := make([]float32, 3000)
	copy(x[1000:2000], sine(8000, 1000, 440, 0.5))
	got := trimmed(x, 8000)
	near(t, "length", float64(len(got)), 1000+2*160, 3)
	if trimmed(make([]float32, 100), 8000) != nil {
		t.Error("silence has something to keep")
	}
}

func TestMatchToneMovesTowardsTheProgramme(t *testing.T) {
	const rate = 16000
	bright := planes{sine(rate, rate, 3200, 0.3)}
	bright[0] = join(bright, planes{sine(rate, rate, 400, 0.02)})[0]
	voice := func() []float32 {
		v := sine(rate, rate, 3200, 0.1)
		for i, w := range sine(rate, rate, 400, 0.1) {
			v[i] += w
		}
		return v
	}
	a, b := voice(), voice()
	matchTone(b, []planes{bright}, rate, speakers(1))
	ratio := func(x []float32) float64 {
		return bandShare(planes{x}, rate, 3000, 3400) / bandShare(planes{x}, rate, 300, 500)
	}
	between(t, fmt.Sprintf("brightness gained from %.2f, dB", ratio(a)), (decibels(ratio(b))-decibels(ratio(a)))/2, 1.5, 12)
}
