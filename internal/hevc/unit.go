package hevc

import (
	"fmt"

	"retake/internal/nal"
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: HEVC: %s", nal.ErrMalformed, fmt.Sprintf(format, args...))
}

// NAL unit types (table 7-1).
const (
	typeRADLN   = 6 // leading pictures that can be decoded without what comes before their keyframe
	typeRADLR   = 7
	typeRASLN   = 8 // leading pictures that can't
	typeRASLR   = 9
	typeLastSub = 15 // up to here, even types are those that no picture of the same layer refers to
	typeBLAWLP  = 16
	typeBLANLP  = 18
	typeIDR     = 19 // with leading pictures, perhaps
	typeIDRNLP  = 20
	typeCRA     = 21
	typeLastKey = 23
	typeLastVCL = 31
	typeVPS     = 32
	typeSPS     = 33
	typePPS     = 34
	typeSEI     = 39 // in front of slices
	typeDolby   = 62 // Dolby Vision's, behind them
)

// headerSize is the length of a NAL unit's header, bytes.
const headerSize = 2

// typeOf returns the type of a NAL unit, -1 for one that is cut short.
func typeOf(unit []byte) int {
	if len(unit) <= headerSize {
		return -1
	}
	return int(unit[0] >> 1 & 0x3f)
}

// Metadata returns what of a sample's units goes along with another picture in its place.
func Metadata(units [][]byte) (m nal.Metadata) {
	for _, u := range units {
		switch typeOf(u) {
		case typeSEI:
			m.Add(u, headerSize)
		case typeDolby:
			m.Behind = append(m.Behind, u)
		}
	}
	return m
}

// IsSlice reports whether a NAL unit holds a part of a picture.
func IsSlice(unit []byte) bool { t := typeOf(unit); return t >= 0 && t <= typeLastVCL }

// IsSet reports whether a NAL unit is a parameter set.
func IsSet(unit []byte) bool { t := typeOf(unit); return t >= typeVPS && t <= typePPS }

// IsIDR reports whether a NAL unit is a slice at which decoding can begin, whatever stands before it.
func IsIDR(unit []byte) bool {
	t := typeOf(unit)
	return t >= typeBLAWLP && t <= typeIDRNLP
}

// IsCRA reports whether a NAL unit is a slice of a clean random access picture: decoding can begin there, but pictures
// that follow it in the stream and are shown before it may need what stands before it.
func IsCRA(unit []byte) bool { return typeOf(unit) == typeCRA }

// IsSkipped reports whether a NAL unit is a slice of a picture that a decoder leaves out when it begins at the keyframe
// before it.
func IsSkipped(unit []byte) bool {
	t := typeOf(unit)
	return t == typeRASLN || t == typeRASLR
}

// BreakLink makes a clean random access picture one at which a decoder begins anew even in the middle of a stream
// (BLA_N_LP: a broken link without leading pictures). Only the type in the units' headers changes.
func BreakLink(units [][]byte) [][]byte {
	out := make([][]byte, len(units))
	for i, u := range units {
		if out[i] = u; IsCRA(u) {
			out[i] = append([]byte(nil), u...)
			out[i][0] = u[0]&0x81 | typeBLANLP<<1
		}
	}
	return out
}
