package sound

import (
	"context"
	"fmt"
	"math"
	"slices"

	"retake/internal/retake"
	"retake/internal/wish"
)

// Speech is the name of words that are spoken.
const Speech Kind = "speech"

var spoken = Entry{Kind: Speech,
	Doc:   "the words, spoken by espeak-ng or the program that is configured, fitted to the segment's length and put into the place: level and tone of the voices around, and as much room as is heard around them",
	Level: func(strength, programme float64) float64 { return within(programme, -30, -16) + 8*(strength-0.5) }}

const (
	fastestPace = 1.6  // times the asked-for speed, beyond which words run into each other
	mostSqueeze = 0.78 // of its length that a voice which minds no pace is pressed into
	leastLead   = 0.18 // seconds before the first word
	mostLead    = 0.8
	leastTail   = 0.15 // seconds after the last one
	wordsGap    = 0.35 // seconds between two items
	mostSpoken  = 1800 // seconds that are told of words that need far too long
)

// speech is what was spoken, as long as the segment.
type speech struct {
	mono       []float32
	start, end int // samples
}

// speak has the words spoken, fast enough to fit into the segment, and puts them in their place in it.
func speak(ctx context.Context, items []Item, in Input) (*speech, []string, error) {
	if in.Speak == nil {
		return nil, nil, errNoEspeak
	}
	total := float64(in.Frames) / float64(in.Format.Rate)
	room := total - leastLead - leastTail
	pace := 1.0
	timed := slices.ContainsFunc(items, func(i Item) bool { return i.When.From != wish.Moment{} })
	voice, err := speakAll(ctx, items, in, pace, timed)
	if err != nil {
		return nil, nil, err
	}
	var warnings []string
	if timed && float64(len(voice)) > room*float64(in.Format.Rate) {
		timed = false
		warnings = append(warnings, "The words don't fit into the time they were asked for, so they begin earlier.")
		if voice, err = speakAll(ctx, items, in, pace, timed); err != nil {
			return nil, nil, err
		}
	}
	length := func() float64 { return float64(len(voice)) / float64(in.Format.Rate) }
	natural := length()
	for tries := 0; length() > room && pace < fastestPace && tries < 4; tries++ {
		pace = min(pace*min(length()/max(room, 0.1), 2)*1.03, fastestPace)
		if voice, err = speakAll(ctx, items, in, pace, timed); err != nil {
			return nil, nil, err
		}
	}
	if over := length() / room; over > 1 && over <= 1/mostSqueeze {
		voice = stretch(planes{voice}, 1/(over*1.01), float64(in.Format.Rate))[0]
	}
	if length() > room {
		need := math.Ceil((length()+leastLead+leastTail)*10) / 10
		return nil, nil, retake.Invalid("prompt",
			"The spoken words need about %.1f s even when spoken fast, but the segment is %.1f s long. Make the segment longer, or say less.", need, total)
	}
	if faster := natural/length() - 1; faster > 0.1 {
		warnings = append(warnings, fmt.Sprintf("The words are spoken %.0f %% faster than usual to fit into the segment.", faster*100))
	}
	lead := min(max(0.3*(total-length()), leastLead), mostLead)
	if timed {
		lead = leastLead
	}
	out := &speech{mono: make([]float32, in.Frames), start: int(lead * float64(in.Format.Rate))}
	out.end = out.start + copy(out.mono[out.start:], voice)
	return out, warnings, nil
}

