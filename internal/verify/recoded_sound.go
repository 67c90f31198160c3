package verify

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"retake/internal/measure"
	"retake/internal/media"
	"retake/internal/pcm"
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
	if c.a != nil && c.a.Audio != nil && c.b.Audio != nil {
		same, err := c.headsNoted(pair{c.a.Audio.Track, c.b.Audio.Track})
		if err != nil {
			return err
		}
		c.report.Audio.MetadataKept = same && c.report.Audio.MetadataKept
	}
	same, err := c.samePackets(ctx, before, after)
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
	switch t := c.report.Audio; {
	case t.Identical == 0 && c.opt.Explained:
	case t.Identical == 0:
		c.because("All sound was re-encoded, because this clip's can't be replaced packet by packet%s.", reason)
	case t.OutsideIdentical < t.OutsideTotal:
		c.because("%s of sound outside the segment %s re-encoded.",
			count(t.OutsideTotal-t.OutsideIdentical, "packet", "packets"), was(t.OutsideTotal-t.OutsideIdentical))
	}
	return nil
}

// samePackets counts the sound packets that are the original's, and reports whether all are.
func (c *check) samePackets(ctx context.Context, before, after *media.Info) (bool, error) {
	pa, err := c.soundPackets(ctx, c.pathA, before)
	if err != nil {
		return false, fmt.Errorf("read the original's packets: %w", err)
	}
	pb, err := c.soundPackets(ctx, c.pathB, after)
	if err != nil {
		return false, fmt.Errorf("read the result's packets: %w", err)
	}
	t := c.report.Audio
	t.Total = len(pb)
	origin := before.Start
	next := 0
	for _, p := range pa {
		for next < len(pb) && pb[next].time < p.time-timeSlack {
			next++
		}
		kept := false
		for k := next; k < len(pb) && pb[k].time <= p.time+timeSlack && !kept; k++ {
			kept = p.same(pb[k])
		}
		if kept {
			t.Identical++
		}
		start := p.start - origin
		if c.opt.Mode.Audio() && start < c.segment.End && start+p.last > c.segment.Start {
			continue
		}
		if t.OutsideTotal++; kept {
			t.OutsideIdentical++
		}
	}
	t.TimingIdentical = t.Identical == len(pa) && len(pa) == len(pb)
	return t.TimingIdentical, nil
}

// soundPackets returns a file's sound packets. AAC in MPEG-TS has a header in each packet that MP4 has not; it is left
// out, so that the same sound has the same hash.
func (c *check) soundPackets(ctx context.Context, path string, info *media.Info) ([]packet, error) {
	a := info.Audio()
	if info.Format != "mpegts" || a.Codec != "aac" {
		return c.packets(ctx, path, a.Index)
	}
	out, err := c.tools.Run(ctx, media.Command{Args: []string{"-copyts", "-i", path, "-map", "0:" + strconv.Itoa(a.Index),
		"-c", "copy", "-bsf:a", "aac_adtstoasc", "-f", "framehash", "-hash", "sha256", "pipe:1"}})
	if err != nil {
		return nil, err
	}
	return readFrameHash(string(out))
}

// readFrameHash reads ffmpeg's list of stream, dts, pts, duration, size and hash.
func readFrameHash(out string) ([]packet, error) {
	base := 0.0
	var list []packet
	for line := range strings.Lines(out) {
		if tb, ok := strings.CutPrefix(strings.TrimSpace(line), "#tb 0: "); ok {
			num, den, _ := strings.Cut(tb, "/")
			n, _ := strconv.ParseFloat(num, 64)
			if d, _ := strconv.ParseFloat(den, 64); d > 0 {
				base = n / d
			}
		}
		f := strings.Split(line, ",")
		if strings.HasPrefix(line, "#") || len(f) < 6 {
			continue
		}
		pts, err := strconv.ParseFloat(strings.TrimSpace(f[2]), 64)
		if err != nil {
			return nil, fmt.Errorf("read packet's time: %w", err)
		}
		lasts, _ := strconv.ParseFloat(strings.TrimSpace(f[3]), 64)
		p := packet{start: pts * base, last: lasts * base, hash: "SHA256:" + strings.TrimSpace(f[5])}
		p.time = p.start
		if len(list) > 0 {
			p.time -= list[0].start
		}
		list = append(list, p)
	}
	if len(list) > 0 {
		list[0].time = 0
	}
	return list, nil
}

// compareHeard compares the sound outside the segment second by second. kept is false when a second differs by more
// than a re-encoding may; worst is the largest difference, dBFS.
func (c *check) compareHeard(ctx context.Context, a, b *media.Stream) (worst float64, kept bool, err error) {
	pa, err := c.soundPipe(ctx, c.pathA, a)
	if err != nil {
		return 0, false, fmt.Errorf("decode original sound: %w", err)
	}
	defer pa.Close()
	pb, err := c.soundPipe(ctx, c.pathB, b)
	if err != nil {
		return 0, false, fmt.Errorf("decode result sound: %w", err)
	}
	defer pb.Close()
	ra, rb := bufio.NewReaderSize(pa.Stdout(), 1<<16), bufio.NewReaderSize(pb.Stdout(), 1<<16)
	worst, kept = measure.Silence, true
	for at := 0.0; ; at += soundStep {
		x, errA := readSound(ra, soundStep*soundRate*a.Channels)
		y, errB := readSound(rb, soundStep*soundRate*a.Channels)
		if errA != nil || errB != nil {
			return worst, false, cmp.Or(context.Cause(ctx), errors.Join(errA, errB))
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
func (c *check) soundPipe(ctx context.Context, path string, s *media.Stream) (*media.Process, error) {
	return c.tools.Start(ctx, media.Command{Args: []string{
		"-i", path, "-map", "0:" + strconv.Itoa(s.Index), "-af", "aresample=" + strconv.Itoa(soundRate) + ":async=1:first_pts=0",
		"-ac", strconv.Itoa(s.Channels), "-f", "f32le", "pipe:1"}})
}

// readSound reads up to n little-endian float32 values; fewer, or none, at the end.
func readSound(r io.Reader, n int) ([]float32, error) {
	buf := make([]byte, 4*n)
	got, err := io.ReadFull(r, buf)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	return pcm.Float32.Decode(buf[:got]), nil
}
