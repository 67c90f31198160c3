// Package ac3 reads the headers of AC-3 and E-AC-3 frames (ETSI TS 102 366). It neither decodes nor encodes.
package ac3

import (
	"errors"
	"fmt"

	"retake/internal/bits"
)

// BlockSize is the sample frames of a frame with all six audio blocks.
const BlockSize = 1536

// Overlap is the sample frames by which a frame sounds into the next: half a transform (6.9.4).
const Overlap = 256

// Header is what a frame's header says.
type Header struct {
	Enhanced  bool // E-AC-3
	Rate      int  // samples a second
	BitRate   int  // bits a second; of E-AC-3 as its size comes to
	Mode      int  // acmod (4.4.2.3)
	LFE       bool
	Dialogue  int // dialnorm, 1 to 31 dB below full scale
	Centre    int // cmixlev, -1 where it isn't there
	Surround  int // surmixlev, -1 where it isn't there
	Size      int // bytes
	dependent bool
	blocks    int
}

var errHeader = errors.New("malformed AC-3 frame")

// Sampling rates by fscod (4.4.1.3), kbit/s by frmsizecod (4.4.1.4), audio blocks by numblkscod (E.1.3.1.4).
var (
	rates    = [...]int{48000, 44100, 32000, 0}
	bitRates = [...]int{32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640}
	blocks   = [...]int{1, 2, 3, 6}
)

// fullChannels are the channels of each acmod but for the LFE.
var fullChannels = [...]int{2, 1, 2, 3, 3, 4, 4, 5}

// layouts are ffmpeg's names of the channels, by acmod and LFE. Two programmes in one (acmod 0) have none.
var layouts = [...][2]string{{"", ""}, {"mono", ""}, {"stereo", "2.1"}, {"3.0", "3.1"}, {"3.0(back)", ""}, {"4.0", "4.1"}, {"quad(side)", ""}, {"5.0(side)", "5.1(side)"}}

// Parse reads the header at the start of a frame.
func Parse(frame []byte) (Header, error) {
	r := &bits.Reader{Data: frame}
	if r.Read(16) != 0x0b77 || len(frame) < 6 {
		return Header{}, fmt.Errorf("%w: no syncword in %x", errHeader, frame[:min(8, len(frame))])
	}
	var h Header
	if id := frame[5] >> 3; id > 10 && id <= 16 {
		h.parseEnhanced(r)
	} else if id <= 8 {
		h.parse(r)
	}
	if r.Over || h.Rate == 0 || h.Size == 0 {
		return Header{}, errHeader
	}
	return h, nil
}

func (h *Header) parse(r *bits.Reader) {
	r.Skip(16) // crc1
	h.Rate = rates[r.Int(2)]
	code := r.Int(6)
	if code/2 >= len(bitRates) || h.Rate == 0 {
		return
	}
	h.blocks, h.BitRate = 6, bitRates[code/2]*1000
	h.Size = h.BitRate * BlockSize / h.Rate / 16 * 2
	if h.Rate == 44100 {
		h.Size += code % 2 * 2
	}
	r.Skip(5 + 3) // bsid, bsmod
	h.Mode, h.Centre, h.Surround = r.Int(3), -1, -1
	if h.Mode&1 != 0 && h.Mode != 1 {
		h.Centre = r.Int(2)
	}
	if h.Mode&4 != 0 {
		h.Surround = r.Int(2)
	}
	if h.Mode == 2 {
		r.Skip(2) // dsurmod
	}
	h.LFE = r.Flag()
	h.Dialogue = r.Int(5)
}

func (h *Header) parseEnhanced(r *bits.Reader) {
	h.Enhanced, h.Centre, h.Surround = true, -1, -1
	h.dependent = r.Int(2) != 0
	h.dependent = r.Int(3) != 0 || h.dependent // of another programme
	h.Size = 2 * (r.Int(11) + 1)
	code := r.Int(2)
	h.Rate = rates[code]
	count := r.Int(2) // or the half rate, which is left out
	if h.Rate == 0 {
		return
	}
	h.blocks = blocks[count]
	h.Mode, h.LFE = r.Int(3), r.Flag()
	r.Skip(5) // bsid
	h.Dialogue = r.Int(5)
	h.BitRate = h.Size * 8 * h.Rate / (256 * h.blocks)
}

// Channels returns how many there are, the LFE among them.
func (h Header) Channels() int {
	n := fullChannels[h.Mode]
	if h.LFE {
		n++
	}
	return n
}

// Layout returns ffmpeg's name of the channels, "" where an encoder can't make them.
func (h Header) Layout() string {
	if h.LFE {
		return layouts[h.Mode][1]
	}
	return layouts[h.Mode][0]
}

// Obstacle says in a plain clause why frames like this packet's can't be replaced, "" where they can.
func (h Header) Obstacle(packet []byte) string {
	switch {
	case h.Layout() == "":
		return "its AC-3 sound has channels that can't be encoded"
	case h.dependent || h.Size != len(packet):
		return "its E-AC-3 sound has more than one part (7.1, or several programmes)"
	case h.blocks != 6:
		return "its E-AC-3 sound comes in short frames"
	}
	return ""
}

// Fits reports whether a frame can stand beside this one: a decoder sees the same programme.
func (h Header) Fits(other Header) bool {
	return h.Enhanced == other.Enhanced && h.Rate == other.Rate && h.Mode == other.Mode && h.LFE == other.LFE && h.Dialogue == other.Dialogue
}
