package verify

import (
	"bytes"
	"fmt"

	"retake/internal/container"
	"retake/internal/retake"
)

// pair is a track of the original and the one of the result that stands for it. A nil a is a track that was added.
type pair struct{ a, b *container.Track }

// pair finds each track's counterpart: the same id and kind, or just the same kind in a container that was rewritten.
// A lost or foreign track is a violation, but for the sound track of a clip that had none in a mode that makes sound.
func (c *check) pair() []pair {
	var pairs []pair
	used := map[*container.Track]bool{}
	for _, a := range c.a.File.List() {
		b := c.counterpart(a, used)
		if b == nil {
			c.missing(a)
			continue
		}
		used[b] = true
		pairs = append(pairs, pair{a, b})
	}
	for _, b := range c.b.File.List() {
		switch {
		case used[b]:
		case b.Kind == container.Audio && c.a.Audio == nil && c.opt.Mode.Audio() && c.b.Audio != nil && c.b.Audio.Track == b:
			pairs = append(pairs, pair{nil, b})
		default:
			c.violate("The result has a %s that the original has not.", b.Name)
		}
	}
	return pairs
}

func (c *check) counterpart(a *container.Track, used map[*container.Track]bool) *container.Track {
	var alike *container.Track
	for _, b := range c.b.File.List() {
		if b.Kind != a.Kind || used[b] {
			continue
		}
		if b.ID == a.ID {
			return b
		}
		if alike == nil && c.opt.AllowReencode {
			alike = b
		}
	}
	return alike
}

// missing notes a track that the result doesn't have.
func (c *check) missing(a *container.Track) {
	if c.opt.AllowReencode && a.Kind != container.Video && a.Kind != container.Audio {
		c.because("The original's %s could not be kept.", a.Name)
		c.report.Others = append(c.report.Others, retake.OtherReport{Kind: a.Name})
		return
	}
	c.violate("The original's %s is missing in the result.", a.Name)
}

// foreign reports whether a track that can't be spliced got another codec, as a rewritten container can't hold each one.
func foreign(p pair, obstacle string) bool {
	return obstacle != "" && p.a.Format != p.b.Format
}

// diff is what differs between two tracks, by decode index.
type diff struct {
	a, b           *container.Samples
	clockA, clockB int64 // ticks a second
	rewritten      bool  // a rewritten container may count in other ticks, and end the last packet at another moment
	shift          int64 // ticks by which it counts from an earlier moment than the original's, where they count in the same
	sameBytes      []bool
	sameTimes      []bool // decode and presentation time, duration, keyframe flag
}

// tick reports whether two moments are the same, each by its own track's clock.
func (d *diff) tick(a, b int64) bool {
	if d.clockA == d.clockB || !d.rewritten {
		return a == b
	}
	return a*d.clockB == b*d.clockA
}

// moment is tick for times rather than durations.
func (d *diff) moment(a, b int64) bool { return d.tick(a+d.shift, b) }

// shown reports whether packet j of the result is shown when packet i of the original is.
func (d *diff) shown(i, j int) bool { return d.moment(d.a.PTS(i), d.b.PTS(j)) }

// sameTime reports whether packet j of the result is decoded when packet i of the original is, and lasts as long.
// ffmpeg works out the last packet's duration anew when it writes a container, from the edit list or the track's.
func (d *diff) sameTime(i, j int) bool {
	x, y := d.a.At(i), d.b.At(j)
	last := i == d.a.Len()-1 && j == d.b.Len()-1
	return d.moment(x.DTS, y.DTS) && (d.tick(int64(x.Duration), int64(y.Duration)) || d.rewritten && last)
}

// same reports whether packet i is the original's in bytes and times.
func (d *diff) same(i int) bool { return d.sameBytes[i] && d.sameTimes[i] }

// identical counts identical packets in [from, to).
func (d *diff) identical(from, to int) (n int) {
	for i := from; i < to; i++ {
		if d.same(i) {
			n++
		}
	}
	return n
}

// beginning returns the ticks of a track at which its clip begins. ffmpeg puts it at 0 in what it writes, wherever Opus's delay had
// it before.
func beginning(t *container.Track) int64 {
	origin, delay, _ := t.Origin()
	return origin - delay
}

// compareSamples compares two tracks packet by packet, holding one packet of each in memory. A nil diff means that
// they have different numbers of packets, which is noted as a violation in the words given.
func (c *check) compareSamples(p pair, unit string) (*diff, error) {
	d := &diff{clockA: int64(p.a.Timescale), clockB: int64(p.b.Timescale), rewritten: c.opt.AllowReencode}
	var err error
	if d.a, err = p.a.Samples(); err != nil {
		return nil, fmt.Errorf("read original: %w", err)
	}
	if d.b, err = p.b.Samples(); err != nil {
		c.violate("The result's %s can't be read: %s.", p.b.Name, plain(err))
		return nil, nil
	}
	if d.a.Len() != d.b.Len() {
		c.violate("The result's %s has %d %s where the original has %d.", p.a.Name, d.b.Len(), unit, d.a.Len())
		return nil, nil
	}
	if d.rewritten && d.clockA == d.clockB && d.a.Len() > 0 && d.a.PTS(0) != d.b.PTS(0) {
		d.shift = beginning(p.b) - beginning(p.a)
	}
	d.sameBytes, d.sameTimes = make([]bool, d.a.Len()), make([]bool, d.a.Len())
	var bufA, bufB []byte
	for i, x := range d.a.All() {
		y := d.b.At(i)
		d.sameTimes[i] = d.sameTime(i, i) && d.shown(i, i) && x.Sync == y.Sync
		if x.Size != y.Size {
			continue
		}
		if bufA, err = c.a.File.ReadSample(x, bufA); err != nil {
			return nil, fmt.Errorf("read original: %w", err)
		}
		if bufB, err = c.b.File.ReadSample(y, bufB); err != nil {
			return nil, fmt.Errorf("read result: %w", err)
		}
		d.sameBytes[i] = bytes.Equal(bufA, bufB)
	}
	return d, nil
}

// account starts a track's report with what can be said of any track.
func (c *check) account(p pair, d *diff) *retake.TrackReport {
	t := &retake.TrackReport{Codec: p.b.Format, Total: d.b.Len(), Identical: d.identical(0, d.b.Len()), TimingIdentical: p.a.Timescale == p.b.Timescale || d.rewritten}
	for i := range d.a.Len() {
		if !d.sameTime(i, i) {
			t.TimingIdentical = false
		}
	}
	return t
}

// other compares a track that no mode edits.
func (c *check) other(p pair) error {
	d, err := c.compareSamples(p, "samples")
	if err != nil {
		return err
	}
	kept := d != nil && d.identical(0, d.a.Len()) == d.a.Len()
	if d != nil && !kept {
		n := d.a.Len()
		c.violate("The %s changed: %s of %d differ.", p.a.Name, count(n-d.identical(0, n), "sample", "samples"), n)
	}
	same, err := c.compareHeads(p)
	if err != nil {
		return err
	}
	if !same && !c.opt.AllowReencode || !c.compareEntries(p) {
		kept = false
	}
	c.report.Others = append(c.report.Others, retake.OtherReport{Kind: p.a.Name, Identical: kept})
	return nil
}
