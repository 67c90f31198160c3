package verify

import (
	"encoding/binary"
	"io"
	"math"
)

// readSound reads up to n little-endian float32 values; fewer, or none, at the end.
func readSound(r io.Reader, n int) ([]float32, error) {
	buf := make([]byte, 4*n)
	got, err := io.ReadFull(r, buf)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	out := make([]float32, got/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(buf[4*i:]))
	}
	return out, nil
}
