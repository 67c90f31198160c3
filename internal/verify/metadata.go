package verify

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"retake/internal/alac"
	"retake/internal/container"
	"retake/internal/flac"
	"retake/internal/h264"
	"retake/internal/hevc"
	"retake/internal/retake"
)

// changedParts names what differs between two lists of parts, each thing once.
func changedParts(a, b []container.Part) (changed []string, err error) {
	note := func(name string) {
		if !slices.Contains(changed, name) {
			changed = append(changed, name)
		}
	}
	rest := slices.Clone(b)
	for _, x := range a {
		i := slices.IndexFunc(rest, func(y container.Part) bool { return y.Path == x.Path })
		same := false
		if i >= 0 {
			if same, err = samePart(x, rest[i]); err != nil {
				return nil, fmt.Errorf("compare metadata: %w", err)
			}
			rest = slices.Delete(rest, i, i+1)
		}
		if !same {
			note(x.Name)
		}
	}
	for _, y := range rest {
		note(y.Name)
	}
	return changed, nil
}

func samePart(a, b container.Part) (bool, error) {
	if a.Body.Size() != b.Body.Size() {
		return false, nil
	}
	return equal(io.NewSectionReader(a.Body, 0, a.Body.Size()), io.NewSectionReader(b.Body, 0, b.Body.Size()))
}

// compareHeads compares all that is said of two tracks beside their samples: rotation, edit list, language, handler, user
// data.
func (c *check) compareHeads(p pair) (bool, error) {
	changed, err := changedParts(p.a.Parts(), p.b.Parts())
	if err != nil || len(changed) == 0 {
		return err == nil, err
	}
	if c.opt.AllowReencode {
		c.compareLoosely(p)
		c.noteRewritten(prefixed("the "+p.a.Name+"'s ", changed)...)
		return false, nil
	}
	c.violate("The %s's metadata changed: %s.", p.a.Name, strings.Join(changed, ", "))
	return false, nil
}

// compareLoosely compares what has to survive when a container was rewritten: rotation and language.
func (c *check) compareLoosely(p pair) {
	// Offsets by version 0 and 1 of the boxes, ISO/IEC 14496-12, 8.3.2 and 8.4.2.
	if !bytes.Equal(field(p.a, "tkhd", 40, 52, 36), field(p.b, "tkhd", 40, 52, 36)) {
		c.violate("The %s's rotation changed.", p.a.Name)
	}
	// QuickTime numbers languages below 0x400 in its own way.
	a, b := field(p.a, "mdhd", 20, 32, 2), field(p.b, "mdhd", 20, 32, 2)
	if len(a) == 2 && len(b) == 2 && a[0] >= 4 && b[0] >= 4 && a[0] < 0x7f && b[0] < 0x7f && !bytes.Equal(a, b) {
		c.violate("The %s's language changed.", p.a.Name)
	}
}

// headsNoted is compareHeads for a track that may have been re-encoded, whose rotation may be in its pictures now.
func (c *check) headsNoted(p pair) (bool, error) {
	changed, err := changedParts(p.a.Parts(), p.b.Parts())
	if err != nil || len(changed) == 0 {
		return err == nil, err
	}
	c.noteRewritten(prefixed("the "+p.a.Name+"'s ", changed)...)
	return false, nil
}

// noteRewritten collects what a rewritten container has in another form.
func (c *check) noteRewritten(what ...string) {
	for _, w := range what {
		if !slices.Contains(c.rewritten, w) {
			c.rewritten = append(c.rewritten, w)
		}
	}
}

// judgeRewriting says that the container was rewritten, which the accounts of pictures and sound then say too.
func (c *check) judgeRewriting() {
	if len(c.rewritten) == 0 {
		return
	}
	c.because("The container was rewritten; what differs there: %s.", strings.Join(c.rewritten, ", "))
	for _, t := range []*retake.TrackReport{c.report.Video, c.report.Audio} {
		if t != nil {
			t.MetadataKept = false
		}
	}
}

func prefixed(prefix string, names []string) (out []string) {
	for _, n := range names {
		out = append(out, prefix+n)
	}
	return out
}

