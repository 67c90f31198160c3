package splice

import (
	"fmt"
	"slices"
	"strings"

	"retake/internal/depth"
	"retake/internal/h264"
	"retake/internal/media"
	"retake/internal/nal"
)

// avc is H.264. New pictures have picture parameter sets of their own beside the track's. Their sequence parameter set is
// the track's where x264 can be made to keep to that one, which every player takes; else another of their own.
type avc struct {
	config *h264.Config
	sets   *h264.Sets
	seen   map[uint32]bool // sequence parameter sets that slices refer to
	unused nal.SetIDs      // sets that none refers to, where ids are short

	joined *h264.Sets // once join has placed those of the parts
	placed map[*Part]*placed
}

func openAVC(config []byte) (codec, error) {
	c, err := h264.ParseConfig(config)
	if err != nil {
		return nil, err
	}
	a := &avc{config: c, sets: &h264.Sets{}}
	if len(c.SPS)+len(c.PPS) > 0 { // else they are inside the stream
		a.sets, err = c.Sets()
	}
	return units{a}, err
}

// avcOf returns the codec of a part that was encoded as H.264.
func avcOf(p *Part) *avc { return p.video.codec.(units).unitFormat.(*avc) }

func (*avc) name() string { return "H.264" }

func (a *avc) head() [][]byte { return slices.Concat(a.config.SPS, a.config.PPS) }

func (a *avc) lengthSize() int { return a.config.LengthSize }

func (*avc) isSlice(unit []byte) bool {
	t := h264.Type(unit)
	return t >= h264.TypeSlice && t <= h264.TypeIDR
}

func (*avc) isSet(unit []byte) bool {
	t := h264.Type(unit)
	return t == h264.TypeSPS || t == h264.TypePPS
}

func (a *avc) has(set []byte) bool { return a.config.Has(set) }

func (a *avc) learn(sets [][]byte) bool {
	if len(sets) == 0 {
		return true
	}
	c, err := a.config.With(sets)
	if err != nil {
		return false
	}
	read, err := c.Sets()
	if err == nil {
		a.config, a.sets = c, read
	}
	return err == nil
}

func (a *avc) signals() (all []*nal.Signal) {
	for s := range a.sets.All() {
		all = append(all, &s.Signal)
	}
	return all
}

func (a *avc) order() func([]byte) (*nal.Signal, int, int, bool, error) {
	var order h264.Order
	a.seen = map[uint32]bool{}
	return func(unit []byte) (*nal.Signal, int, int, bool, error) {
		slice, err := a.sets.Slice(unit)
		if err != nil {
			return nil, 0, 0, false, err
		}
		s := slice.Stream
		a.seen[slice.SPS] = true
		if s.OrderType == 1 {
			return &s.Signal, 0, 0, false, nil
		}
		period, count := order.Next(slice)
		return &s.Signal, period, count, true, nil
	}
}

func (a *avc) unsupported() string {
	if a.config.Ambiguous() {
		return "two of its H.264 parameter sets have one id"
	}
	for s := range a.sets.All() {
		if !slices.Contains([]int{66, 77, 100, 110, 122, 244}, s.Profile) { // baseline, main, high; high of 10 bits, 4:2:2, 4:4:4
			return fmt.Sprintf("its H.264 profile is %d", s.Profile)
		}
	}
	return ""
}

// begins: a recovery point, which containers also list as a keyframe, is none. Chromium does not take one in the middle
// of a stream.
func (*avc) begins(units [][]byte) Start {
	if h264.IsIDR(units) {
		return ClosedStart
	}
	return NoStart
}

func (*avc) isSpare(slice []byte) bool { return !h264.IsReference([][]byte{slice}) }

func (*avc) isSkipped([]byte) bool { return false }

func (*avc) metadata(units [][]byte) nal.Metadata { return h264.Metadata(units) }

func (*avc) carryUnits(units [][]byte) [][]byte { return units }

// decoder: with -strict 1 it waits for all the pictures that reordering could still bring, where the stream does not
// tell how many they are; otherwise it guesses, and may give early pictures out of order.
func (*avc) decoder() []string { return []string{"-f", "h264", "-strict", "1"} }

// Repeatable is the x264 option without which a busy machine now and then encodes the same pictures to other bytes: with
// threads, its macroblock tree sees as far ahead as the look-ahead's own thread happened to get.
const Repeatable = "sync-lookahead=0"

