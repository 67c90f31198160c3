package verify

import (
	"bytes"
	"context"
	"fmt"

	"retake/internal/container"
	"retake/internal/measure"
	"retake/internal/retake"
)

// Bounds on the seams in the sound. The error counts when it is both loud in itself and not masked by the sound it
// lies in; the click when it stands out of its surroundings and is audible at all.
const (
	seamError   = -35.0 // dBFS
	seamMasked  = 15.0  // dB below the original's sound
	ownMargin   = 2.0   // dB above the original's difference from itself
	ownApart    = 3     // packets by which that begins elsewhere
	grossClick  = 4.0   // times the natural measure
	quietClick  = 0.05  // full scale 1
	clickMargin = 0.25  // seconds of sound decoded on either side of a seam
)

// audio gives the sound track its account.
func (c *check) audio(ctx context.Context, p pair) error {
	d, err := c.compareSamples(p, "packets")
	if err != nil {
		return err
	}
	recoded := c.opt.AllowReencode && (c.opt.Mode.Audio() || foreign(p, c.a.Audio.Reason))
	if d == nil {
		if recoded { // another codec has packets of another length
			c.report.Violations = c.report.Violations[:len(c.report.Violations)-1]
			return c.recodedSound(ctx)
		}
		c.report.Audio = &retake.TrackReport{Codec: p.b.Format, Total: p.b.Count}
		return nil
	}
	t := c.account(p, d)
	c.report.Audio = t
	for i := range d.a.Len() {
		t.TimingIdentical = t.TimingIdentical && d.shown(i, i)
	}
	s := c.soundSpan(d)
	t.OutsideTotal = d.a.Len() - (s.to - s.from)
	t.OutsideIdentical = d.identical(0, s.from) + d.identical(s.to, d.a.Len())
	inReach := d.identical(0, s.least) == s.least && d.identical(s.most, d.a.Len()) == d.a.Len()-s.most
	if recoded && (c.a.Audio.Reason != "" || !inReach) {
		return c.recodedSound(ctx)
	}
	if t.MetadataKept, err = c.compareHeads(p); err != nil {
		return err
	}
	t.ParametersKept = c.compareEntries(p)
	t.MetadataKept = t.MetadataKept && t.ParametersKept
	if !t.TimingIdentical {
		c.violate("The sound is not at the original's time.")
	}
	if n := s.least - d.identical(0, s.least); n > 0 {
		c.violate("%s of sound before the segment changed.", count(n, "packet", "packets"))
	}
	if n := d.a.Len() - s.most - d.identical(s.most, d.a.Len()); n > 0 {
		where := "after the segment"
		if !c.opt.Mode.Audio() {
			where = "in the untouched sound track"
		}
		c.violate("%s of sound %s changed.", count(n, "packet", "packets"), where)
	}
	c.describeSound(s)
	if !c.opt.Mode.Audio() || s.first == s.last || c.a.Audio.Reason != "" {
		return nil
	}
	return c.listen(ctx, s)
}

// soundSpan is what may change of a sound track and what did, in packets.
type soundSpan struct {
	start, end  int64 // the segment, sample frames on the decoder's timeline
	from, to    int   // packets that sound in the segment
	least, most int   // packets a splice may replace
	first, last int   // packets that differ: [first, last)
	total       int
	blur        int64 // sample frames behind the last packet that differs which differ with it
	exact       bool  // no sample outside the segment may differ
}

func (c *check) soundSpan(d *diff) soundSpan {
	s := soundSpan{total: d.a.Len(), first: d.a.Len()}
	for i := range d.a.Len() {
		if !d.same(i) {
			s.first, s.last = min(s.first, i), i+1
		}
	}
	s.first = min(s.first, s.last)
	if !c.opt.Mode.Audio() {
		return s // nothing may change
	}
	a := c.a.Audio
	if a.Reason != "" {
		s.from, s.to = c.packetsShown(d.a)
		s.least, s.most = s.from, s.to
		return s
	}
	s.start, s.end = a.Span(c.segment.Start, c.segment.End)
	reach := a.Reach(s.start, s.end)
	s.from, s.to, s.least, s.most, s.blur, s.exact = reach.From, reach.To, reach.Least, reach.Most, reach.Blur, reach.Exact
	return s
}

