// Package mp3 reads frames of MPEG audio layer III and lays new ones out so that they stand among others (ISO/IEC
// 11172-3 and 13818-3). A frame's data may begin in the frames before it, in what is called the bit reservoir. The
// package neither decodes nor encodes.
package mp3

import (
	"errors"
	"fmt"

	"retake/internal/bits"
)

// Header is a frame's header (11172-3, 2.4.2.3).
type Header struct {
	Low       bool // MPEG-2 or 2.5, with half the rates and half the samples
	version   int  // as coded: 3, 2 or 0
	Rate      int  // samples a second
	rateIndex int
	BitRate   int // bits a second
	padded    bool
	mode      int  // 3: one channel
	crc       bool // a checksum follows
	emphasis  int
}

var errFrame = errors.New("malformed MP3 frame")

// kbit/s by index, and rates of MPEG-1, of which the others have a half and a quarter.
var (
	bitRates    = [...]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
	bitRatesLow = [...]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
	rates       = [...]int{44100, 48000, 32000}
)

const (
	headerSize = 4
	crcSize    = 2
	oneChannel = 3
)

// ParseHeader reads the header at the start of a frame. Free format is none that can be read.
func ParseHeader(frame []byte) (Header, error) {
	r := &bits.Reader{Data: frame}
	sync := r.Int(11)
	h := Header{version: r.Int(2)}
	layer := r.Int(2)
	h.crc = !r.Flag()
	rate := r.Int(4)
	h.rateIndex, h.padded = r.Int(2), r.Flag()
	r.Skip(1) // private
	h.mode = r.Int(2)
	r.Skip(2 + 1 + 1) // mode extension, copyright, original
	h.emphasis = r.Int(2)
	if r.Over || sync != 0x7ff || h.version == 1 || layer != 1 || rate == 0 || rate == 15 || h.rateIndex == 3 {
		return Header{}, fmt.Errorf("%w: its header", errFrame)
	}
	h.Low = h.version != 3
	h.Rate = rates[h.rateIndex]
	switch h.version {
	case 2:
		h.Rate /= 2
	case 0:
		h.Rate /= 4
	}
	h.BitRate = h.rateOf(rate)
	return h, nil
}

func (h Header) rateOf(index int) int {
	if h.Low {
		return bitRatesLow[index] * 1000
	}
	return bitRates[index] * 1000
}

// Channels returns how many there are.
func (h Header) Channels() int {
	if h.mode == oneChannel {
		return 1
	}
	return 2
}

// Samples returns the sample frames of a frame.
func (h Header) Samples() int {
	if h.Low {
		return 576
	}
	return 1152
}

// Size returns the bytes of a frame at a bit rate (11172-3, 2.4.3.1).
func (h Header) Size() int {
	n := h.Samples() / 8 * h.BitRate / h.Rate
	if h.padded {
		n++
	}
	return n
}

// Fits reports whether frames of both headers can follow each other.
func (h Header) Fits(other Header) bool {
	return h.version == other.version && h.rateIndex == other.rateIndex && h.Channels() == other.Channels() && h.emphasis == other.emphasis
}

// sideSize returns the bytes of the side information (2.4.1.7).
func (h Header) sideSize() int {
	switch {
	case !h.Low && h.Channels() == 2:
		return 32
	case !h.Low || h.Channels() == 2:
		return 17
	}
	return 9
}

// beginBits is the width of main_data_begin.
func (h Header) beginBits() int {
	if h.Low {
		return 8
	}
	return 9
}

// head returns the bytes before a frame's main data.
func (h Header) head() int {
	n := headerSize + h.sideSize()
	if h.crc {
		n += crcSize
	}
	return n
}

// frame is a frame taken apart.
type frame struct {
	Header
	bytes []byte
	begin int // main_data_begin: how many bytes of main data before the frame its own begin
	bits  int // of its main data
}

func parse(packet []byte) (frame, error) {
	h, err := ParseHeader(packet)
	if err != nil {
		return frame{}, err
	}
	f := frame{Header: h, bytes: packet}
	if len(packet) < h.head() {
		return frame{}, fmt.Errorf("%w: it is cut short", errFrame)
	}
	r := &bits.Reader{Data: packet[h.head()-h.sideSize() : h.head()]}
	f.begin = r.Int(h.beginBits())
	// Private bits and scfsi; granules; bits of a channel's part of one behind part2_3_length.
	skip, granules, rest := 3+4*2, 2, 59-12
	switch one := h.Channels() == 1; {
	case h.Low && one:
		skip, granules, rest = 1, 1, 63-12
	case h.Low:
		skip, granules, rest = 2, 1, 63-12
	case one:
		skip = 5 + 4
	}
	r.Skip(skip)
	for range granules * h.Channels() {
		f.bits += r.Int(12) // part2_3_length
		r.Skip(rest)
	}
	if r.Over {
		return frame{}, fmt.Errorf("%w: its side information", errFrame)
	}
	return f, nil
}

// main returns the room for main data in the frame, its own or others'.
func (f frame) main() []byte { return f.bytes[f.head():] }

// reservoir returns what frames from a place in a track on need of the main data before it: that many of its last bytes.
// after are the packets from that place on.
func reservoir(after [][]byte) (int, error) {
	need, inside := 0, 0
	for i, packet := range after {
		f, err := parse(packet)
		if err != nil {
			return 0, fmt.Errorf("packet %d: %w", i, err)
		}
		need = max(need, f.begin-inside)
		if inside += len(f.main()); inside >= maxBegin {
			break
		}
	}
	return need, nil
}

// maxBegin is the most that main_data_begin can say.
const maxBegin = 1<<9 - 1
