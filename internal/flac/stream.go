package flac

import (
	"encoding/binary"
	"errors"
	"fmt"

	"retake/internal/bits"
)

// errStream says that bytes are not the FLAC they should be.
var errStream = errors.New("malformed FLAC")

// Sizes of the metadata at a stream's start (RFC 9639, 8.1 and 8.2).
const (
	blockHeader = 4
	infoSize    = 34
)

// Info is STREAMINFO (RFC 9639, 8.2).
type Info struct {
	MinBlock, MaxBlock int // sample frames
	MinFrame, MaxFrame int // bytes, 0 when unknown
	Rate               int
	Channels           int
	Bits               int      // of a sample
	Sum                [16]byte // MD5 of the decoded samples, zeros when unknown
}

// ParseInfo reads the metadata blocks of a stream, of which STREAMINFO is the first, without the marker before them.
func ParseInfo(blocks []byte) (Info, error) {
	if len(blocks) < blockHeader+infoSize || blocks[0]&0x7f != 0 || binary.BigEndian.Uint32(blocks)&0xffffff != infoSize {
		return Info{}, fmt.Errorf("%w: no STREAMINFO", errStream)
	}
	b := blocks[blockHeader:]
	r := bits.Reader{Data: b}
	i := Info{MinBlock: r.Int(16), MaxBlock: r.Int(16), MinFrame: r.Int(24), MaxFrame: r.Int(24),
		Rate: r.Int(20), Channels: r.Int(3) + 1, Bits: r.Int(5) + 1}
	copy(i.Sum[:], b[18:])
	if i.Rate == 0 || i.MinBlock < 16 || i.MaxBlock < i.MinBlock || i.Bits < 4 {
		return Info{}, fmt.Errorf("%w: STREAMINFO states a block of %d to %d samples, %d Hz, %d bits", errStream, i.MinBlock, i.MaxBlock, i.Rate, i.Bits)
	}
	return i, nil
}

// Update returns the metadata blocks for the stream with some frames replaced: bounds of frame sizes that hold for the
// new ones, too, and no sum, as it was that of other samples.
func Update(blocks []byte, frames [][]byte) ([]byte, error) {
	info, err := ParseInfo(blocks)
	if err != nil {
		return nil, err
	}
	out := append([]byte(nil), blocks...)
	for _, f := range frames {
		if info.MinFrame > 0 {
			info.MinFrame = min(info.MinFrame, len(f))
		}
		if info.MaxFrame > 0 {
			info.MaxFrame = max(info.MaxFrame, len(f))
		}
	}
	put24 := func(b []byte, v int) { b[0], b[1], b[2] = byte(v>>16), byte(v>>8), byte(v) }
	put24(out[blockHeader+4:], info.MinFrame)
	put24(out[blockHeader+7:], info.MaxFrame)
	clear(out[blockHeader+18:][:16])
	return out, nil
}

// Lasting returns the metadata blocks without what Update may change, for comparing two streams.
func Lasting(blocks []byte) []byte {
	out := append([]byte(nil), blocks...)
	if _, err := ParseInfo(blocks); err == nil {
		clear(out[blockHeader+4:][:6])
		clear(out[blockHeader+18:][:16])
	}
	return out
}

// Header is a frame's header (RFC 9639, 9.1).
type Header struct {
	Number   uint64 // of the frame, or of its first sample where blocks vary in size
	Block    int    // sample frames
	Rate     int    // 0: STREAMINFO's
	Channels int
	Bits     int // 0: STREAMINFO's
	size     int // bytes
}

// MaxHeader is the most bytes that a frame's header takes.
const MaxHeader = 16

// Rates and sample sizes by their codes (9.1.2 and 9.1.4).
var (
	rates = [...]int{0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000}
	sizes = [...]int{0, 8, 12, -1, 16, 20, 24, 32}
)

// ParseHeader reads the header at the start of a frame.
func ParseHeader(frame []byte) (Header, error) {
	r := bits.Reader{Data: frame}
	if r.Read(15) != 0x7ffc { // sync code, reserved bit
		return Header{}, fmt.Errorf("%w: a frame without sync code", errStream)
	}
	r.Flag() // blocks vary in size
	var h Header
	block, rate, channels, size := r.Int(4), r.Int(4), r.Int(4), r.Int(3)
	if r.Flag() || block == 0 || rate == 15 || channels > 10 || sizes[size] < 0 {
		return Header{}, fmt.Errorf("%w: a frame's header has reserved values", errStream)
	}
	h.Channels, h.Bits = channels+1, sizes[size]
	if channels > 7 {
		h.Channels = 2
	}
	var ok bool
	if h.Number, ok = codedNumber(&r); !ok {
		return Header{}, fmt.Errorf("%w: a frame's number", errStream)
	}
	switch {
	case block == 1:
		h.Block = 192
	case block <= 5:
		h.Block = 144 << block
	case block == 6:
		h.Block = r.Int(8) + 1
	case block == 7:
		h.Block = r.Int(16) + 1
	default:
		h.Block = 1 << block
	}
	switch rate {
	case 12:
		h.Rate = r.Int(8) * 1000
	case 13:
		h.Rate = r.Int(16)
	case 14:
		h.Rate = r.Int(16) * 10
	default:
		h.Rate = rates[rate]
	}
	h.size = r.Pos/8 + 1
	if r.Over || h.size > len(frame) || crc8(frame[:h.size-1]) != frame[h.size-1] {
		return Header{}, fmt.Errorf("%w: a frame's header has a wrong checksum", errStream)
	}
	return h, nil
}

// codedNumber reads a number of up to 36 bits as UTF-8 codes characters, extended (9.1.5).
func codedNumber(r *bits.Reader) (v uint64, ok bool) {
	first := byte(r.Read(8))
	more := 0
	for mask := byte(0x80); first&mask != 0 && mask > 1; mask >>= 1 {
		more++
	}
	if more == 0 {
		return uint64(first), true
	}
	if more == 1 || first == 0xff {
		return 0, false
	}
	v = uint64(first) & (0x7f >> more)
	for range more - 1 {
		b := r.Read(8)
		if b>>6 != 2 {
			return 0, false
		}
		v = v<<6 | b&0x3f
	}
	return v, true
}

// crc8 and crc16 are the checksums of 9.1.8 and 9.3: polynomials 0x07 and 0x8005, from 0.
func crc8(data []byte) (c byte) {
	for _, b := range data {
		c ^= b
		for range 8 {
			if c&0x80 != 0 {
				c = c<<1 ^ 0x07
			} else {
				c <<= 1
			}
		}
	}
	return c
}

func crc16(data []byte) (c uint16) {
	for _, b := range data {
		c ^= uint16(b) << 8
		for range 8 {
			if c&0x8000 != 0 {
				c = c<<1 ^ 0x8005
			} else {
				c <<= 1
			}
		}
	}
	return c
}
