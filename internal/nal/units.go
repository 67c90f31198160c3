package nal

import (
	"bytes"
	"errors"
	"fmt"
)

// ErrMalformed is wrapped by every error about bytes that break the format.
var ErrMalformed = errors.New("malformed picture stream")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// Units splits an MP4 sample into its NAL units, each preceded by its length in lengthSize bytes
// (ISO/IEC 14496-15, 5.3.2). The units are slices of sample.
func Units(sample []byte, lengthSize int) ([][]byte, error) {
	if lengthSize < 1 || lengthSize > 4 {
		return nil, malformed("NAL lengths of %d bytes", lengthSize)
	}
	var out [][]byte
	for len(sample) > 0 {
		if len(sample) < lengthSize {
			return nil, malformed("a sample ends inside a NAL length")
		}
		n := 0
		for _, b := range sample[:lengthSize] {
			n = n<<8 | int(b)
		}
		sample = sample[lengthSize:]
		if n > len(sample) {
			return nil, malformed("a NAL unit claims %d bytes where %d are left", n, len(sample))
		}
		if n > 0 {
			out = append(out, sample[:n:n])
		}
		sample = sample[n:]
	}
	return out, nil
}

// SameUnit reports whether two units are the same. Zeros behind one, which a byte stream may have, do not belong to it.
func SameUnit(a, b []byte) bool {
	return bytes.Equal(bytes.TrimRight(a, "\x00"), bytes.TrimRight(b, "\x00"))
}

// AppendAnnexB writes NAL units with start codes (annex B).
func AppendAnnexB(dst []byte, units ...[]byte) []byte {
	for _, u := range units {
		dst = append(dst, 0, 0, 0, 1)
		dst = append(dst, u...)
	}
	return dst
}

// AppendSample writes NAL units as an MP4 sample with 4-byte lengths.
func AppendSample(dst []byte, units ...[]byte) []byte {
	for _, u := range units {
		n := len(u)
		dst = append(dst, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
		dst = append(dst, u...)
	}
	return dst
}

// Unescape removes emulation prevention bytes (7.3.1 of H.264, 7.3.1.1 of HEVC): 0 0 3 becomes 0 0.
func Unescape(nal []byte) []byte {
	out := make([]byte, 0, len(nal))
	zeros := 0
	for _, b := range nal {
		if zeros >= 2 && b == 3 {
			zeros = 0
			continue
		}
		out = append(out, b)
		if b == 0 {
			zeros++
		} else {
			zeros = 0
		}
	}
	return out
}

// Escape adds emulation prevention bytes wherever 0 0 would be followed by a byte of at most 3.
func Escape(rbsp []byte) []byte {
	out := make([]byte, 0, len(rbsp)+len(rbsp)/64+4)
	zeros := 0
	for _, b := range rbsp {
		if zeros >= 2 && b <= 3 {
			out = append(out, 3)
			zeros = 0
		}
		out = append(out, b)
		if b == 0 {
			zeros++
		} else {
			zeros = 0
		}
	}
	if zeros > 0 { // a NAL unit must not end in 0 (7.4.1)
		out = append(out, 3)
	}
	return out
}
