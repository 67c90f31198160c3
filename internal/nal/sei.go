package nal

import "slices"

// Metadata is the units beside a picture's own that say how it is to be shown, and so belong to whatever picture stands in
// its place.
type Metadata struct {
	Lasting [][]byte // that hold from a keyframe on: of the mastering display, of the light of the content
	Own     [][]byte // of this picture alone: captions, HDR10+; in front of its slices
	Behind  [][]byte // of this picture alone, behind its slices: Dolby Vision
}

// Payload types of supplemental enhancement information (D.1.1 of H.264, D.2.1 of HEVC; both number these alike).
var (
	// Stereo arrangement, mastering display, colour remapping, light levels, preferred transfer, ambient light, colour volume.
	lasting = []int{45, 137, 142, 144, 147, 148, 149}
	// What ITU-T T.35 registers (captions, HDR10+), display orientation, time code.
	own = []int{4, 47, 136}
)

// Add takes note of what a unit of supplemental enhancement information holds for the viewer. header is the length of
// units' headers, bytes. What can't be read is left out.
func (m *Metadata) Add(unit []byte, header int) {
	if u := keepMessages(unit, header, lasting); u != nil {
		m.Lasting = append(m.Lasting, u)
	}
	if u := keepMessages(unit, header, own); u != nil {
		m.Own = append(m.Own, u)
	}
}

// keepMessages returns a unit with its messages of some kinds (7.3.2.3.1), nil when it has none.
func keepMessages(unit []byte, header int, kinds []int) []byte {
	if len(unit) <= header {
		return nil
	}
	rbsp := Unescape(unit)
	out := slices.Clone(rbsp[:header])
	rest := rbsp[header:]
	number := func() (n int, ok bool) {
		for len(rest) > 0 {
			b := rest[0]
			rest = rest[1:]
			if n += int(b); b != 0xff {
				return n, true
			}
		}
		return 0, false
	}
	all := true
	for len(rest) > 0 && !(len(rest) == 1 && rest[0] == 0x80) { // the stop bit
		message := rest
		kind, ok1 := number()
		size, ok2 := number()
		if !ok1 || !ok2 || size > len(rest) {
			return nil
		}
		rest = rest[size:]
		if slices.Contains(kinds, kind) {
			out = append(out, message[:len(message)-len(rest)]...)
		} else {
			all = false
		}
	}
	switch {
	case len(out) == header:
		return nil
	case all:
		return unit
	}
	return Escape(append(out, 0x80))
}
