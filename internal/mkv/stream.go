package mkv

import (
	"encoding/binary"
	"math"
)

// StreamTrack is a track of sound that goes between two programs as a stream of Matroska.
type StreamTrack struct {
	Codec    string // CodecID
	Private  []byte // CodecPrivate, nil where the packets say all
	Rate     int    // sample frames a second
	Channels int
	Bits     int // of a sample, 0 where it has none of its own
}

// streamSpacing is how far apart packets are laid, in milliseconds. None lasts longer.
const streamSpacing = 200

// WriteStream lays a track's packets out as a Matroska stream. They get times that grow, as the container wants them; nobody
// goes by these.
func WriteStream(t StreamTrack, packets [][]byte) []byte {
	out := appendElement(nil, idEBML, appendElement(nil, idDocType, []byte("matroska")))
	out = appendSize(appendID(out, idSegment), 1<<56-1, 8) // of a size that is left open
	out = appendElement(out, idInfo, appendUint(nil, idTimestampScale, second/1000))
	out = appendElement(out, idTracks, soundEntry(1, 1, t, nil))
	for i, p := range packets {
		body := appendUint(nil, idTimestamp, uint64(i)*streamSpacing)
		block := append([]byte{0x80 | 1, 0, 0, flagKey}, p...)
		out = appendElement(out, idCluster, appendElement(body, idSimpleBlock, block))
	}
	return out
}

// soundEntry returns the TrackEntry of a track of sound (RFC 9559, 5.1.4), with further children that are given.
func soundEntry(number, uid uint64, t StreamTrack, more []byte) []byte {
	body := appendUint(nil, idTrackNumber, number)
	body = appendUint(body, idTrackUID, uid)
	body = appendUint(body, idTrackType, 2)
	body = appendUint(body, idFlagLacing, 0)
	body = appendElement(body, idCodecID, []byte(t.Codec))
	if len(t.Private) > 0 {
		body = appendElement(body, idCodecPrivate, t.Private)
	}
	body = append(body, more...)
	audio := appendElement(nil, idSampling, binary.BigEndian.AppendUint64(nil, math.Float64bits(float64(t.Rate))))
	audio = appendUint(audio, idChannels, uint64(t.Channels))
	if t.Bits > 0 {
		audio = appendUint(audio, idBitDepth, uint64(t.Bits))
	}
	return appendElement(nil, idTrackEntry, appendElement(body, idAudio, audio))
}

// ReadStream takes codec, configuration and packets of the only track off a stream as ffmpeg writes it.
func ReadStream(data []byte) (t StreamTrack, packets [][]byte, err error) {
	err = walk(data, func(id uint32, body []byte) error {
		switch id {
		case idCodecID:
			t.Codec = string(body)
		case idCodecPrivate:
			t.Private = body
		case idSimpleBlock, idBlock:
			h, ok := parseBlockHead(body)
			if !ok || h.number != 1 || h.flags&flagLacing != 0 {
				return malformed("a block of another track, or one with lacing")
			}
			packets = append(packets, body[h.size:len(body):len(body)])
		}
		return nil
	})
	return t, packets, err
}

// nested are the elements whose children walk goes through.
var nested = map[uint32]bool{idSegment: true, idCluster: true, idBlockGroup: true, idTracks: true, idTrackEntry: true}

// walk calls f for each element and its body, in their order. The children of nested ones count as their own, so that one
// of unknown size ends where the data does.
func walk(data []byte, f func(id uint32, body []byte) error) error {
	for len(data) > 0 {
		id, n, _ := readVint(data, 4, true)
		if n == 0 {
			return malformed("an element id can't be read")
		}
		size, m, open := readVint(data[n:], 8, false)
		if m == 0 {
			return malformed("the size of element %x can't be read", id)
		}
		data = data[n+m:]
		if nested[uint32(id)] {
			continue
		}
		if open || size > uint64(len(data)) {
			return malformed("element %x claims %d bytes of %d", id, size, len(data))
		}
		if err := f(uint32(id), data[:size]); err != nil {
			return err
		}
		data = data[size:]
	}
	return nil
}
