package splice

import (
	"encoding/binary"
	"errors"
	"fmt"

	"retake/internal/h264"
)

// What is read of a sample to see what it is: the first units up to a slice, and of those no more than this.
const (
	maxHeadUnits = 64
	maxUnitHead  = 4096
)

// scan looks at the head of every sample for what would make a splice go wrong unseen: parameter sets inside the
// stream that differ from the track's own, as one of them could take the id of ours or be lost with a replaced
// picture; and a container that shows pictures in another order than the stream does. It also finds v.Stream.
func (v *Video) scan() (reason string, err error) {
	var order h264.Order
	type place struct{ period, count int }
	places := make([]place, v.Len())
	for i := range v.Samples {
		slice, foreign, err := v.head(i)
		if errors.Is(err, h264.ErrMalformed) {
			return "its H.264 stream can't be read", nil
		}
		if err != nil {
			return "", fmt.Errorf("picture %d: %w", i, err)
		}
		if foreign {
			return "its H.264 parameter sets change inside the stream", nil
		}
		if v.Stream == nil {
			v.Stream = slice.Stream
		}
		if slice.Stream.OrderType == 1 || !slice.Stream.Progressive {
			places = nil
		}
		if places != nil {
			places[i].period, places[i].count = order.Next(slice)
		}
	}
	for d := 1; d < len(places); d++ {
		a, b := places[v.Display[d-1]], places[v.Display[d]]
		if b.period < a.period || b.period == a.period && b.count <= a.count {
			return "its file shows pictures in another order than its stream", nil
		}
	}
	if places == nil && v.Stream.Progressive {
		return "its H.264 pictures are ordered in an unusual way", nil
	}
	return "", nil
}

// head reads a sample's units up to its first slice. foreign reports a parameter set that the decoder configuration
// does not have.
func (v *Video) head(decode int) (slice h264.Slice, foreign bool, err error) {
	at, left := int64(0), int64(v.Samples[decode].Size)
	var buf [maxUnitHead]byte
	for range maxHeadUnits {
		if left < 5 {
			break
		}
		b := buf[:min(left, 4+128)]
		if err := v.file.ReadPart(v.Samples[decode], at, b); err != nil {
			return slice, false, err
		}
		size := int64(binary.BigEndian.Uint32(b))
		if size > left-4 {
			return slice, false, fmt.Errorf("%w: a NAL unit claims %d bytes where %d are left", h264.ErrMalformed, size, left-4)
		}
		switch t := h264.Type(b[4:]); {
		case size == 0:
		case t >= h264.TypeSlice && t <= h264.TypeIDR:
			slice, err = v.Sets.Slice(b[4:min(int64(len(b)), 4+size)])
			return slice, false, err
		case t == h264.TypeSPS || t == h264.TypePPS:
			if size > maxUnitHead {
				return slice, true, nil
			}
			set := buf[:size]
			if err := v.file.ReadPart(v.Samples[decode], at+4, set); err != nil {
				return slice, false, err
			}
			if !v.Config.Has(set) {
				return slice, true, nil
			}
		}
		at, left = at+4+size, left-4-size
	}
	return slice, false, fmt.Errorf("%w: a sample without a picture", h264.ErrMalformed)
}
