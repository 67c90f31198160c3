package verify

import (
	"bufio"
	"cmp"
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

// timeSlack is how far times may differ between containers, seconds: some count in milliseconds.
const timeSlack = 0.0015

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
	if err := c.recodedVideo(ctx); err != nil {
		return err
	}
	if info.Audio() != nil {
		if err := c.recodedSound(ctx); err != nil {
			return err
		}
	}
	c.lostTracks(ctx, info)
	return nil
}

// lostTracks tells of further tracks that a rewritten container doesn't have.
func (c *check) lostTracks(ctx context.Context, before *media.Info) {
	after, err := c.tools.Probe(ctx, c.pathB)
	if err != nil {
		return // said already
	}
	left := map[string]int{}
	for _, s := range after.Streams {
		left[s.Kind]++
	}
	for _, s := range before.Streams {
		if left[s.Kind]--; left[s.Kind] < 0 {
			c.because("The original's %s track could not be kept.", s.Kind)
		}
	}
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
	pa, err := c.packets(ctx, c.pathA, before.Video().Index)
	if err != nil {
		return fmt.Errorf("read the original's packets: %w", err)
	}
	pb, err := c.packets(ctx, c.pathB, after.Video().Index)
	if err != nil {
		return fmt.Errorf("read the result's packets: %w", err)
	}
	t.Total = len(pb)
	if len(pa) != len(pb) {
		c.violate("The result has %d frames where the original has %d.", len(pb), len(pa))
		return nil
	}
	for i := range pa {
		if math.Abs(pa[i].time-pb[i].time) > timeSlack {
			c.violate("Frame %d is not at the original's time: %.3f s rather than %.3f s.", i, pb[i].time, pa[i].time)
			return nil
		}
		if pa[i].hash == pb[i].hash {
			t.Identical++
			if c.side(pa[i].time) != inside {
				t.OutsideIdentical++
			}
		}
	}
	t.TimingIdentical = true
	wa, ha := before.Video().DisplaySize()
	if wb, hb := after.Video().DisplaySize(); wa != wb || ha != hb {
		c.violate("The result is %d by %d pixels where the original is %d by %d.", wb, hb, wa, ha)
		return nil
	}
	return c.compareDecoded(ctx, pa, before.Video(), after.Video())
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

// packet is a packet as ffprobe sees it: seconds from the track's first one, and the hash of its bytes.
type packet struct {
	time float64
	hash string
}

// packets returns a track's packets in presentation order.
func (c *check) packets(ctx context.Context, path string, index int) ([]packet, error) {
	out, err := c.tools.Run(ctx, media.Command{Probe: true, Args: []string{
		"-select_streams", strconv.Itoa(index), "-show_entries", "packet=pts_time,dts_time,data_hash", "-show_data_hash", "sha256", "-of", "compact=p=0", path}})
	if err != nil {
		return nil, err
	}
	var list []packet
	last := math.NaN()
	for line := range strings.Lines(string(out)) {
		hash, t := readPacket(line)
		if !math.IsNaN(t) {
			last = t // a packet with side data takes several lines; the last packets of some tracks have no time
		}
		if hash == "" {
			continue
		}
		if math.IsNaN(last) {
			return nil, errors.New("the first packet has no time")
		}
		list = append(list, packet{last, hash})
	}
	slices.SortStableFunc(list, func(a, b packet) int { return cmp.Compare(a.time, b.time) })
	for i := len(list) - 1; i >= 0; i-- {
		list[i].time -= list[0].time
	}
	return list, nil
}

// readPacket reads a line of ffprobe's compact form, key=value|key=value. What a line doesn't have is "" or NaN.
func readPacket(line string) (hash string, t float64) {
	t = math.NaN()
	for f := range strings.SplitSeq(strings.TrimSpace(line), "|") {
		key, value, _ := strings.Cut(f, "=")
		switch v, err := strconv.ParseFloat(value, 64); {
		case key == "data_hash":
			hash = value
		case err == nil && (key == "pts_time" || key == "dts_time" && math.IsNaN(t)):
			t = v
		}
	}
	return hash, t
}

// picturePipe yields the decoded pictures of a file, as they are displayed, in 8-bit 4:2:0.
func (c *check) picturePipe(ctx context.Context, path string, index int) (*media.Process, error) {
	return c.tools.Start(ctx, media.Command{Args: []string{
		"-threads", strconv.Itoa(c.tools.Threads()), "-i", path, "-map", "0:" + strconv.Itoa(index),
		"-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1"}})
}

// compareDecoded decodes both clips from end to end.
func (c *check) compareDecoded(ctx context.Context, packets []packet, a, b *media.Stream) error {
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
	spans := [3]stretch{}
	for i, p := range packets {
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
		side := c.side(p.time)
		s := &spans[side]
		if s.count++; s.count == 1 {
			s.first = i
		}
		if side == inside {
			continue
		}
		m, err := measure.Compare(x.Y, y.Y, w, h)
		if err != nil {
			return fmt.Errorf("compare frame %d: %w", i, err)
		}
		if m.PSNR < measure.MaxPSNR {
			s.changed = append(s.changed, m)
		}
	}
	for side, s := range spans {
		c.judgeStretch(side, s, packets)
	}
	t := c.report.Video
	if t.OutsideIdentical < t.OutsideTotal {
		c.because("%s outside the segment were re-encoded, because this clip's pictures can't be replaced packet by packet%s.",
			count(t.OutsideTotal-t.OutsideIdentical, "frame", "frames"), c.why())
	}
	return nil
}

// why gives the reason that the original's tables state, as a clause.
func (c *check) why() string {
	if c.a != nil && c.a.Video.Reason != "" {
		return ": " + c.a.Video.Reason
	}
	return ""
}

// Sides of a moment. In a mode that makes only sound no picture is inside.
const (
	ahead = iota
	inside
	behind
)

func (c *check) side(t float64) int {
	switch {
	case !c.opt.Mode.Video() || t < c.segment.Start-timeSlack:
		return ahead
	case t < c.segment.End-timeSlack:
		return inside
	}
	return behind
}

// stretch collects the frames on one side; changed has those that don't decode to the very same.
type stretch struct {
	first, count int
	changed      []measure.Similarity
}

func (c *check) judgeStretch(side int, s stretch, packets []packet) {
	if s.count == 0 {
		return
	}
	t := c.report.Video
	span := retake.SpanReport{Kind: [...]string{retake.SpanHead, retake.SpanEdit, retake.SpanTail}[side], First: s.first, Count: s.count,
		Start: packets[s.first].time, End: packets[min(s.first+s.count, len(packets)-1)].time}
	if side != inside {
		t.OutsideTotal += s.count
		span.Kept = len(s.changed) == 0
	}
	if len(s.changed) > 0 {
		q := average(s.changed)
		span.PSNR, span.Worst, span.SSIM = &q.mean, &q.worst, &q.ssim
		if !q.nearLossless() {
			c.violate("The re-encoded frames outside the segment are not near-lossless: %.1f dB on average, %.1f dB at worst, where %.0f and %.0f are needed.",
				q.mean, q.worst, meanPSNR, worstPSNR)
		}
	}
	t.Spans = append(t.Spans, span)
}
