package transcode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Elements of Matroska (RFC 9559, 5.1), in the order of the specification.
const (
	idEBML        = 0x1a45dfa3
	idDocType     = 0x4282
	idSegment     = 0x18538067
	idInfo        = 0x1549a966
	idScale       = 0x2ad7b1
	idMuxer       = 0x4d80
	idWriter      = 0x5741
	idCluster     = 0x1f43b675
	idTime        = 0xe7
	idSimpleBlock = 0xa3
	idBlockGroup  = 0xa0
	idBlock       = 0xa1
	idTracks      = 0x1654ae6b
	idTrack       = 0xae
	idNumber      = 0xd7
	idUID         = 0x73c5
	idType        = 0x83
	idCodec       = 0x86
	idPrivate     = 0x63a2
	idAudio       = 0xe1
	idFrequency   = 0xb5
	idChannels    = 0x9f
	idDepth       = 0x6264
)

const soundTrack = 2

// appendElement appends an element with its size in 8 bytes.
func appendElement(dst []byte, id uint32, parts ...[]byte) []byte {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	for shift := 24; shift >= 0; shift -= 8 {
		if b := id >> shift; b > 0 {
			dst = append(dst, byte(b))
		}
	}
	dst = binary.BigEndian.AppendUint64(dst, 1<<56|uint64(size))
	for _, p := range parts {
		dst = append(dst, p...)
	}
	return dst
}

func element(id uint32, parts ...[]byte) []byte { return appendElement(nil, id, parts...) }

func number(id uint32, v uint64) []byte {
	return element(id, binary.BigEndian.AppendUint64(nil, v))
}

// write lays a track's packets out as a Matroska stream. They get times that grow, as the container wants them; nobody
// goes by these.
func write(t Track, packets [][]byte) []byte {
	audio := element(idAudio, element(idFrequency, binary.BigEndian.AppendUint64(nil, math.Float64bits(float64(t.Rate)))),
		number(idChannels, uint64(t.Channels)), number(idDepth, uint64(t.Bits)))
	track := [][]byte{number(idNumber, 1), number(idUID, 1), number(idType, soundTrack), element(idCodec, []byte(t.Codec)), audio}
	if len(t.Private) > 0 {
		track = append(track, element(idPrivate, t.Private))
	}
	body := element(idInfo, number(idScale, 1_000_000), element(idMuxer, []byte("retake")), element(idWriter, []byte("retake")))
	body = appendElement(body, idTracks, element(idTrack, track...))
	for i, p := range packets {
		body = appendElement(body, idCluster, number(idTime, uint64(i)*spacing), element(idSimpleBlock, []byte{0x81, 0, 0, 0x80}, p))
	}
	return appendElement(element(idEBML, element(idDocType, []byte("matroska"))), idSegment, body)
}

// spacing is how far apart packets are laid, in milliseconds. None lasts longer.
const spacing = 200

var errStream = errors.New("malformed Matroska stream")

// read takes the packets of the only track off a stream as ffmpeg writes it.
func read(data []byte) (t Track, packets [][]byte, err error) {
	err = walk(data, func(id uint32, body []byte) error {
		switch id {
		case idCodec:
			t.Codec = string(body)
		case idPrivate:
			t.Private = body
		case idSimpleBlock, idBlock:
			if len(body) < 4 || body[0] != 0x81 || body[3]&0x06 != 0 {
				return fmt.Errorf("%w: a block of another track, or one with lacing", errStream)
			}
			packets = append(packets, body[4:len(body):len(body)])
		}
		return nil
	})
	return t, packets, err
}

// nested are the elements whose children are read.
var nested = map[uint32]bool{idSegment: true, idCluster: true, idBlockGroup: true, idTracks: true, idTrack: true}

// walk calls f for each element and its body, in their order. The children of nested ones count as their own, so that one
// of unknown size ends where the data does.
func walk(data []byte, f func(id uint32, body []byte) error) error {
	for len(data) > 0 {
		id, n, _ := vint(data, 4, true)
		if n == 0 {
			return errStream
		}
		size, m, unknown := vint(data[n:], 8, false)
		if m == 0 {
			return errStream
		}
		data = data[n+m:]
		if nested[uint32(id)] {
			continue
		}
		if unknown || size > uint64(len(data)) {
			return fmt.Errorf("%w: element %x claims %d bytes of %d", errStream, id, size, len(data))
		}
		if err := f(uint32(id), data[:size]); err != nil {
			return err
		}
		data = data[size:]
	}
	return nil
}

// vint reads a variable-size integer of at most so many bytes (RFC 8794, 4). n is its length, 0 when it is none.
func vint(data []byte, most int, marked bool) (v uint64, n int, unknown bool) {
	if len(data) == 0 || data[0] == 0 {
		return 0, 0, false
	}
	n = 1
	for mask := byte(0x80); data[0]&mask == 0; mask >>= 1 {
		n++
	}
	if n > most || n > len(data) {
		return 0, 0, false
	}
	v = uint64(data[0])
	if !marked {
		v &= 1<<(8-n) - 1
	}
	for _, b := range data[1:n] {
		v = v<<8 | uint64(b)
	}
	return v, n, !marked && v == 1<<(7*n)-1
}
