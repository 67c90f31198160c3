package verify

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"retake/internal/measure"
	"retake/internal/media"
	"retake/internal/retake"
)

// Bounds for a track that was re-encoded as a whole.
const (
	timeSlack   = 0.0015 // seconds; some containers count in milliseconds
	recodedErr  = -30.0  // dBFS, sound outside the segment
	recodedMask = 12.0   // dB below the original's sound
	soundMargin = 0.1    // seconds at the segment's edges that are left out
	soundRate   = 48000
	soundStep   = 1 // seconds compared at a time
)

// compareForeign compares clips that can't be read packet by packet. The cause is why not.
func (c *check) compareForeign(ctx context.Context, cause error) error {
	info, err := c.tools.Probe(ctx, c.pathA)
	if err != nil {
		return err
	}
	if !c.opt.AllowReencode {
		c.violate("The clip's packets can't be compared one by one: %s.", plain(cause))
		return nil
	}
	c.report.Seams = nil
	if err := c.recodedVideo(ctx); err != nil {
		return err
	}
	if info.Audio() != nil {
		return c.recodedSound(ctx)
	}
	return nil
}

// recodedVideo judges a picture track that was re-encoded as a whole: frame count, times, and every frame outside the
// segment by PSNR.
func (c *check) recodedVideo(ctx context.Context) error {
	c.report.Exact = false
	before, after, err := c.probeBoth(ctx)
	if err != nil || after == nil || after.Video() == nil {
		if err == nil {
			c.violate("The result has no pictures that can be read.")
		}
		return err
	}
	t := &retake.TrackReport{Codec: after.Video().Codec, MetadataKept: before.Video().Language == after.Video().Language}
	c.report.Video = t
	timesA, err := c.times(ctx, c.pathA, before.Video().Index)
	if err != nil {
		return fmt.Errorf("read the original's times: %w", err)
	}
	timesB, err := c.times(ctx, c.pathB, after.Video().Index)
	if err != nil {
		return fmt.Errorf("read the result's times: %w", err)
	}
	t.Total = len(timesB)
	if len(timesA) != len(timesB) {
		c.violate("The result has %d frames where the original has %d.", len(timesB), len(timesA))
		return nil
	}
	t.TimingIdentical = true
	for i := range timesA {
		if math.Abs((timesA[i]-timesA[0])-(timesB[i]-timesB[0])) > timeSlack {
			t.TimingIdentical = false
			c.violate("Frame %d is not at the original's time: %.3f s rather than %.3f s.", i, timesB[i]-timesB[0], timesA[i]-timesA[0])
			return nil
		}
	}
	wa, ha := before.Video().DisplaySize()
	if wb, hb := after.Video().DisplaySize(); wa != wb || ha != hb {
		c.violate("The result is %d by %d pixels where the original is %d by %d.", wb, hb, wa, ha)
		return nil
	}
	return c.compareDecoded(ctx, timesA, before.Video(), after.Video())
}

func (c *check) probeBoth(ctx context.Context) (before, after *media.Info, err error) {
	if before, err = c.tools.Probe(ctx, c.pathA); err != nil {
		return nil, nil, fmt.Errorf("probe original: %w", err)
	}
	if after, err = c.tools.Probe(ctx, c.pathB); err != nil && retake.CodeOf(err) != retake.CodeUnreadable {
		return nil, nil, fmt.Errorf("probe result: %w", err)
	}
	return before, after, nil
}

// times returns the presentation times of a track's packets in order, seconds.
func (c *check) times(ctx context.Context, path string, index int) ([]float64, error) {
	out, err := c.tools.Run(ctx, media.Command{Probe: true, Args: []string{
		"-select_streams", strconv.Itoa(index), "-show_entries", "packet=pts_time", "-of", "csv=p=0", path}})
	if err != nil {
		return nil, err
	}
	var times []float64
	for line := range strings.Lines(string(out)) {
		t, err := strconv.ParseFloat(strings.Trim(line, ", \r\n"), 64)
		if err != nil {
			return nil, fmt.Errorf("a packet has no time: %q", line)
		}
		times = append(times, t)
	}
	slices.Sort(times)
	return times, nil
}