// speakAll speaks the items one after another at the segment's rate; timed, none begins before its time.
func speakAll(ctx context.Context, items []Item, in Input, pace float64, timed bool) ([]float32, error) {
	var all []float32
	total := float64(in.Frames) / float64(in.Format.Rate)
	for n, item := range items {
		voice := item.Voice
		if voice.Speed <= 0 || math.IsNaN(voice.Speed) {
			voice.Speed = 1
		}
		voice.Speed *= pace
		mono, rate, err := in.Speak(ctx, item.Text, voice, in.TempDir)
		if err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if rate < minRate || rate > maxRate {
			return nil, fmt.Errorf("speak: %w", errSpeech.Because(fmt.Errorf("%d samples a second", rate)))
		}
		words := trimmed(mono, rate)
		if len(words) == 0 {
			return nil, retake.Invalid("prompt", "There is nothing to speak in %q.", item.Text)
		}
		// Far too much is not worth resampling; the caller only needs its length.
		if seconds := len(words) / rate; seconds > 4*in.Frames/in.Format.Rate+4 {
			return make([]float32, seconds*in.Format.Rate), nil
		}
		if n > 0 {
			all = append(all, make([]float32, int(wordsGap*float64(in.Format.Rate)))...)
		}
		if from, _ := item.When.Span(total); timed {
			if wait := int((from-leastLead)*float64(in.Format.Rate)) - len(all); wait > 0 {
				all = append(all, make([]float32, wait)...)
			}
		}
		one := resample(words, rate, in.Format.Rate)
		if voice.Shout {
			shouted(one, float64(in.Format.Rate))
		}
		planes{one}.toLoudness(-23+8*(item.strength()-0.5)+mannerShift(voice), in.Format.Rate, false)
		all = append(all, one...)
		// Nor are the others worth speaking: how long they are is known well enough.
		if len(all) > 4*in.Frames+4*in.Format.Rate {
			whole := float64(len(all)) * letters(items) / letters(items[:n+1])
			return make([]float32, int(min(whole, mostSpoken*float64(in.Format.Rate)))), nil
		}
	}
	return all, nil
}

// letters counts what there is to speak.
func letters(items []Item) float64 {
	n := 0
	for _, i := range items {
		n += len(i.Text)
	}
	return float64(n)
}

// mannerShift is by how many LU a manner of speaking is louder than plain speech.
func mannerShift(v Voice) float64 {
	switch {
	case v.Whisper:
		return whisperLU
	case v.Shout:
		return shoutLU
	}
	return 0
}

// shouted gives a voice the strain of one that shouts: more of what lies between 1.5 and 4 kHz, less below, evened out.
func shouted(x []float32, rate float64) {
	compress(x, rate)
	low, high := peaking(180, 0.7, -4, rate), peaking(2500, 0.7, 6, rate)
	low.run(x)
	high.run(x)
}

// trimmed cuts what is 46 dB under the peak from both ends, and softens the cuts.
func trimmed(x []float32, rate int) []float32 {
	floor := float32(planes{x}.peak() * gainOf(-46))
	from, to := 0, len(x)
	for from < to && x[from] <= floor && x[from] >= -floor {
		from++
	}
	for to > from && x[to-1] <= floor && x[to-1] >= -floor {
		to--
	}
	if from == to {
		return nil
	}
	margin := rate / 50
	from, to = max(from-margin, 0), min(to+margin, len(x))
	out := append([]float32(nil), x[from:to]...)
	for i, w := range ramp(len(out), 0, margin) {
		out[i] *= w
	}
	return out
}

// matchBands are the centres of the octaves in which a voice is fitted to the programme.
var matchBands = []float64{200, 400, 800, 1600, 3200, 6400}

// matchTone bends the voice's spectrum part of the way to that of the programme, by at most 4 dB in any octave.
func matchTone(voice []float32, around []planes, rate float64, sp []speaker) {
	programme := voiced(around, rate, sp)
	if rms(planes{programme}) < gainOf(-60) {
		return
	}
	tilt := func(x []float32) []float64 {
		levels := make([]float64, len(matchBands))
		var mean float64
		for n, hz := range matchBands {
			band := append([]float32(nil), x...)
			f := bandPass(hz, 1.4, rate)
			f.run(band)
			levels[n] = decibels(rms(planes{band}))
			mean += levels[n] / float64(len(levels))
		}
		for n := range levels {
			levels[n] -= mean
		}
		return levels
	}
	want, have := tilt(programme), tilt(voice)
	for n, hz := range matchBands {
		if hz > 0.4*rate {
			continue
		}
		f := peaking(hz, 0.9, min(max(0.4*(want[n]-have[n]), -4), 4), rate)
		f.run(voice)
	}
}

// voiced is what is heard around in the moments when most is: within 20 dB of the loudest tenth of a second, where there are
// voices, those.
func voiced(around []planes, rate float64, sp []speaker) []float32 {
	var all []float32
	for _, p := range around {
		if p.frames() > 0 {
			all = append(all, downmix(p, sp)...)
		}
	}
	size := int(rate / 10)
	top := 0.0
	for at := 0; at+size <= len(all); at += size {
		top = max(top, rms(planes{all[at : at+size]}))
	}
	var out []float32
	for at := 0; at+size <= len(all); at += size {
		if part := all[at : at+size]; rms(planes{part}) >= 0.1*top {
			out = append(out, part...)
		}
	}
	return out
}
