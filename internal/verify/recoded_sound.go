package verify

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"retake/internal/measure"
	"retake/internal/media"
	"retake/internal/retake"
)

// Bounds for sound that was re-encoded as a whole.
const (
	recodedErr  = -30.0 // dBFS, sound outside the segment
	recodedMask = 12.0  // dB below the original's sound
	soundMargin = 0.1   // seconds at the segment's edges that are left out
	soundRate   = 48000
	soundStep   = 1 // seconds compared at a time
)

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
	same, err := c.samePackets(ctx, a.Index, b.Index)
	if err != nil || same {
		return err
	}
	worst, heard, err := c.compareHeard(ctx, a, b)
	if err != nil {
		return err
	}
	c.report.Audio.TimingIdentical = heard
	if !heard {
		c.violate("The sound that was to stay is not the original's: it differs by %.0f dBFS.", worst)
	}
	reason := ""
	if c.a != nil && c.a.Audio != nil && c.a.Audio.Reason != "" {
		reason = ": " + c.a.Audio.Reason
	}
	c.because("All sound was re-encoded, because this clip's can't be replaced packet by packet%s.", reason)
	return nil
}

// samePackets reports whether all sound packets are the original's.
func (c *check) samePackets(ctx context.Context, a, b int) (bool, error) {
	pa, err := c.packets(ctx, c.pathA, a)
	if err != nil {
		return false, fmt.Errorf("read the original's packets: %w", err)
	}
	pb, err := c.packets(ctx, c.pathB, b)
	if err != nil {
		return false, fmt.Errorf("read the result's packets: %w", err)
	}
	t := c.report.Audio
	t.Total = len(pb)
	for i := range min(len(pa), len(pb)) {
		if pa[i].hash == pb[i].hash && math.Abs(pa[i].time-pb[i].time) <= timeSlack {
			t.Identical++
		}
	}
	t.TimingIdentical = t.Identical == len(pa) && len(pa) == len(pb)
	if t.TimingIdentical {
		t.OutsideIdentical, t.OutsideTotal = t.Total, t.Total
	}
	return t.TimingIdentical, nil
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

// muteSegment silences what lies in or right next to the segment, in sound that begins at a time. In a mode that
// makes no sound nothing is exempt.
func (c *check) muteSegment(samples []float32, channels int, at float64) {
	if !c.opt.Mode.Audio() {
		return
	}
	frame := func(t float64) int {
		return min(max(int((t-at)*soundRate)*channels, 0), len(samples))
	}
	clear(samples[frame(c.segment.Start-soundMargin):frame(c.segment.End+soundMargin)])
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

// readSound reads up to n little-endian float32 values; fewer, or none, at the end.
func readSound(r io.Reader, n int) ([]float32, error) {
	buf := make([]byte, 4*n)
	got, err := io.ReadFull(r, buf)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	out := make([]float32, got/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(buf[4*i:]))
	}
	return out, nil
}