// packetsShown returns the packets that begin or end inside the segment, by the track's own clock.
func (c *check) packetsShown(samples *container.Samples) (from, to int) {
	t := c.a.Audio.Track
	origin, delay, _ := t.Origin()
	at := func(ticks int64) float64 { return float64(ticks-origin+delay) / float64(t.Timescale) }
	from = samples.Len()
	for i, s := range samples.All() {
		if at(s.DTS+int64(s.Duration)) > c.segment.Start && at(s.DTS) < c.segment.End {
			from, to = min(from, i), i+1
		}
	}
	return min(from, to), to
}

// describeSound fills in the sound track's spans.
func (c *check) describeSound(s soundSpan) {
	line := c.a.Audio.Timeline
	if line == nil {
		return
	}
	if s.first == s.last || !c.opt.Mode.Audio() {
		c.report.Audio.Spans = line.Whole(s.first == s.last)
		return
	}
	c.report.Audio.Spans = line.SoundSpans(min(s.first, s.from), s.from, s.to, max(s.last, s.to))
}

// listen decodes both clips around the segment's edges and measures what is heard there.
func (c *check) listen(ctx context.Context, s soundSpan) error {
	a, b := c.a.Audio, c.b.Audio
	if b == nil || b.Reason != "" || a.Format() != b.Format() || a.Start(s.total) != b.Start(s.total) {
		c.violate("The result's sound can't be read as the original's can.")
		return nil
	}
	if s.exact {
		if err := c.hold(ctx, s); err != nil {
			return err
		}
	}
	if s.first > 0 {
		if err := c.listenAt(ctx, s, s.start, c.a.Audio.Start(s.first), s.start, "start"); err != nil {
			return err
		}
	}
	if s.last < s.total {
		return c.listenAt(ctx, s, s.end, s.end, c.a.Audio.Start(s.last)+s.blur, "end")
	}
	return nil
}

// hold compares to the bit what lies outside the segment in packets that hold some of it.
func (c *check) hold(ctx context.Context, s soundSpan) error {
	for _, part := range []struct {
		from, to int64
		where    string
	}{{c.a.Audio.Start(s.least), s.start, "before"}, {s.end, c.a.Audio.Start(s.most), "after"}} {
		a, err := c.a.Audio.Exact(ctx, c.tools, part.from, part.to)
		if err != nil {
			return fmt.Errorf("decode original sound: %w", err)
		}
		b, err := c.b.Audio.Exact(ctx, c.tools, part.from, part.to)
		if ctx.Err() != nil {
			return err
		}
		if err != nil || !bytes.Equal(a, b) {
			c.violate("Sound right %s the segment is not the original's to the bit.", part.where)
		}
	}
	c.samples = true
	return nil
}

