package splice

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"retake/internal/hevc"
	"retake/internal/media"
	"retake/internal/nal"
)

// hevcCodec is HEVC. New pictures have parameter sets of their own beside the track's. x265 takes no ids, so theirs are
// changed, and with them the head of each slice.
type hevcCodec struct {
	config *hevc.Config
	sets   *hevc.Sets
	seen   map[uint32]bool    // sequence parameter sets that slices refer to
	unused nal.SetIDs         // sets that none refers to, where ids are short
	ids    map[*Part]hevc.IDs // of new pictures, once join has chosen them
}

func openHEVC(config []byte) (codec, error) {
	c, err := hevc.ParseConfig(config)
	if err != nil {
		return nil, err
	}
	h := &hevcCodec{config: c, sets: &hevc.Sets{}}
	if c.HasSets() { // else they are inside the stream
		h.sets, err = c.Sets()
	}
	return units{h}, err
}

// hevcOf returns the codec of a part that was encoded as HEVC.
func hevcOf(p *Part) *hevcCodec { return p.video.codec.(units).unitFormat.(*hevcCodec) }

func (*hevcCodec) name() string { return "HEVC" }

func (h *hevcCodec) head() [][]byte { return h.config.Units() }

func (h *hevcCodec) lengthSize() int { return h.config.LengthSize }

func (*hevcCodec) isSlice(unit []byte) bool { return hevc.IsSlice(unit) }

func (*hevcCodec) isSet(unit []byte) bool { return hevc.IsSet(unit) }

func (h *hevcCodec) has(set []byte) bool { return h.config.Has(set) }

func (h *hevcCodec) learn(sets [][]byte) bool {
	if len(sets) == 0 {
		return true
	}
	c, err := h.config.With(sets)
	if err != nil {
		return false
	}
	read, err := c.Sets()
	if err == nil {
		h.config, h.sets = c, read
	}
	return err == nil
}

func (h *hevcCodec) signals() (all []*nal.Signal) {
	for s := range h.sets.All() {
		all = append(all, &s.Signal)
	}
	return all
}

func (h *hevcCodec) order() func([]byte) (*nal.Signal, int, int, bool, error) {
	var order hevc.Order
	h.seen = map[uint32]bool{}
	return func(unit []byte) (*nal.Signal, int, int, bool, error) {
		slice, err := h.sets.Slice(unit)
		if err != nil {
			return nil, 0, 0, false, err
		}
		h.seen[slice.SPS] = true
		period, count := order.Next(slice)
		return &slice.Stream.Signal, period, count, slice.First, nil
	}
}

func (h *hevcCodec) unsupported() string {
	if h.config.Ambiguous() {
		return "two of its HEVC parameter sets have one id"
	}
	for s := range h.sets.All() {
		if s.Profile != 1 && s.Profile != 2 && s.Profile != 4 { // main, main 10, range extensions
			return fmt.Sprintf("its HEVC profile is %d", s.Profile)
		}
	}
	return ""
}

func (*hevcCodec) begins(units [][]byte) Start {
	switch {
	case slices.ContainsFunc(units, hevc.IsIDR):
		return ClosedStart
	case slices.ContainsFunc(units, hevc.IsCRA):
		return OpenStart
	}
	return NoStart
}

// isSpare: whether a picture is referred to depends on the layers above its own, so none is left out.
func (*hevcCodec) isSpare([]byte) bool { return false }

func (*hevcCodec) isSkipped(slice []byte) bool { return hevc.IsSkipped(slice) }

func (*hevcCodec) metadata(units [][]byte) nal.Metadata { return hevc.Metadata(units) }

func (*hevcCodec) carryUnits(units [][]byte) [][]byte { return hevc.BreakLink(units) }

func (*hevcCodec) decoder() []string { return []string{"-f", "hevc"} }

func (h *hevcCodec) encoder(v *Video, p Plan, tools *media.Tools, how Coding) ([]string, error) {
	s := v.Signal
	params := []string{"log-level=error", "info=0", "open-gop=0", fmt.Sprintf("keyint=%d", v.keyint()), fmt.Sprintf("pools=%d", tools.Threads())}
	switch {
	case p.Depth == 0:
		params = append(params, "bframes=0")
	case p.Depth == 1:
		params = append(params, "b-pyramid=0")
	}
	params = append(params, v.colourParams("range=full")...)
	if how.MaxQP > 0 {
		params = append(params, fmt.Sprintf("qpmax=%d", how.MaxQP))
	}
	if how.Lossless {
		params = append(params, "lossless=1")
	}
	var aspect []string
	if s.SARWidth > 0 && s.SARHeight > 0 {
		aspect = []string{"-vf", fmt.Sprintf("setsar=%d/%d", s.SARWidth, s.SARHeight)} // x265's own option has a colon
	}
	return append(aspect, "-c:v", "libx265", "-preset", how.Preset, "-crf", fmt.Sprint(how.CRF), "-tag:v", "hvc1",
		"-x265-params", strings.ToLower(strings.Join(params, ":"))), nil // x264 writes GBR and YCgCo, x265 does not
}

func (*hevcCodec) caution() string {
	return "The pictures beside the segment are lossless HEVC, at a higher rate than their level allows. Hardware decoders, and with them Safari, may stutter there or refuse the clip."
}

// join shares the sets that the track has already: x265's of the same settings, and those of an earlier edit.
func (h *hevcCodec) join(_ *Video, _ Plan, parts []*Part) ([]byte, error) {
	level := h.config.Level()
	for _, part := range parts {
		if l := hevcOf(part).config.Level(); l < hevc.NoLevel {
			level = max(level, l)
		}
	}
	h.ids = map[*Part]hevc.IDs{}
	joined, spare := h.config, maps.Clone(h.unused)
	for _, part := range parts {
		// Without loss x265 keeps to no level, and decoders refuse a stream that says so before they try.
		c, err := hevcOf(part).config.AtLevel(level)
		if err != nil {
			return nil, err
		}
		if joined, h.ids[part], err = joined.Adopt(c, spare); err != nil {
			return nil, fmt.Errorf("parameter sets of the new pictures: %w", err)
		}
	}
	return joined.Bytes(), nil
}

func (*hevcCodec) inside(*Part) [][]byte { return nil }

func (h *hevcCodec) crowded() bool { return !h.config.Room(mostSets, nil) }

func (h *hevcCodec) relieve(named map[uint32]bool, sets [][]byte) (room bool, err error) {
	h.unused, err = h.config.Spare(named, sets)
	return h.config.Room(mostSets, h.unused), err
}

func (h *hevcCodec) spares() [][]byte { return h.config.Named(h.unused) }

func (h *hevcCodec) names(slice []byte) (uint32, error) {
	head, err := h.sets.Slice(slice)
	return head.PPS, err
}

func (h *hevcCodec) sequences() int { return len(h.seen) }

func (h *hevcCodec) adoptUnits(part *Part, units [][]byte) ([][]byte, bool, error) {
	out := make([][]byte, len(units))
	for i, u := range units {
		var err error
		if out[i], err = hevc.RenameSlice(u, h.ids[part].PPS); err != nil {
			return nil, false, err
		}
	}
	return out, true, nil
}

// separateUnits: keyframes in a row need no telling apart.
func (*hevcCodec) separateUnits(*Video, Plan, []accessUnit) error { return nil }
