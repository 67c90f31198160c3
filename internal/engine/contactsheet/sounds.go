package main

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"strings"

	"retake/internal/retake"
	"retake/internal/sound"
)

// The sheet of sounds: 16 s of each in stereo, as spectrogram from 40 Hz to 12 kHz over its waveform.
const (
	soundRate    = 32000
	soundSeconds = 16
	soundWidth   = 620
	bandHeight   = 96 // of a spectrogram
	waveHeight   = 34
	lowest       = -96.0 // dB, the darkest of a spectrogram
	perColumn    = 7
)

// repairs are drawn on what there is to mend.
var repairs = []sound.Kind{sound.DeHum, sound.DeNoise, sound.DeEss, sound.ClearerVoice}

// sounds draws every sound, and every treatment of a beat with birds over it, which repairs hear in hum and noise and mend from the middle on, onto sheets of two columns.
func sounds(ctx context.Context, out func(sheet int) string, only []string) error {
	format := retake.SoundFormat{Rate: soundRate, Channels: 2}
	in := sound.Input{Format: format, Frames: soundRate * soundSeconds, Seed: 1}
	programme, _, err := sound.Render(ctx, []sound.Item{{Kind: sound.Beat, Strength: 0.6}, {Kind: sound.Birds, Strength: 0.6}}, in, nil)
	if err != nil {
		return err
	}
	noisy, _, err := sound.Render(ctx, []sound.Item{{Kind: sound.Hum, Strength: 0.1, Mix: true}, {Kind: sound.Static, Strength: 0, Mix: true}},
		sound.Input{Format: format, Frames: in.Frames, Seed: 1, Segment: programme}, nil)
	if err != nil {
		return err
	}
	var kinds []sound.Entry
	for _, e := range sound.Entries() {
		if e.Kind != sound.Speech && e.Kind != sound.Silence && (len(only) == 0 || slices.Contains(only, string(e.Kind))) {
			kinds = append(kinds, e)
		}
	}
	sheets := 0
	for page := range slices.Chunk(kinds, 2*perColumn) {
		sheets++
		row := labels + bandHeight + waveHeight + gap
		sheet := image.NewRGBA(image.Rect(0, 0, gap+2*(soundWidth+gap), gap+(len(page)+1)/2*row))
		draw.Draw(sheet, sheet.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
		for n, e := range page {
			job, item := in, sound.Item{Kind: e.Kind, Strength: 0.6}
			if !e.Mixes() {
				job.Segment = programme
			}
			if slices.Contains(repairs, e.Kind) { // from the middle on
				job.Segment, item.When.From.Share, item.When.To.Share = noisy, 0.5, 1
			}
			made, _, err := sound.Render(ctx, []sound.Item{item}, job, nil)
			if err != nil {
				return fmt.Errorf("%s: %w", e.Kind, err)
			}
			at := image.Pt(gap+n%2*(soundWidth+gap), gap+n/2*row)
			label(sheet, at.X, at.Y+5, fmt.Sprintf("%s  %.1f LUFS, peak %.1f dB", e.Kind, sound.Loudness(made, format), sound.TruePeak(made, format)))
			drawSpectrum(sheet, at.Add(image.Pt(0, labels)), sound.Spectrogram(made, format, 40, 12000, bandHeight, soundWidth))
			drawWave(sheet, at.Add(image.Pt(0, labels+bandHeight)), made)
		}
		if err := save(out(sheets), sheet); err != nil {
			return err
		}
	}
	return nil
}

func drawSpectrum(sheet *image.RGBA, at image.Point, level [][]float64) {
	for y, row := range level {
		for x, db := range row {
			v := min(max(1-(db+20)/(lowest+20), 0), 1)
			shade := func(from, to float64) uint8 { return uint8(255 * min(max((v-from)/(to-from), 0), 1)) }
			sheet.SetRGBA(at.X+x, at.Y+y, color.RGBA{shade(0.25, 0.7), shade(0.5, 1), shade(0, 0.4) / 2, 0xff})
		}
	}
}

func drawWave(sheet *image.RGBA, at image.Point, stereo []float32) {
	for x := range soundWidth {
		var lo, hi float32
		for _, v := range stereo[len(stereo)*x/soundWidth : len(stereo)*(x+1)/soundWidth] {
			lo, hi = min(lo, v), max(hi, v)
		}
		middle := at.Y + waveHeight/2
		for y := middle - int(hi*waveHeight/2); y <= middle-int(lo*waveHeight/2); y++ {
			sheet.SetRGBA(at.X+x, y, ink)
		}
	}
}

// parted splits a list of rows; nothing is none.
func parted(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, "|")
}
