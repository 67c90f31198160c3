package mp3

import "fmt"

// Lay lays new frames out for a place in a track, with packets of the track before and behind. The new ones are
// frames without a reservoir, as encoders make them on request: the first of them then needs nothing of what came before
// it, and room is made at the end of the last ones for the main data that those behind refer to.
func Lay(before, made, after [][]byte) ([][]byte, error) {
	keep, err := tailFor(before, made, after)
	if err != nil {
		return nil, err
	}
	frames := make([]frame, len(made))
	for i, packet := range made {
		if frames[i], err = parse(packet); err != nil {
			return nil, fmt.Errorf("new frame %d: %w", i, err)
		}
		if f := frames[i]; f.begin != 0 || (f.bits+7)/8 > len(f.main()) {
			return nil, fmt.Errorf("new frame %d has a reservoir", i)
		}
	}
	l := &layout{keep: keep}
	for i, f := range frames {
		if err := l.add(f, len(frames)-i <= spread); err != nil {
			return nil, fmt.Errorf("new frame %d: %w", i, err)
		}
	}
	return l.finish()
}

// spread is how many of the last frames are made large, so that together they have room for the reservoir: at the largest
// bit rate each has 190 bytes to spare of what is encoded at EncodeRate.
const spread = 4

// EncodeRate returns the bit rate at which new frames are to be encoded: high, but not the highest.
func (h Header) EncodeRate() int {
	rate := 256000
	if h.Low {
		rate = 128000
	}
	if h.Channels() == 1 {
		rate /= 2
	}
	return rate
}

// tailFor returns the main data before the frames of after that these refer to. What of it lies in frames that are
// replaced comes from the track, so before ends with the track's own frames in the place of the new ones.
func tailFor(before, made, after [][]byte) ([]byte, error) {
	if len(after) == 0 {
		return nil, nil
	}
	need, err := reservoir(after)
	if err != nil {
		return nil, err
	}
	var data []byte
	for i := len(before) - 1; i >= 0 && len(data) < need; i-- {
		f, err := parse(before[i])
		if err != nil {
			return nil, fmt.Errorf("packet before: %w", err)
		}
		data = append(append([]byte(nil), f.main()...), data...)
	}
	if len(data) < need {
		need = len(data) // the track itself lacks it
	}
	if len(made) == 0 {
		return nil, fmt.Errorf("no new frames")
	}
	return data[len(data)-need:], nil
}

// layout puts main data into frames one behind the other.
type layout struct {
	keep  []byte // what has to stand at the very end
	heads [][]byte
	rooms []int  // bytes of main data in each frame
	data  []byte // main data so far, in one
	room  int    // bytes of main data in all frames so far
}

// add takes a frame, at the smallest bit rate that holds its own data and what is left of others', or at the largest.
func (l *layout) add(f frame, large bool) error {
	size := (f.bits + 7) / 8
	begin := 0
	if large { // its data begins in the room that the frames before have left
		begin = min(l.room-len(l.data), 1<<f.beginBits()-1)
	}
	l.data = append(l.data, make([]byte, l.room-len(l.data)-begin)...)
	for index := 1; index < len(bitRates); index++ {
		h := f.Header
		h.BitRate, h.padded, h.crc = h.rateOf(index), false, false
		room := h.Size() - h.head()
		if index < len(bitRates)-1 && (large || len(l.data)+size > l.room+room) {
			continue
		}
		if len(l.data)+size > l.room+room {
			return fmt.Errorf("%d bytes of main data do not fit %d", size, room+begin)
		}
		l.heads = append(l.heads, h.header(f, index, begin))
		l.rooms = append(l.rooms, room)
		l.data = append(l.data, f.main()[:size]...)
		l.room += room
		return nil
	}
	return nil
}

// header returns the bytes before the main data, for another bit rate and place of it.
func (h Header) header(f frame, index, begin int) []byte {
	out := append([]byte(nil), f.bytes[:headerSize]...)
	out[1] |= 1 // no checksum
	out[2] = out[2]&0x0d | byte(index)<<4
	side := append([]byte(nil), f.bytes[f.head()-f.sideSize():f.head()]...)
	if h.Low {
		side[0] = byte(begin)
	} else {
		side[0], side[1] = byte(begin>>1), side[1]&0x7f|byte(begin)<<7
	}
	return append(out, side...)
}

// finish returns the packets.
func (l *layout) finish() ([][]byte, error) {
	free := l.room - len(l.data) - len(l.keep)
	if free < 0 {
		return nil, fmt.Errorf("the reservoir of the frames behind lacks %d bytes of room", -free)
	}
	data := append(append(l.data, make([]byte, free)...), l.keep...)
	out := make([][]byte, len(l.heads))
	for i, head := range l.heads {
		out[i] = append(head, data[:l.rooms[i]]...)
		data = data[l.rooms[i]:]
	}
	return out, nil
}
