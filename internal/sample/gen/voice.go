package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os/exec"
)

// lines are the spoken words and when they begin, in seconds.
var lines = []struct {
	at   float64
	text string
}{
	{1.3, "Once, an ox walked out of winter,"},
	{8.9, "and into the summer."},
}

// narrate mixes the spoken lines in and makes what is in the track already step back under them.
func narrate(ctx context.Context, t *track) error {
	for _, l := range lines {
		voice, err := speak(ctx, l.text)
		if err != nil {
			return fmt.Errorf("speak %q: %w", l.text, err)
		}
		long := float64(len(voice)) / rate
		for i := range t.left {
			s := float64(i) / rate
			g := 1 - 0.35*rise(l.at-0.3, l.at, s)*rise(l.at+long+0.4, l.at+long, s)
			t.left[i] *= g
			t.right[i] *= g
		}
		t.add(room(voice, 0.22), l.at, 0, 0.42)
	}
	return nil
}

// speak returns the words as mono samples at the film's rate, at a peak of 1.
func speak(ctx context.Context, text string) ([]float64, error) {
	wav, err := exec.CommandContext(ctx, "espeak-ng", "-v", "en-gb", "-s", "132", "-p", "36", "-g", "3", "--stdout", text).Output()
	if err != nil {
		return nil, err
	}
	i := bytes.Index(wav, []byte("data"))
	if len(wav) < 44 || i < 0 {
		return nil, fmt.Errorf("espeak-ng answered no WAV sound")
	}
	from := float64(binary.LittleEndian.Uint32(wav[24:]))
	body := wav[i+8:]
	in := make([]float64, len(body)/2)
	for k := range in {
		in[k] = float64(int16(binary.LittleEndian.Uint16(body[2*k:]))) / 32768
	}
	return warmed(resample(in, rate/from)), nil
}

// resample changes the rate by ratio (above 1: more samples) with a windowed sinc 32 samples wide.
func resample(in []float64, ratio float64) []float64 {
	out := make([]float64, int(float64(len(in))*ratio)+rate/3)
	for i := range out {
		at := float64(i) / ratio
		for k := int(at) - 15; k <= int(at)+16; k++ {
			if k < 0 || k >= len(in) {
				continue
			}
			d := at - float64(k)
			w := 1.0
			if d != 0 {
				w = math.Sin(math.Pi*d) / (math.Pi * d) * (0.5 + 0.5*math.Cos(math.Pi*d/16.5))
			}
			out[i] += in[k] * w
		}
	}
	return out
}

// warmed lifts the chest of the voice, eases its harsh band and brings the peak to 1.
func warmed(v []float64) []float64 {
	var chest, harsh bandpass
	top := 0.0
	for i := range v {
		v[i] += 0.5*chest.next(v[i], 210, 0.9) - 0.35*harsh.next(v[i], 3300, 0.8)
		top = math.Max(top, math.Abs(v[i]))
	}
	for i := range v {
		v[i] /= math.Max(top, 1e-9)
	}
	return v
}