func (a *avc) encoder(v *Video, p Plan, tools *media.Tools, how Coding) ([]string, error) {
	s := v.Signal
	params := []string{"stitchable=1", Repeatable, fmt.Sprintf("sps-id=%d", a.config.FreePPS(how.set())), fmt.Sprintf("keyint=%d", v.keyint())}
	_, around, err := a.around(v, p)
	if err != nil {
		return nil, err
	}
	depth := p.Depth
	if !how.Lossless {
		params = append(params, keepTo(around, v, how, &depth)...)
	}
	switch depth {
	case 0:
		params = append(params, "bframes=0")
	case 1:
		params = append(params, "b-pyramid=none")
	}
	params = append(params, v.colourParams("fullrange=on")...)
	var filters []string
	if s.SARWidth > 0 && s.SARHeight > 0 {
		// Not by x264's own option: ffmpeg would take the difference for a change at each picture, and set x264 up anew
		// without what it does for lossless pictures.
		filters = append(filters, fmt.Sprintf("setsar=%d/%d", s.SARWidth, s.SARHeight))
	}
	if how.MaxQP > 0 { // x264 counts from the depth's own lowest, x265 from that of 8 bits
		params = append(params, fmt.Sprintf("qpmax=%d", how.MaxQP+6*(s.BitDepth-8)))
	}
	params = append(params, how.zone()...)
	args := []string{"-c:v", "libx264", "-preset", how.Preset,
		"-threads", fmt.Sprint(tools.Threads() * 3 / 2)} // x264's own rule: threads wait for each other's rows
	if how.Lossless {
		// A row of blocks more, cropped away again: at no smaller change do all of ffmpeg's threads notice that
		// coefficients stand in another order now, and most players decode by ffmpeg.
		params, filters = append(params, "crop-rect=0,0,0,16"), append(filters, "pad=iw:ih+16")
		args = append(args, "-qp", "0", "-profile:v", "high444")
	} else {
		args = append(args, "-crf", fmt.Sprint(how.CRF), "-profile:v", profile(around.Profile, v.Format()))
	}
	if len(filters) > 0 {
		args = append(args, "-vf", strings.Join(filters, ","))
	}
	return append(args, "-x264-params", strings.Join(params, ":")), nil
}

func (*avc) caution() string {
	return "The pictures beside the segment are lossless H.264 (High 4:4:4 Predictive). Players that decode in software show them, such as VLC, mpv and Chromium; Safari, most televisions and other hardware decoders may refuse the clip."
}

// profile is the one of the pictures around, where these are of 8-bit 4:2:0 only, else the one that has such pictures.
func profile(around int, f depth.Format) string {
	switch {
	case f.Chroma == depth.Chroma444:
		return "high444"
	case f.Chroma == depth.Chroma422:
		return "high422"
	case f.Bits > 8:
		return "high10"
	case around == 66:
		return "baseline"
	case around == 77:
		return "main"
	}
	return "high"
}

// separateUnits gives neighbouring IDR pictures different idr_pic_ids (7.4.3), at the joins with the original too.
func (a *avc) separateUnits(v *Video, p Plan, aus []accessUnit) error {
	before, err := a.idrID(v, p.N-1)
	if err != nil {
		return err
	}
	after, err := a.idrID(v, p.M)
	if err != nil {
		return err
	}
	for i := range aus {
		au := &aus[i]
		if !au.key {
			before = -1
			continue
		}
		next := int64(-1)
		if i+1 == len(aus) {
			next = after
		}
		id, _, err := a.joined.IDRPicID(au.units)
		for err == nil && (int64(id) == before || int64(id) == next) {
			if au.units, err = a.joined.ChangeIDRPicID(au.units); err == nil {
				id, _, err = a.joined.IDRPicID(au.units)
			}
		}
		if err != nil {
			return err
		}
		before = int64(id)
	}
	return nil
}

// idrID returns the idr_pic_id of an original sample, -1 when it is no IDR or there is no such sample.
func (a *avc) idrID(v *Video, decode int) (int64, error) {
	if decode < 0 || decode >= v.Len() {
		return -1, nil
	}
	sample, err := v.Sample(decode, nil)
	if err != nil {
		return -1, err
	}
	units, err := nal.Units(sample, a.lengthSize())
	if err != nil {
		return -1, err
	}
	id, found, err := a.sets.IDRPicID(units)
	if err != nil || !found {
		return -1, err
	}
	return int64(id), nil
}
