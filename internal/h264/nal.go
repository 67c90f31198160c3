package h264

import (
	"fmt"

	"retake/internal/nal"
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: H.264: %s", nal.ErrMalformed, fmt.Sprintf(format, args...))
}

// NAL unit types (table 7-1).
const (
	TypeSlice      = 1
	TypePartitionA = 2
	TypePartitionC = 4
	TypeIDR        = 5
	TypeSEI        = 6
	TypeSPS        = 7
	TypePPS        = 8
	TypeDelimiter  = 9
	typeOpen       = 24 // from here on, for others to define
)

// Type returns the type of a NAL unit, 0 for an empty one.
func Type(unit []byte) int {
	if len(unit) == 0 {
		return 0
	}
	return int(unit[0] & 0x1f)
}

// IsIDR reports whether a sample is an instantaneous decoder refresh: all its slices are of type 5. Recovery-point
// pictures, which containers also list as keyframes, are not.
func IsIDR(units [][]byte) bool {
	idr := false
	for _, u := range units {
		switch t := Type(u); {
		case t == TypeIDR:
			idr = true
		case t >= TypeSlice && t <= TypePartitionC:
			return false
		}
	}
	return idr
}

// Metadata returns what of a sample's units goes along with another picture in its place. Units of the types that the
// format leaves open are Dolby Vision's (ISO/IEC 14496-15, 5.3; ETSI TS 103 572).
func Metadata(units [][]byte) (m nal.Metadata) {
	for _, u := range units {
		switch t := Type(u); {
		case t == TypeSEI:
			m.Add(u, 1)
		case t >= typeOpen:
			m.Behind = append(m.Behind, u)
		}
	}
	return m
}

// IsReference reports whether other pictures may refer to a sample: nal_ref_idc of its first slice is not 0. One
// without slices counts as needed.
func IsReference(units [][]byte) bool {
	for _, u := range units {
		if t := Type(u); t >= TypeSlice && t <= TypeIDR {
			return u[0]>>5&3 != 0
		}
	}
	return true
}
