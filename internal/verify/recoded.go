package verify

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"retake/internal/container"
	"retake/internal/measure"
	"retake/internal/media"
	"retake/internal/retake"
)

// timeSlack is how far times may differ between containers, seconds: some count in milliseconds.
const timeSlack = 0.0015

// compareForeign compares clips that can't be read packet by packet. The cause is why not.
func (c *check) compareForeign(ctx context.Context, cause error) error {
	info, err := c.probe(ctx, c.pathA)
	if err != nil {
		return err
	}
	if !c.opt.AllowReencode {
		c.violate("%s", refusal(c.pathA, cause))
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
	if err := c.furtherTracks(ctx, info); err != nil {
		return err
	}
	same, err := sameFile(c.pathA, c.pathB)
	if err != nil {
		return fmt.Errorf("compare files: %w", err)
	}
	if !same {
		c.noteRewritten("its headers and metadata")
	}
	c.judgeRewriting()
	return nil
}

// refusal says why an original's packets can't be compared one by one.
func refusal(path string, cause error) string {
	const instead = "; --allow-reencode compares what it shows instead."
	switch {
	case errors.Is(cause, errOtherKind):
		_, kinds, _ := strings.Cut(cause.Error(), ": ")
		return upperFirst(kinds) + ", so their packets can't be compared one by one" + instead
	case !recognised(path):
		return "The original is no MP4, MOV, MKV or WebM file, so its packets can't be compared one by one" + instead
	case errors.Is(cause, container.ErrMalformed):
		return fmt.Sprintf("The original is damaged, so its packets can't be compared one by one: %s.", plain(cause))
	}
	return fmt.Sprintf("The original's packets can't be compared one by one (%s)%s", plain(cause), instead)
}

// furtherTracks gives an account of the tracks that no mode edits: each stands for the next one of its kind.
func (c *check) furtherTracks(ctx context.Context, before *media.Info) error {
	after, err := c.probe(ctx, c.pathB)
	if err != nil {
		return context.Cause(ctx) // said already
	}
	left := further(after)
	for _, a := range further(before) {
		i := slices.IndexFunc(left, func(b *media.Stream) bool { return b.Kind == a.Kind && b.AttachedPic == a.AttachedPic })
		name := a.Name()
		if i < 0 {
			c.because("The original's %s could not be kept.", name)
			c.report.Others = append(c.report.Others, retake.OtherReport{Kind: name})
			continue
		}
		same, err := c.sameStream(ctx, a, left[i])
		if err != nil {
			return err
		}
		if left = slices.Delete(left, i, i+1); !same {
			c.because("The original's %s was rewritten in another form.", name)
		}
		c.report.Others = append(c.report.Others, retake.OtherReport{Kind: name, Identical: same})
	}
	return nil
}

// further lists the streams that are neither the pictures nor the sound that a mode edits.
func further(info *media.Info) (out []*media.Stream) {
	v, a := info.Video(), info.Audio()
	for i := range info.Streams {
		s := &info.Streams[i]
		if v != nil && s.Index == v.Index || a != nil && s.Index == a.Index {
			continue
		}
		out = append(out, s)
	}
	return out
}

// sameStream reports whether two streams have the same packets at the same times.
func (c *check) sameStream(ctx context.Context, a, b *media.Stream) (bool, error) {
	pa, errA := c.packets(ctx, c.pathA, a.Index)
	pb, errB := c.packets(ctx, c.pathB, b.Index)
	if errA != nil || errB != nil {
		return false, context.Cause(ctx) // a track without times can't be vouched for
	}
	return slices.EqualFunc(pa, pb, packet.same), nil
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
	if c.a != nil {
		same, err := c.headsNoted(pair{c.a.Video.Track, c.b.Video.Track})
		if err != nil {
			return err
		}
		t.MetadataKept = same && t.MetadataKept
	}
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
	kept := make([]bool, len(pa))
	lead := max(0, pa[0].start-before.Start) // of the earliest track, with which a rewritten file begins
	for i := range pa {
		if math.Abs(pa[i].time-pb[i].time) > timeSlack {
			c.violate("Frame %d is not at the original's time: %.3f s rather than %.3f s.", i, pb[i].time, pa[i].time)
			return nil
		}
		pa[i].time += lead
		if kept[i] = pa[i].hash == pb[i].hash; kept[i] {
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
	return c.compareDecoded(ctx, pa, kept, before.Video(), after.Video())
}

// probe looks at a clip with the sound track chosen that was edited; what a result lacks of it is found out elsewhere.
func (c *check) probe(ctx context.Context, path string) (*media.Info, error) {
	info, err := c.tools.Probe(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := info.Choose(c.opt.AudioTrack); err != nil && path == c.pathA {
		return nil, err
	}
	return info, nil
}

func (c *check) probeBoth(ctx context.Context) (before, after *media.Info, err error) {
	if before, err = c.probe(ctx, c.pathA); err != nil {
		return nil, nil, fmt.Errorf("probe original: %w", err)
	}
	if after, err = c.probe(ctx, c.pathB); err != nil && retake.CodeOf(err) != retake.CodeUnreadable {
		return nil, nil, fmt.Errorf("probe result: %w", err)
	}
	return before, after, nil
}

// packet is a packet as ffprobe sees it.
type packet struct {
	time  float64 // of presentation, seconds from the track's first one
	start float64 // of presentation, seconds by the file's clock
	last  float64 // seconds, 0 when unknown
	hash  string  // of its bytes
}

func (p packet) same(q packet) bool {
	return p.hash == q.hash && math.Abs(p.time-q.time) <= timeSlack
}

// packets returns a track's packets in presentation order, but those that an edit list leaves out.
func (c *check) packets(ctx context.Context, path string, index int) ([]packet, error) {
	out, err := c.tools.Run(ctx, media.Command{Probe: true, Args: []string{
		"-select_streams", strconv.Itoa(index), "-show_entries", "packet=pts_time,dts_time,duration_time,flags,data_hash", "-show_data_hash", "sha256", "-of", "compact=p=0", path}})
	if err != nil {
		return nil, err
	}
	var list []packet
	last := math.NaN()
	for line := range strings.Lines(string(out)) {
		hash, t, lasts, unseen := readPacket(line)
		if !math.IsNaN(t) {
			last = t // a packet with side data takes several lines; the last packets of some tracks have no time
		}
		if hash == "" || unseen {
			continue
		}
		if math.IsNaN(last) {
			return nil, errors.New("the first packet has no time")
		}
		list = append(list, packet{last, last, lasts, hash})
	}
	slices.SortStableFunc(list, func(a, b packet) int { return cmp.Compare(a.time, b.time) })
	for i := len(list) - 1; i >= 0; i-- {
		list[i].time -= list[0].time
	}
	for i := 1; i < len(list); i++ {
		if list[i].last <= 0 { // not every container says so
			list[i].last = list[i].time - list[i-1].time
		}
	}
	return list, nil
}

// readPacket reads a line of ffprobe's compact form, key=value|key=value. What a line doesn't have is "" or NaN.
// unseen says that it is decoded for the sake of others alone.
func readPacket(line string) (hash string, t, lasts float64, unseen bool) {
	t = math.NaN()
	for f := range strings.SplitSeq(strings.TrimSpace(line), "|") {
		key, value, _ := strings.Cut(f, "=")
		switch v, err := strconv.ParseFloat(value, 64); {
		case key == "data_hash":
			hash = value
		case key == "flags":
			unseen = strings.Contains(value, "D")
		case err == nil && key == "duration_time":
			lasts = v
		case err == nil && (key == "pts_time" || key == "dts_time" && math.IsNaN(t)):
			t = v
		}
	}
	return hash, t, lasts, unseen
}

// picturePipe yields the decoded pictures of a file, as they are displayed, in 8-bit 4:2:0.
func (c *check) picturePipe(ctx context.Context, path string, index int) (*media.Process, error) {
	return c.tools.Start(ctx, media.Command{Args: []string{
		"-threads", strconv.Itoa(c.tools.Threads()), "-i", path, "-map", "0:" + strconv.Itoa(index),
		"-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1"}})
}

// compareDecoded decodes both clips from end to end.
func (c *check) compareDecoded(ctx context.Context, packets []packet, kept []bool, a, b *media.Stream) error {
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
	seams := &joints{c, map[int]measure.Means{}, map[int]measure.Means{}}
	c.recoded = &recodedFrames{}
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
		seams.add(i, p.time, x, y)
		side := c.side(p.time)
		s := &spans[side]
		if s.count++; s.count == 1 {
			s.first = i
		}
		if side == inside {
			continue
		}
		same := bytes.Equal(x.Data, y.Data)
		c.recoded.count(kept[i], same)
		if same {
			continue
		}
		s.differ++
		m, err := measure.Compare(x.Y, y.Y, w, h)
		if err != nil {
			return fmt.Errorf("compare frame %d: %w", i, err)
		}
		if m.PSNR < measure.MaxPSNR {
			s.changed = append(s.changed, m)
			c.recoded.seen = append(c.recoded.seen, m)
		}
	}
	for side, s := range spans {
		c.judgeStretch(side, s, packets)
	}
	if s := spans[inside]; s.count > 0 {
		seams.judge(s.first, s.first+s.count, packets)
	}
	switch f := c.recoded; {
	case f.changed == 0:
	case c.a == nil || f.kept+f.same > 0:
		c.because("%s outside the segment %s re-encoded%s.", count(f.changed, "frame", "frames"), was(f.changed), f.how())
	default:
		c.because("%s outside the segment were re-encoded, because this clip's pictures can't be replaced packet by packet%s.",
			count(f.changed, "frame", "frames"), c.why())
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

func (c *check) side(t float64) int { return sideOf(t, c.segment, c.opt.Mode) }

func sideOf(t float64, segment retake.Segment, mode retake.Mode) int {
	switch {
	case !mode.Video() || t < segment.Start-timeSlack:
		return ahead
	case t < segment.End-timeSlack:
		return inside
	}
	return behind
}

// kinds are the spans of the sides.
var kinds = [...]string{ahead: retake.SpanHead, inside: retake.SpanEdit, behind: retake.SpanTail}

// WholeSpans lists the spans of a picture track that is compared by what it shows: when each frame is shown and
// the last one ends, in seconds. What is kept is left open.
func WholeSpans(times []float64, end float64, segment retake.Segment, mode retake.Mode) (spans []retake.SpanReport) {
	for i, t := range times {
		kind := kinds[sideOf(t, segment, mode)]
		if n := len(spans); n > 0 && spans[n-1].Kind == kind {
			spans[n-1].Count++
			continue
		} else if n > 0 {
			spans[n-1].End = t
		}
		spans = append(spans, retake.SpanReport{Kind: kind, First: i, Count: 1, Start: t, End: end})
	}
	return spans
}

// endOf returns when the packet before packet n ends.
func endOf(packets []packet, n int) float64 {
	if n < len(packets) {
		return packets[n].time
	}
	last := packets[len(packets)-1]
	return last.time + last.last
}

// stretch collects the frames on one side; changed has those that don't decode to the very same.
type stretch struct {
	first, count int
	differ       int                  // of them that don't decode to the very same
	changed      []measure.Similarity // of those whose brightness differs
}

// recodedFrames counts frames outside the segment by what became of them.
type recodedFrames struct {
	kept    int // the same packet
	same    int // another packet that decodes to the very same
	changed int
	seen    []measure.Similarity // of those that are seen to differ
}

func (f *recodedFrames) count(kept, same bool) {
	switch {
	case kept && same:
		f.kept++
	case same:
		f.same++
	default:
		f.changed++
	}
}

// how says how near to the original the changed frames are.
func (f *recodedFrames) how() string {
	if len(f.seen) == 0 {
		return ""
	}
	q := average(f.seen)
	if len(f.seen) == 1 {
		return fmt.Sprintf(", at %.1f dB", q.mean)
	}
	return fmt.Sprintf(", at %.1f dB on average, %.1f dB at worst", q.mean, q.worst)
}

func (c *check) judgeStretch(side int, s stretch, packets []packet) {
	if s.count == 0 {
		return
	}
	t := c.report.Video
	span := retake.SpanReport{Kind: kinds[side], First: s.first, Count: s.count,
		Start: packets[s.first].time, End: endOf(packets, s.first+s.count)}
	if side != inside {
		t.OutsideTotal += s.count
		span.Kept, span.Changed = s.differ == 0, s.differ
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
