package splice

import (
	"context"
	"fmt"
	"math"

	"retake/internal/depth"
	"retake/internal/media"
)

// New pictures are to be in keeping with those around them, neither far larger nor far smaller, but never so bad that
// it is seen and never better than can be seen.
const (
	bestCRF    = 12
	worstCRF   = 24
	trialCRF   = 18
	trialSize  = 10  // frames
	crfDoubles = 6.0 // so much less doubles the rate, x264's rule
)

// Edit returns the coding of new pictures that replace a plan's: at the rate factor that is asked for, else at the one at
// which the source's own pictures would take as many bits as they do. That is tried on a few of them, from the keyframe
// before the segment on. A ceiling for the encoder would do it without a trial, but then the same pictures would not be
// encoded to the same bytes twice.
func (v *Video) Edit(ctx context.Context, tools *media.Tools, p Plan, q Quality, dir string) (Coding, error) {
	c := Coding{Preset: q.Preset, CRF: q.EditCRF}
	if p.End < p.Total {
		c.Fine = [2]int{max(p.Edit()-finePictures, 0), p.Edit()}
	}
	if c.CRF > 0 {
		return c, nil
	}
	from := v.Rank(p.From)
	to := min(from+trialSize, v.Len())
	own := 0.0
	for i, s := range v.Samples.All() {
		if d := v.Rank(i); d >= from && d < to {
			own += float64(s.Size)
		}
	}
	tried, err := v.trial(ctx, tools, p, from, to, q.Preset, dir)
	if err != nil {
		return c, fmt.Errorf("try the source's rate: %w", err)
	}
	crf := trialCRF + crfDoubles*math.Log2(tried/max(own, 1))
	c.CRF = min(max(int(math.Round(crf)), bestCRF), worstCRF)
	return c, nil
}

// trial encodes display frames [from, to) of the source and returns their size in bytes.
func (v *Video) trial(ctx context.Context, tools *media.Tools, p Plan, from, to int, preset, dir string) (float64, error) {
	dec, err := v.Decode(ctx, tools, p.From, from, to)
	if err != nil {
		return 0, err
	}
	defer dec.Close()
	enc, err := v.Encode(ctx, tools, p, Coding{Preset: preset, CRF: trialCRF}, dir, "trial")
	if err != nil {
		return 0, err
	}
	frame := depth.New(v.Format())
	for range to - from {
		if err = dec.Next(ctx, frame); err == nil {
			err = enc.Write(frame)
		}
		if err != nil {
			enc.Abort()
			return 0, err
		}
	}
	part, err := enc.Finish()
	if err != nil {
		return 0, err
	}
	size := 0.0
	for _, s := range part.video.Samples.All() {
		size += float64(s.Size)
	}
	return size, part.Close()
}
