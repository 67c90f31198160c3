package splice

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"retake/internal/column"
	"retake/internal/nal"
)

// What is read of a sample to see what it is: the first units up to a slice, and of those no more than this.
const (
	maxHeadUnits = 64
	maxUnitHead  = 4096
)

// scan looks at the head of every sample for what would make a splice go wrong unseen: parameter sets inside the
// stream that take the place of others, as a replaced picture could hold one that later ones need; and a container that
// shows pictures in another order than the stream does. Sets inside the stream of ids that nothing else has are learnt.
// It also finds v.Signal.
func (u units) scan(v *Video) (reason string, err error) {
	kind, next := u.name(), u.order()
	var periods, counts column.Column // of each picture's place in the stream's order
	for i := range v.Samples.Len() {
		slice, sets, err := u.first(v, i)
		var s *nal.Signal
		period, count, known := 0, 0, true
		if err == nil {
			if !u.learn(sets) {
				return fmt.Sprintf("its %s parameter sets change inside the stream", kind), nil
			}
			s, period, count, known, err = next(slice)
		}
		if errors.Is(err, nal.ErrMalformed) {
			return fmt.Sprintf("its %s stream can't be read", kind), nil
		}
		if err != nil {
			return "", fmt.Errorf("picture %d: %w", i, err)
		}
		if v.Signal == nil {
			v.Signal = s
		}
		if !s.Progressive {
			return Interlaced, nil
		}
		if !known {
			return fmt.Sprintf("its %s pictures are ordered in an unusual way", kind), nil
		}
		periods.Append(int64(period))
		counts.Append(int64(count))
	}
	for d := 1; d < v.Len(); d++ {
		a, b := v.Display(d-1), v.Display(d)
		if p, q := periods.At(a), periods.At(b); q < p || q == p && counts.At(b) <= counts.At(a) {
			return "its file shows pictures in another order than its stream", nil
		}
	}
	return "", nil
}

// first reads a sample's units up to its first slice, of which it returns the beginning, and the parameter sets among them
// that the codec does not know.
func (u units) first(v *Video, decode int) (slice []byte, sets [][]byte, err error) {
	sample := v.Samples.At(decode)
	at, left := int64(0), int64(sample.Size)
	var buf [4 + 128]byte
	for range maxHeadUnits {
		if left < 5 {
			break
		}
		b := buf[:min(left, int64(len(buf)))]
		if err := v.file.ReadPart(sample, at, b); err != nil {
			return nil, nil, err
		}
		size := int64(binary.BigEndian.Uint32(b))
		if size > left-4 {
			return nil, nil, fmt.Errorf("%w: a NAL unit claims %d bytes where %d are left", nal.ErrMalformed, size, left-4)
		}
		unit := b[4:min(int64(len(b)), 4+size)]
		switch {
		case size == 0:
		case u.isSlice(unit):
			return unit, sets, nil
		case u.isSet(unit):
			if size > maxUnitHead {
				return nil, nil, fmt.Errorf("%w: a parameter set of %d bytes", nal.ErrMalformed, size)
			}
			set := make([]byte, size)
			if err := v.file.ReadPart(sample, at+4, set); err != nil {
				return nil, nil, err
			}
			if !u.has(set) {
				sets = append(sets, set)
			}
		}
		at, left = at+4+size, left-4-size
	}
	return nil, nil, fmt.Errorf("%w: a sample without a picture", nal.ErrMalformed)
}

// makeRoom looks at every slice for parameter sets that none refers to any more, and returns why there is still no room for
// more.
func (u units) makeRoom(v *Video) (reason string, err error) {
	named := map[uint32]bool{}
	var inside [][]byte
	for i := range v.Samples.Len() {
		if err := u.named(v, i, named, &inside); errors.Is(err, nal.ErrMalformed) {
			return fmt.Sprintf("its %s stream can't be read", u.name()), nil
		} else if err != nil {
			return "", fmt.Errorf("picture %d: %w", i, err)
		}
	}
	room, err := u.relieve(named, inside)
	if err == nil && !room {
		reason = fmt.Sprintf("all ids for its %s parameter sets are taken", u.name())
	}
	return reason, err
}

// named notes which picture parameter sets a sample's slices name, and the sets in it.
func (u units) named(v *Video, decode int, named map[uint32]bool, inside *[][]byte) error {
	sample := v.Samples.At(decode)
	at, left := int64(0), int64(sample.Size)
	var buf [maxUnitHead]byte
	for left >= 5 {
		b := buf[:min(left, 4+128)]
		if err := v.file.ReadPart(sample, at, b); err != nil {
			return err
		}
		size := int64(binary.BigEndian.Uint32(b))
		if size > left-4 || size == 0 {
			return fmt.Errorf("%w: a NAL unit of %d bytes where %d are left", nal.ErrMalformed, size, left-4)
		}
		unit := b[4:min(int64(len(b)), 4+size)]
		if u.isSlice(unit) {
			id, err := u.names(unit)
			if err != nil {
				return err
			}
			named[id] = true
		}
		if u.isSet(unit) {
			set := buf[:min(size, maxUnitHead)]
			if err := v.file.ReadPart(sample, at+4, set); err != nil {
				return err
			}
			*inside = append(*inside, bytes.Clone(set))
		}
		at, left = at+4+size, left-4-size
	}
	return nil
}
