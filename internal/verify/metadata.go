package verify

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"retake/internal/h264"
	"retake/internal/hevc"
	"retake/internal/mp4"
	"retake/internal/retake"
)

// leafBox is one box without children, by its path.
type leafBox struct {
	path string
	body []byte
}

// parents are the boxes whose children are compared one by one.
var parents = []string{"trak", "edts", "mdia", "minf", "dinf", "udta", "moov"}

// leaves lists the boxes in data, which was checked when the file was opened.
func leaves(data []byte, under string) (out []leafBox) {
	for len(data) >= 8 {
		size, head := uint64(binary.BigEndian.Uint32(data)), uint64(8)
		if size == 1 && len(data) >= 16 {
			size, head = binary.BigEndian.Uint64(data[8:]), 16
		}
		if size < head || size > uint64(len(data)) {
			break
		}
		path := under + "/" + string(data[4:8])
		if slices.Contains(parents, string(data[4:8])) {
			out = append(out, leaves(data[head:size], path)...)
		} else {
			out = append(out, leafBox{path, data[head:size]})
		}
		data = data[size:]
	}
	return out
}

// meanings says what a box holds, in plain words.
var meanings = map[string]string{
	"tkhd": "track header (size, rotation, duration)", "elst": "edit list", "mdhd": "media header (language, duration)",
	"hdlr": "handler", "udta": "user data", "meta": "metadata", "mvhd": "movie header", "tref": "track references", "iods": "object descriptor",
}

func meaning(path string) string {
	parts := strings.Split(path, "/")
	for _, p := range slices.Backward(parts) {
		if m, ok := meanings[p]; ok {
			return m
		}
	}
	return "box " + parts[len(parts)-1]
}

// changedBoxes names what differs between two runs of boxes, each thing once.
func changedBoxes(a, b []byte) []string {
	var changed []string
	note := func(path string) {
		if m := meaning(path); !slices.Contains(changed, m) {
			changed = append(changed, m)
		}
	}
	rest := leaves(b, "")
	for _, x := range leaves(a, "") {
		i := slices.IndexFunc(rest, func(y leafBox) bool { return y.path == x.path })
		if i < 0 || !bytes.Equal(rest[i].body, x.body) {
			note(x.path)
		}
		if i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		}
	}
	for _, y := range rest {
		note(y.path)
	}
	return changed
}

// compareHeads compares all of two tracks that is no sample table: rotation, edit list, language, handler, user data.
func (c *check) compareHeads(p pair) bool {
	a, b := p.a.Head(), p.b.Head()
	if bytes.Equal(a, b) {
		return true
	}
	if c.opt.AllowReencode {
		c.compareLoosely(p)
		return c.headsNoted(p)
	}
	c.violate("The %s's metadata changed: %s.", trackName(p.a), listed(changedBoxes(a, b)))
	return false
}

// compareLoosely compares what has to survive when a container was rewritten: rotation and language.
func (c *check) compareLoosely(p pair) {
	// Offsets by version 0 and 1 of the boxes, ISO/IEC 14496-12, 8.3.2 and 8.4.2.
	if !bytes.Equal(field(p.a, "tkhd", 40, 52, 36), field(p.b, "tkhd", 40, 52, 36)) {
		c.violate("The %s's rotation changed.", trackName(p.a))
	}
	// QuickTime numbers languages below 0x400 in its own way.
	a, b := field(p.a, "mdhd", 20, 32, 2), field(p.b, "mdhd", 20, 32, 2)
	if len(a) == 2 && len(b) == 2 && a[0] >= 4 && b[0] >= 4 && a[0] < 0x7f && b[0] < 0x7f && !bytes.Equal(a, b) {
		c.violate("The %s's language changed.", trackName(p.a))
	}
}