// field returns n bytes of an MP4 track's box, at an offset that depends on the box's version.
func field(t *container.Track, kind string, v0, v1, n int) []byte {
	for _, part := range t.Parts() {
		if !strings.HasSuffix(part.Path, "/"+kind) || part.Body.Size() == 0 {
			continue
		}
		body := make([]byte, part.Body.Size())
		if _, err := part.Body.ReadAt(body, 0); err != nil {
			return nil
		}
		at := v0
		if body[0] == 1 {
			at = v1
		}
		if len(body) >= at+n {
			return body[at : at+n]
		}
	}
	return nil
}

// compareEntries compares the descriptions of two tracks' samples, but for the configuration that a splice adds to.
func (c *check) compareEntries(p pair) bool {
	if p.a.Entries == p.b.Entries && bytes.Equal(p.a.Description(), p.b.Description()) && c.soundConfigKept(p) {
		return true
	}
	if c.opt.AllowReencode && p.a.Codec == p.b.Codec && (p.a.Codec != "" || p.a.Format == p.b.Format) {
		return true // its packets and times are compared all the same
	}
	c.violate("The %s's description (size, colour, aspect or codec) changed.", p.a.Name)
	return false
}

// soundConfigKept compares the decoder configurations of FLAC and ALAC. New packets in a track change what these say of
// the sizes of packets, and FLAC's checksum of the whole.
func (c *check) soundConfigKept(p pair) bool {
	a, b := p.a.Config, p.b.Config
	if c.opt.Mode.Audio() && c.a.Audio != nil && c.a.Audio.Track == p.a {
		switch p.a.Codec {
		case container.FLAC:
			a, b = flac.Lasting(a), flac.Lasting(b)
		case container.ALAC:
			a, b = alac.Lasting(a), alac.Lasting(b)
		}
	}
	return p.a.Codec != container.FLAC && p.a.Codec != container.ALAC || bytes.Equal(a, b)
}

// parametersKept reports whether the result still has all of the original's parameter sets. Where ids are used up, one that no
// picture of the original refers to, spare, may have made room for another.
func parametersKept(a, b *container.Track, spare func() ([][]byte, error)) (bool, error) {
	if a.Format != b.Format {
		return false, nil
	}
	setsA, lengthA, errA := parameterSets(a)
	setsB, lengthB, errB := parameterSets(b)
	if errA != nil || errB != nil || len(setsA) == 0 {
		return bytes.Equal(a.Config, b.Config) && bytes.Equal(a.Description(), b.Description()), nil
	}
	missing := slices.DeleteFunc(setsA, func(set []byte) bool { return has(setsB, set) })
	if len(missing) == 0 || lengthA != lengthB {
		return lengthA == lengthB, nil
	}
	free, err := spare()
	return err == nil && !slices.ContainsFunc(missing, func(set []byte) bool { return !has(free, set) }), err
}

func has(sets [][]byte, set []byte) bool {
	return slices.ContainsFunc(sets, func(s []byte) bool { return bytes.Equal(s, set) })
}

// parameterSets returns those of an H.264 or HEVC track, and the bytes of its unit lengths. It returns none for others.
func parameterSets(t *container.Track) (sets [][]byte, lengthSize int, err error) {
	switch t.Codec {
	case container.H264:
		c, err := h264.ParseConfig(t.Config)
		if err != nil {
			return nil, 0, err
		}
		return slices.Concat(c.SPS, c.PPS), c.LengthSize, nil
	case container.HEVC:
		c, err := hevc.ParseConfig(t.Config)
		if err != nil {
			return nil, 0, err
		}
		return c.Units(), c.LengthSize, nil
	}
	return nil, 0, nil
}

// compareMovie compares what belongs to no track: movie header, user data, metadata, what stands beside them.
func (c *check) compareMovie() error {
	a, err := c.a.File.Parts()
	if err != nil {
		return fmt.Errorf("read the original's metadata: %w", err)
	}
	b, err := c.b.File.Parts()
	if err != nil {
		return fmt.Errorf("read the result's metadata: %w", err)
	}
	changed, err := changedParts(a, b)
	if err != nil || len(changed) == 0 {
		return err
	}
	if c.opt.AllowReencode {
		c.noteRewritten(prefixed("the clip's ", changed)...)
		return nil
	}
	c.violate("The clip's metadata changed: %s.", strings.Join(changed, ", "))
	return nil
}