// picturePipe yields the decoded pictures of a file, as they are displayed, in 8-bit 4:2:0.
func (c *check) picturePipe(ctx context.Context, path string, index int) (*media.Process, error) {
	return c.tools.Start(ctx, media.Command{Args: []string{
		"-threads", strconv.Itoa(c.tools.Threads()), "-i", path, "-map", "0:" + strconv.Itoa(index),
		"-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1"}})
}

// compareDecoded decodes both clips from end to end.
func (c *check) compareDecoded(ctx context.Context, times []float64, a, b *media.Stream) error {
	w, h := a.DisplaySize()
	format := retake.PictureFormat{Width: w, Height: h}
	pa, err := c.picturePipe(ctx, c.pathA, a.Index)
	if err != nil {
		return fmt.Errorf("decode original: %w", err)
	}
	defer pa.Close()
	pb, err := c.picturePipe(ctx, c.pathB, b.Index)
	if err != nil {
		return fmt.Errorf("decode result: %w", err)
	}
	defer pb.Close()
	ra, rb := bufio.NewReaderSize(pa.Stdout(), 1<<16), bufio.NewReaderSize(pb.Stdout(), 1<<16)
	x, y := retake.NewFrame(format), retake.NewFrame(format)
	t := c.report.Video
	spans := []*outsideSpan{{kind: retake.SpanLeadIn}, {kind: retake.SpanEdit}, {kind: retake.SpanBridge}}
	for i := range times {
		if _, err := io.ReadFull(ra, x.Data); err != nil {
			return fmt.Errorf("decode original: frame %d: %w", i, errors.Join(err, pa.Wait()))
		}
		if _, err := io.ReadFull(rb, y.Data); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			c.violate("Frame %d of the result can't be decoded.", i)
			return nil
		}
		s := spans[c.side(times[i]-times[0])]
		s.add(i)
		if s.kind == retake.SpanEdit {
			continue
		}
		m, err := measure.Compare(x.Y, y.Y, w, h)
		if err != nil {
			return fmt.Errorf("compare frame %d: %w", i, err)
		}
		s.seen = append(s.seen, m)
	}
	for _, s := range spans {
		c.judgeRecoded(t, s, times)
	}
	c.because("All pictures were re-encoded, because this clip's can't be replaced packet by packet%s.", c.why())
	return nil
}

// why gives the reason that the original's tables state, as a clause.
func (c *check) why() string {
	if c.a != nil && c.a.Video.Reason != "" {
		return ": " + c.a.Video.Reason
	}
	return ""
}

// side says where a time lies: 0 before the segment, 1 in it, 2 after it.
func (c *check) side(t float64) int {
	switch {
	case t < c.segment.Start-timeSlack:
		return 0
	case t < c.segment.End-timeSlack:
		return 1
	}
	return 2
}

// outsideSpan collects frames that belong together.
type outsideSpan struct {
	kind         string
	first, count int
	seen         []measure.Similarity
}

func (s *outsideSpan) add(i int) {
	if s.count == 0 {
		s.first = i
	}
	s.count++
}

func (c *check) judgeRecoded(t *retake.TrackReport, s *outsideSpan, times []float64) {
	if s.count == 0 {
		return
	}
	end := c.segment.End
	if last := s.first + s.count; last < len(times) {
		end = times[last] - times[0]
	} else if s.kind != retake.SpanEdit {
		end = times[len(times)-1] - times[0]
	}
	span := retake.SpanReport{Kind: s.kind, First: s.first, Count: s.count, Start: times[s.first] - times[0], End: end}
	if len(s.seen) > 0 {
		t.OutsideTotal += s.count
		q := average(s.seen)
		span.PSNR, span.Worst, span.SSIM = &q.mean, &q.worst, &q.ssim
		if !q.nearLossless() {
			c.violate("The re-encoded frames outside the segment are not near-lossless: %.1f dB on average, %.1f dB at worst, where %.0f and %.0f are needed.",
				q.mean, q.worst, meanPSNR, worstPSNR)
		}
	}
	t.Spans = append(t.Spans, span)
}