// listenAt measures one seam: the click at sample frame at, and how far the result is from the original in [from, to),
// which lies outside the segment but inside re-encoded packets.
func (c *check) listenAt(ctx context.Context, s soundSpan, at, from, to int64, where string) error {
	rate, channels := c.a.Audio.Format().Rate, c.a.Audio.Format().Channels
	margin := int64(clickMargin * float64(rate))
	limit := c.a.Audio.Start(s.total)
	lo, hi := max(0, min(at-margin, from)), min(limit, max(at+margin, to))
	a, err := c.a.Audio.Decode(ctx, c.tools, lo, hi)
	if err != nil {
		return fmt.Errorf("decode original sound: %w", err)
	}
	b, err := c.b.Audio.Decode(ctx, c.tools, lo, hi)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		c.violate("The result's sound can't be decoded at the segment's %s.", where)
		return nil
	}
	sharp, around := measure.Click(b, channels, rate, int(at-lo))
	own, before := measure.Click(a, channels, rate, int(at-lo))
	click := retake.NewClick(sharp, max(own, before))
	if sharp > max(quietClick, grossClick*max(around, click.Natural)) {
		c.violate("There is a click in the sound at the segment's %s.", where)
	} else {
		c.noteClick(where, click)
	}
	to = min(to, limit)
	seams := c.report.Seams
	var e *float64
	if from < to && !s.exact {
		x, y := a[int(from-lo)*channels:int(to-lo)*channels], b[int(from-lo)*channels:int(to-lo)*channels]
		v := measure.Difference(x, y)
		e = &v
		if v > seamError && v > measure.Level(x)-seamMasked {
			own, err := c.ownNoise(ctx, a, lo, from, to)
			if err != nil {
				return err
			}
			if v > own+ownMargin {
				c.violate("The sound next to the segment's %s is not the original's: it differs by %.0f dBFS.", where, v)
			}
		}
	}
	if where == "start" {
		seams.ClickIn, seams.SoundErrIn = click, e
	} else {
		seams.ClickOut, seams.SoundErrOut = click, e
	}
	return nil
}

// ownNoise returns how far the original's sound in [from, to) differs from itself, dBFS, when decoding begins
// elsewhere. Perceptual noise substitution draws noise anew in each decoding, so rain or surf at a low bit rate is
// never twice the same; whatever can't be told from that is no change. decoded is the original's sound from lo on.
func (c *check) ownNoise(ctx context.Context, decoded []float32, lo, from, to int64) (float64, error) {
	apart := c.a.Audio.Start(min(ownApart, c.a.Audio.Count())) // so that decoding really begins at another packet
	other := lo + apart
	if other > from {
		other = lo - apart
	}
	if other < 0 {
		return measure.Silence, nil
	}
	again, err := c.a.Audio.Decode(ctx, c.tools, other, to)
	if err != nil {
		return 0, fmt.Errorf("decode original sound: %w", err)
	}
	ch := int64(c.a.Audio.Format().Channels)
	return measure.Difference(decoded[(from-lo)*ch:(to-lo)*ch], again[(from-other)*ch:]), nil
}

// addedSilence is how quiet an added sound track has to be outside the segment, and edge how near to it sound may
// still be, for a fade and the encoder's spread.
const (
	addedSilence = -60.0 // dBFS
	edge         = 0.1   // seconds
	listenStep   = 10    // seconds decoded at a time
)

// addedSound checks the sound track of a clip that had none: silent outside the segment.
func (c *check) addedSound(ctx context.Context, b *container.Track) error {
	c.report.Audio = &retake.TrackReport{Codec: b.Format, Total: b.Count, TimingIdentical: true, MetadataKept: true, ParametersKept: true}
	c.because("The clip had no sound, so a sound track was added.")
	a := c.b.Audio
	if a.Reason != "" {
		c.violate("The added sound can't be checked, because %s.", a.Reason)
		return nil
	}
	start, end := a.Span(c.segment.Start-edge, c.segment.End+edge)
	limit, rate := a.Start(a.Count()), a.Format().Rate
	step := int64(listenStep * rate)
	for _, quiet := range [][2]int64{{0, start}, {end, limit}} {
		for at := quiet[0]; at < quiet[1]; at += step {
			sound, err := a.Decode(ctx, c.tools, at, min(at+step, quiet[1]))
			if err != nil {
				return fmt.Errorf("decode added sound: %w", err)
			}
			if l := measure.Level(sound); l > addedSilence {
				c.violate("The added sound track is not silent outside the segment: %.0f dBFS from %.1f s on.", l, float64(at)/float64(rate))
				return nil
			}
		}
	}
	return nil
}
