package mp4

import (
	"encoding/binary"
	"sync"

	"retake/internal/container"
)

// maxEdits bounds the entries of an edit list that are read.
const maxEdits = 10_000

// Edit is one entry of an edit list. Duration is in movie ticks, MediaTime in track ticks, -1 for an empty edit.
type Edit struct {
	Duration  uint64
	MediaTime int64
	Rate      int32 // 16.16 fixed point
}

// Track is one track's header and where its tables are.
type Track struct {
	container.Track
	Handler  string // vide, soun, text, sbtl, tmcd, meta …
	Duration uint64 // ticks
	Edits    []Edit
	Entry    SampleEntry

	file   *File
	box    *box
	stbl   *box
	fixed  uint32                  // bytes of every sample, 0 where they differ
	frame  uint32                  // ticks of a sample of a track that is laid out in groups, 0 for any other
	layout func() (*layout, error) // worked out once
}

// SampleEntry is the track's (first) sample description.
type SampleEntry struct {
	Format        string // avc1, hvc1, mp4a, sowt …
	Body          []byte // the whole entry, header included
	Width, Height int    // pictures
	Rate          int    // sound, samples a second
	Channels      int
}

func (f *File) readTrack(trak *box) (*Track, error) {
	t := &Track{file: f, box: trak, stbl: trak.child("mdia", "minf", "stbl")}
	if t.stbl == nil {
		return nil, malformed("a track has no sample table")
	}
	for _, kind := range []string{"saiz", "saio", "senc", "subs"} { // of each sample, by its place in the file or its number
		if t.stbl.child(kind) != nil {
			return nil, unsupported("a track has data for each sample (%s)", kind)
		}
	}
	version, b, err := fullBox(trak.child("tkhd"), 16)
	if err != nil {
		return nil, err
	}
	t.Enabled = trak.child("tkhd").body[3]&1 != 0
	if version == 1 {
		b = b[8:]
	}
	if len(b) < 12 {
		return nil, malformed("tkhd is cut short")
	}
	t.ID = uint64(binary.BigEndian.Uint32(b[8:]))
	if err := t.readMedia(); err != nil {
		return nil, err
	}
	if err := t.readEdits(); err != nil {
		return nil, err
	}
	if err := t.readEntry(); err != nil {
		return nil, err
	}
	if err := t.readSizes(); err != nil {
		return nil, err
	}
	t.layout = sync.OnceValues(t.layOut)
	t.readGroups()
	t.describe()
	return t, nil
}

func (t *Track) readMedia() error {
	version, b, err := fullBox(t.box.child("mdia", "mdhd"), 20)
	if err != nil {
		return err
	}
	if version == 1 {
		if len(b) < 28 {
			return malformed("mdhd is cut short")
		}
		t.Timescale, t.Duration = binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint64(b[20:])
	} else {
		t.Timescale, t.Duration = binary.BigEndian.Uint32(b[8:]), uint64(binary.BigEndian.Uint32(b[12:]))
	}
	if t.Timescale == 0 {
		return malformed("a track's timescale is 0")
	}
	_, b, err = fullBox(t.box.child("mdia", "hdlr"), 8)
	if err != nil {
		return err
	}
	t.Handler = string(b[4:8])
	return nil
}

func (t *Track) readEdits() error {
	elst := t.box.child("edts", "elst")
	if elst == nil {
		return nil
	}
	version, b, err := fullBox(elst, 4)
	if err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint32(b))
	b = b[4:]
	entry := 12
	if version == 1 {
		entry = 20
	}
	if n > len(b)/entry {
		return malformed("an edit list claims %d entries", n)
	}
	if n > maxEdits {
		return unsupported("an edit list of %d entries", n)
	}
	for ; n > 0; n-- {
		var e Edit
		if version == 1 {
			e.Duration, e.MediaTime = binary.BigEndian.Uint64(b), int64(binary.BigEndian.Uint64(b[8:]))
		} else {
			e.Duration, e.MediaTime = uint64(binary.BigEndian.Uint32(b)), int64(int32(binary.BigEndian.Uint32(b[4:])))
		}
		e.Rate = int32(binary.BigEndian.Uint32(b[entry-4:]))
		t.Edits = append(t.Edits, e)
		b = b[entry:]
	}
	return nil
}

func (t *Track) readEntry() error {
	_, b, err := fullBox(t.stbl.child("stsd"), 4)
	if err != nil {
		return err
	}
	t.Entries = int(binary.BigEndian.Uint32(b))
	b = b[4:]
	if t.Entries == 0 || len(b) < 16 {
		return malformed("a track has no sample description")
	}
	size := int64(binary.BigEndian.Uint32(b))
	if size < 16 || size > int64(len(b)) {
		return malformed("a sample description claims %d bytes", size)
	}
	e := SampleEntry{Format: string(b[4:8]), Body: b[:size:size]}
	switch {
	case t.Handler == "vide" && size >= visualEntrySize:
		e.Width, e.Height = int(binary.BigEndian.Uint16(b[32:])), int(binary.BigEndian.Uint16(b[34:]))
	case t.Handler == "soun" && size >= soundEntrySize:
		if e.Rate, e.Channels = soundFormat(e.Body); e.Rate == 0 { // more than the field can say
			e.Rate = int(t.Timescale)
		}
	}
	t.Entry = e
	return nil
}

// Origin returns the track time, in ticks, that is shown at movie time 0, and how many ticks of nothing come before
// it. A plain track has 0, 0; one with encoder priming a media time above 0. ok is false for an edit list that cuts,
// repeats or changes the speed, which has no single origin.
func (t *Track) Origin() (mediaTime, delay int64, ok bool) {
	edits := t.Edits
	for len(edits) > 0 && edits[0].MediaTime == -1 {
		delay += int64(edits[0].Duration * uint64(t.Timescale) / uint64(t.file.Timescale))
		edits = edits[1:]
	}
	switch len(edits) {
	case 0:
		return 0, delay, len(t.Edits) == 0
	case 1:
		return edits[0].MediaTime, delay, edits[0].Rate == 1<<16 && edits[0].MediaTime >= 0
	}
	return 0, 0, false
}

// Shown returns how many ticks of the track, from its origin on, the edit list shows.
func (t *Track) Shown() (ticks int64, limited bool) {
	if len(t.Edits) == 0 {
		return 0, false
	}
	for _, e := range t.Edits {
		if e.MediaTime >= 0 && e.Duration > 0 {
			return int64(e.Duration * uint64(t.Timescale) / uint64(t.file.Timescale)), true
		}
	}
	origin, _, _ := t.Origin()
	shown := int64(t.Duration) - origin
	return shown, shown > 0
}