// recodedSound judges a sound track that was re-encoded as a whole, by comparing what is heard outside the segment.
func (c *check) recodedSound(ctx context.Context) error {
	c.report.Exact = false
	before, after, err := c.probeBoth(ctx)
	if err != nil {
		return err
	}
	if after == nil || after.Audio() == nil || before.Audio() == nil {
		c.violate("The original's sound track is missing in the result.")
		return nil
	}
	a, b := before.Audio(), after.Audio()
	c.report.Audio = &retake.TrackReport{Codec: b.Codec, Total: b.Frames, MetadataKept: a.Language == b.Language}
	if a.Channels != b.Channels {
		c.violate("The result's sound has %s where the original has %d.", count(b.Channels, "channel", "channels"), a.Channels)
		return nil
	}
	worst, heard, err := c.compareHeard(ctx, a, b)
	if err != nil {
		return err
	}
	c.report.Audio.TimingIdentical = heard
	if !heard {
		c.violate("The sound outside the segment is not the original's: it differs by %.0f dBFS.", worst)
	}
	reason := ""
	if c.a != nil && c.a.Audio != nil && c.a.Audio.Reason != "" {
		reason = ": " + c.a.Audio.Reason
	}
	c.because("All sound was re-encoded, because this clip's can't be replaced packet by packet%s.", reason)
	return nil
}

// compareHeard compares the sound outside the segment second by second. kept is false when a second differs by more
// than a re-encoding may; worst is the largest difference, dBFS.
func (c *check) compareHeard(ctx context.Context, a, b *media.Stream) (worst float64, kept bool, err error) {
	ra, stopA, err := c.soundPipe(ctx, c.pathA, a)
	if err != nil {
		return 0, false, fmt.Errorf("decode original sound: %w", err)
	}
	defer stopA()
	rb, stopB, err := c.soundPipe(ctx, c.pathB, b)
	if err != nil {
		return 0, false, fmt.Errorf("decode result sound: %w", err)
	}
	defer stopB()
	worst, kept = measure.Silence, true
	for at := 0.0; ; at += soundStep {
		x, errA := readSound(ra, soundStep*soundRate*a.Channels)
		y, errB := readSound(rb, soundStep*soundRate*a.Channels)
		if errA != nil || errB != nil {
			return worst, false, cmpError(ctx, errA, errB)
		}
		n := min(len(x), len(y))
		if n == 0 {
			return worst, kept, nil
		}
		x, y = x[:n], y[:n]
		c.muteSegment(x, a.Channels, at)
		c.muteSegment(y, a.Channels, at)
		if e := measure.Difference(x, y); e > worst {
			worst = e
			kept = kept && (e <= recodedErr || e <= measure.Level(x)-recodedMask)
		}
	}
}

func cmpError(ctx context.Context, errs ...error) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return errors.Join(errs...)
}

// muteSegment silences what lies in or right next to the segment, in sound that begins at a time.
func (c *check) muteSegment(samples []float32, channels int, at float64) {
	frame := func(t float64) int {
		return min(max(int((t-at)*soundRate)*channels, 0), len(samples))
	}
	clear(samples[frame(c.segment.Start-soundMargin):max(frame(c.segment.Start-soundMargin), frame(c.segment.End+soundMargin))])
}

// soundPipe yields the decoded sound of a file from its first moment on.
func (c *check) soundPipe(ctx context.Context, path string, s *media.Stream) (io.Reader, func(), error) {
	p, err := c.tools.Start(ctx, media.Command{Args: []string{
		"-i", path, "-map", "0:" + strconv.Itoa(s.Index), "-af", "aresample=" + strconv.Itoa(soundRate) + ":async=1:first_pts=0",
		"-ac", strconv.Itoa(s.Channels), "-f", "f32le", "pipe:1"}})
	if err != nil {
		return nil, nil, err
	}
	return bufio.NewReaderSize(p.Stdout(), 1<<16), func() { p.Close() }, nil
}
