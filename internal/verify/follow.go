package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"retake/internal/depth"
	"retake/internal/measure"
	"retake/internal/media"
	"retake/internal/retake"
	"retake/internal/splice"
)

// What of a clip is followed: all of a short one, else the segment and its surroundings, however long it goes on.
const (
	wholeClip  = 40.0 // seconds
	surrounds  = 5.0  // seconds on either side
	mostBridge = 20.0 // seconds of what is re-encoded behind the segment
	levelStep  = 0.02 // seconds of sound for one level
)

// Trace is how picture and sound of two clips go along time.
type Trace struct {
	From, To  float64 // seconds that are followed
	End       float64 // of the clip, seconds
	Pictures  []Moment
	Original  []Level
	Result    []Level
	SoundNote string // why there are no levels
}

// Moment is one picture: mean luma of both in 8-bit code values, and how alike they are in luma, dB, at most
// measure.MaxPSNR.
type Moment struct{ Time, Original, Result, PSNR float64 }

// Level is how loud 20 ms of sound from a time on are, dBFS.
type Level struct{ Time, DB float64 }

// Follow decodes both clips around the segment that a report is about. The sound is that of a track, counted from 1; 0
// stands for the default one. It judges nothing. The error is a *retake.Error where one of the files can't be followed.
func Follow(ctx context.Context, tools *media.Tools, original, result string, audioTrack int, report *retake.Report) (*Trace, error) {
	a, err := splice.OpenTrack(original, audioTrack)
	if err != nil {
		return nil, unfollowable("original", readable(original, err))
	}
	defer a.Close()
	b, err := splice.OpenTrack(result, audioTrack)
	if err != nil {
		return nil, unfollowable("result", readable(result, err))
	}
	defer b.Close()
	if a.Video.Signal == nil || b.Video.Signal == nil || !sameShape(a.Video.Format(), b.Video.Format()) {
		return nil, unfollowable("result", errors.New("the pictures differ in size or kind, or can't be read packet by packet"))
	}
	t := &Trace{End: a.Video.Time(a.Video.Len())}
	t.From, t.To = around(t.End, report)
	if err := t.followPictures(ctx, tools, a.Video, b.Video); err != nil {
		return nil, fmt.Errorf("follow pictures: %w", err)
	}
	if t.Original, err = levels(ctx, tools, a.Audio, t.From, t.To); err == nil {
		t.Result, err = levels(ctx, tools, b.Audio, t.From, t.To)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		t.SoundNote = "the sound can't be decoded packet by packet"
	} else if t.Original == nil && t.Result == nil {
		t.SoundNote = "there is no sound"
	}
	return t, nil
}

func unfollowable(which string, cause error) error {
	return retake.Errorf(retake.CodeUnreadable, "There is no plot, because the %s can't be followed packet by packet: %s.", which, plain(cause)).Because(cause)
}

// readable words the error of opening a clip: what is no file of a kind that is read says nothing of the file.
func readable(path string, err error) error {
	if recognised(path) {
		return err
	}
	return errors.New("it is no MP4, MOV, MKV or WebM file")
}

// around returns the seconds that are followed.
func around(end float64, report *retake.Report) (from, to float64) {
	if end <= wholeClip {
		return 0, end
	}
	until := report.Segment.End
	if report.Video != nil {
		for _, s := range report.Video.Spans {
			if s.Kind == retake.SpanBridge {
				until = min(s.End, until+mostBridge)
			}
		}
	}
	return max(0, report.Segment.Start-surrounds), min(end, until+surrounds)
}

func (t *Trace) followPictures(ctx context.Context, tools *media.Tools, a, b *splice.Video) error {
	f := a.Format()
	whole := interval{a.FrameAt(t.From), min(a.FrameAt(t.To), a.Len(), b.Len())}
	err := sideBySide(ctx, tools, a, b, whole, func(x, y *depth.Picture) (bool, error) {
		s, err := measure.CompareDepth(x.Luma(), y.Luma(), f.Width, f.Height, f.Bits)
		t.Pictures = append(t.Pictures, Moment{Time: x.Time, PSNR: s.PSNR,
			Original: measure.MeansOf(x.Planes(), f.Bits).Y, Result: measure.MeansOf(y.Planes(), f.Bits).Y})
		return true, err
	})
	if errors.Is(err, io.EOF) { // a damaged clip is drawn as far as it goes
		return nil
	}
	return err
}

// sideBySide decodes an interval of two clips and calls f with each pair of pictures, until it returns false. Its error is
// io.EOF where a clip ends before the interval does.
func sideBySide(ctx context.Context, tools *media.Tools, a, b *splice.Video, s interval, f func(x, y *depth.Picture) (bool, error)) error {
	var decoders [2]*splice.Decoder
	for i, v := range []*splice.Video{a, b} {
		first, err := v.StartFor(s.from)
		if err == nil {
			decoders[i], err = v.Decode(ctx, tools, first, s.from, s.to)
		}
		if err != nil {
			return err
		}
		defer decoders[i].Close()
	}
	x, y := depth.New(a.Format()), depth.New(b.Format())
	for range s.to - s.from {
		if err := errors.Join(decoders[0].Next(ctx, x), decoders[1].Next(ctx, y)); err != nil {
			return err
		}
		if on, err := f(x, y); err != nil || !on {
			return err
		}
	}
	return nil
}

// levels returns how loud a track is in [from, to) seconds, nil for none.
func levels(ctx context.Context, tools *media.Tools, a *splice.Audio, from, to float64) ([]Level, error) {
	if a == nil {
		return nil, nil
	}
	if a.Reason != "" {
		return nil, errors.New(a.Reason)
	}
	first, last := a.Span(from, to)
	sound, err := a.Decode(ctx, tools, first, last)
	if err != nil {
		return nil, err
	}
	f := a.Format()
	step := max(1, int(math.Round(levelStep*float64(f.Rate)))) * f.Channels
	origin, _ := a.Span(0, 0)
	var out []Level
	for i := 0; i+step <= len(sound); i += step {
		at := float64(first-origin+int64(i/f.Channels)) / float64(f.Rate)
		out = append(out, Level{at, measure.Level(sound[i : i+step])})
	}
	return out, nil
}
