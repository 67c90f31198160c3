package verify

import (
	"bytes"

	"retake/internal/container"
)

// farApart is how many packets at either end are looked at for one that two clips share.
const farApart = 100

// relate says first what explains all the rest: that the two files have nothing to do with each other.
func (c *check) relate(pairs []pair) error {
	if len(c.report.Violations) == 0 {
		return nil
	}
	shared := 0
	for _, p := range pairs {
		if p.a == nil || p.a.Kind != container.Video && p.a.Kind != container.Audio {
			continue
		}
		n, err := c.shares(p)
		if err != nil {
			return err
		}
		shared += n
	}
	if shared > 0 {
		return nil
	}
	said := "The two files have nothing in common: not one packet of the original is in the result, which is another clip or was re-encoded as a whole."
	if renumbered, err := c.shares(pair{c.a.Video.Track, c.b.Video.Track}); err != nil {
		return err
	} else if renumbered > 0 {
		said = "The result has the original's packets in tracks with other numbers, so another program wrote the file anew; --allow-reencode compares what they show."
	}
	c.report.Violations = append([]string{said}, c.report.Violations...)
	return nil
}

// shares counts packets near either end that are the same in both tracks, counted from that end.
func (c *check) shares(p pair) (n int, err error) {
	a, err := p.a.Samples()
	if err != nil {
		return 0, err
	}
	b, err := p.b.Samples()
	if err != nil {
		return 0, nil // said already
	}
	var bufA, bufB []byte
	for k := range min(farApart, a.Len(), b.Len()) {
		for _, at := range [][2]int{{k, k}, {a.Len() - 1 - k, b.Len() - 1 - k}} {
			x, y := a.At(at[0]), b.At(at[1])
			if x.Size != y.Size || x.Size == 0 {
				continue
			}
			if bufA, err = c.a.File.ReadSample(x, bufA); err != nil {
				return n, err
			}
			if bufB, err = c.b.File.ReadSample(y, bufB); err != nil {
				return n, err
			}
			if bytes.Equal(bufA, bufB) {
				n++
			}
		}
	}
	return n, nil
}

// compareTags holds what the new pictures are said to be against the original's: players show pictures of another range
// or matrix at another brightness and in other colours, whatever their samples are.
func (c *check) compareTags() {
	for _, f := range c.b.Video.Tagged() {
		a := c.a.Video.Format()
		switch {
		case f.FullRange && !a.FullRange:
			c.violate("The new pictures are said to be of full range where the original's are of limited range, so they are shown with another contrast.")
		case !f.FullRange && a.FullRange:
			c.violate("The new pictures are said to be of limited range where the original's are of full range, so they are shown with another contrast.")
		case f.Matrix != a.Matrix || f.Primaries != a.Primaries || f.Transfer != a.Transfer:
			c.violate("The new pictures are said to be of another colour (matrix, primaries or transfer) than the original's.")
		default:
			continue
		}
		return
	}
}
