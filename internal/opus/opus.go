// Package opus reads the headers of Opus packets (RFC 6716) and the identification header of a track (RFC 7845). It
// neither decodes nor encodes.
package opus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Rate is the clock of every Opus track, sample frames a second.
const Rate = 48000

// Head is an identification header (RFC 7845, 5.1).
type Head struct {
	Channels int
	PreSkip  int // sample frames to be dropped at the start
	Gain     int // of the output, in 1/256 dB
	Family   int // of the channel mapping
	Mapping  []byte
}

var errHead = errors.New("malformed OpusHead")

const headSize = 19

// ParseHead reads an OpusHead packet, as Ogg and Matroska have it.
func ParseHead(data []byte) (Head, error) {
	if len(data) < headSize || string(data[:8]) != "OpusHead" || data[8]>>4 != 0 || data[9] == 0 {
		return Head{}, errHead
	}
	h := Head{Channels: int(data[9]), PreSkip: int(binary.LittleEndian.Uint16(data[10:])),
		Gain: int(int16(binary.LittleEndian.Uint16(data[16:]))), Family: int(data[18])}
	if h.Family != 0 {
		if len(data) < headSize+2+h.Channels {
			return Head{}, errHead
		}
		h.Mapping = data[headSize : headSize+2+h.Channels]
	} else if h.Channels > 2 {
		return Head{}, errHead
	}
	return h, nil
}

// Bytes returns the header as ParseHead reads it.
func (h Head) Bytes() []byte {
	out := append([]byte("OpusHead"), 1, byte(h.Channels))
	out = binary.LittleEndian.AppendUint16(out, uint16(h.PreSkip))
	out = binary.LittleEndian.AppendUint32(out, Rate)
	out = binary.LittleEndian.AppendUint16(out, uint16(h.Gain))
	return append(append(out, byte(h.Family)), h.Mapping...)
}

// SameStreams reports whether packets of both tracks hold the same channels.
func (h Head) SameStreams(other Head) bool {
	return h.Channels == other.Channels && h.Family == other.Family && bytes.Equal(h.Mapping, other.Mapping)
}

// Packet is what the first bytes of a packet say (RFC 6716, 3.1 and 3.2): of several streams, of the first.
type Packet struct {
	Length int  // sample frames at Rate
	Speech bool // SILK, alone or below CELT
}

// ParsePacket reads the first two bytes of a packet.
func ParsePacket(data []byte) (Packet, error) {
	if len(data) == 0 {
		return Packet{}, errors.New("an empty Opus packet")
	}
	config := int(data[0] >> 3)
	p := Packet{Speech: config < 16}
	switch {
	case config < 12:
		p.Length = []int{480, 960, 1920, 2880}[config%4]
	case config < 16:
		p.Length = []int{480, 960}[config%2]
	default:
		p.Length = 120 << (config % 4)
	}
	switch data[0] & 3 {
	case 1, 2:
		p.Length *= 2
	case 3:
		if len(data) < 2 || data[1]&0x3f == 0 {
			return Packet{}, errors.New("an Opus packet of no frames")
		}
		p.Length *= int(data[1] & 0x3f)
	}
	if p.Length > maxLength {
		return Packet{}, fmt.Errorf("an Opus packet of %d samples", p.Length)
	}
	return p, nil
}

// maxLength is that of 120 ms (RFC 6716, 3.2.5).
const maxLength = 5760
