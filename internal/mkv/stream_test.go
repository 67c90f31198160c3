package mkv

import (
	"bytes"
	"testing"
)

func TestReadStreamRefuses(t *testing.T) {
	good := WriteStream(StreamTrack{Codec: "A_MPEG/L3", Rate: 44100, Channels: 2}, [][]byte{{1, 2, 3}, {4}})
	track, packets, err := ReadStream(good)
	if err != nil || track.Codec != "A_MPEG/L3" || len(packets) != 2 || !bytes.Equal(packets[0], []byte{1, 2, 3}) {
		t.Fatalf("%+v %v %v", track, packets, err)
	}
	for _, bad := range [][]byte{good[:len(good)-1], append([]byte{0}, good...), {0xa3, 0x84, 0x82, 0, 0, 0}, {0xa3, 0x84, 0x81, 0, 0, 6}, {0xec, 0xff}, {0x1a}} {
		if _, _, err := ReadStream(bad); err == nil {
			t.Errorf("%x is read", bad)
		}
	}
}

func FuzzReadStream(f *testing.F) {
	f.Add(WriteStream(StreamTrack{Codec: "A_OPUS", Private: []byte("OpusHead"), Rate: 48000, Channels: 1}, [][]byte{{1, 2, 3}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, packets, err := ReadStream(data)
		total := 0
		for _, p := range packets {
			total += len(p)
		}
		if err == nil && total > len(data) {
			t.Fatalf("%d bytes of packets out of %d", total, len(data))
		}
	})
}