// headsNoted is compareHeads for a track that may have been re-encoded, whose rotation may be in its pictures now.
func (c *check) headsNoted(p pair) bool {
	a, b := p.a.Head(), p.b.Head()
	if bytes.Equal(a, b) {
		return true
	}
	c.noteRewritten(prefixed("the "+trackName(p.a)+"'s ", changedBoxes(a, b))...)
	return false
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

func prefixed(prefix string, names []string) []string {
	if len(names) == 0 {
		return []string{prefix + "order of boxes"}
	}
	var out []string
	for _, n := range names {
		out = append(out, prefix+n)
	}
	return out
}

// field returns n bytes of a track's box, at an offset that depends on the box's version.
func field(t *mp4.Track, kind string, v0, v1, n int) []byte {
	for _, l := range leaves(t.Head(), "") {
		if !strings.HasSuffix(l.path, "/"+kind) || len(l.body) == 0 {
			continue
		}
		at := v0
		if l.body[0] == 1 {
			at = v1
		}
		if len(l.body) >= at+n {
			return l.body[at : at+n]
		}
	}
	return nil
}

// compareEntries compares two tracks' sample descriptions, leaving out the child box that a splice extends.
func (c *check) compareEntries(p pair, except string) bool {
	a, b := p.a.Entry.Body, p.b.Entry.Body
	if except != "" {
		x, errA := p.a.Entry.WithChild(except, nil)
		y, errB := p.b.Entry.WithChild(except, nil)
		if errA == nil && errB == nil {
			a, b = x, y
		}
	}
	if p.a.Entries == p.b.Entries && bytes.Equal(a, b) {
		return true
	}
	if c.opt.AllowReencode && p.a.Entry.Format == p.b.Entry.Format {
		return true // its packets and times are compared all the same
	}
	c.violate("The %s's description (size, colour, aspect or codec) changed.", trackName(p.a))
	return false
}

// parametersKept reports whether the result still has all of the original's parameter sets.
func parametersKept(a, b mp4.SampleEntry) bool {
	if a.Format != b.Format {
		return false
	}
	setsA, lengthA, errA := parameterSets(a)
	setsB, lengthB, errB := parameterSets(b)
	if errA != nil || errB != nil || len(setsA) == 0 {
		return bytes.Equal(a.Body, b.Body)
	}
	for _, set := range setsA {
		if !slices.ContainsFunc(setsB, func(s []byte) bool { return bytes.Equal(s, set) }) {
			return false
		}
	}
	return lengthA == lengthB
}

// configBox names the child box that holds a picture track's parameter sets, to which a splice adds.
func configBox(e mp4.SampleEntry) string {
	if e.Format == "hvc1" || e.Format == "hev1" {
		return "hvcC"
	}
	return "avcC"
}

// parameterSets returns those of an H.264 or HEVC track, and the bytes of its unit lengths. It returns none for others.
func parameterSets(e mp4.SampleEntry) (sets [][]byte, lengthSize int, err error) {
	switch e.Format {
	case "avc1", "avc3":
		c, err := h264.ParseConfig(e.Child(configBox(e)))
		if err != nil {
			return nil, 0, err
		}
		return slices.Concat(c.SPS, c.PPS), c.LengthSize, nil
	case "hvc1", "hev1":
		c, err := hevc.ParseConfig(e.Child(configBox(e)))
		if err != nil {
			return nil, 0, err
		}
		return c.Units(), c.LengthSize, nil
	}
	return nil, 0, nil
}

// compareMovie compares what belongs to no track: movie header, user data, metadata.
func (c *check) compareMovie() error {
	metadata := ""
	if a, b := c.a.File.Metadata(), c.b.File.Metadata(); !bytes.Equal(a, b) {
		metadata = listed(changedBoxes(a, b))
	}
	a, b := c.a.File.MovieHeader(), c.b.File.MovieHeader()
	if len(c.a.File.Tracks) != len(c.b.File.Tracks) && len(a) == len(b) && len(a) > 4 {
		a, b = a[:len(a)-4], b[:len(b)-4] // next_track_ID grows with an added track
	}
	if c.opt.AllowReencode {
		if metadata != "" {
			c.noteRewritten("the clip's " + metadata)
		}
		if !bytes.Equal(a, b) {
			c.noteRewritten("the movie header")
		}
		if x, y := c.a.File.Brand, c.b.File.Brand; x != y {
			c.noteRewritten(fmt.Sprintf("the brand, which was %q and is %q", x, y))
		}
		return c.compareFileBoxes()
	}
	if metadata != "" {
		c.violate("The clip's metadata changed: %s.", metadata)
	}
	if !bytes.Equal(a, b) {
		c.violate("The movie header changed.")
	}
	if c.a.File.Brand != c.b.File.Brand {
		c.violate("The file was %q and is %q now.", c.a.File.Brand, c.b.File.Brand)
	}
	return c.compareFileBoxes()
}

func listed(names []string) string {
	if len(names) == 0 {
		return "the order of its boxes"
	}
	return strings.Join(names, ", ")
}
