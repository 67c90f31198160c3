package vorbis

// Packet is what the first bits of a packet say (4.3.1).
type Packet struct {
	Mode          int
	Size          int // of its window, sample frames
	Before, After int // sizes of the windows beside it, as it has them; its own where it is a short one
}

// ParsePacket reads the first bytes of a packet.
func (s *Stream) ParsePacket(data []byte) (Packet, error) {
	r := &reader{data: data}
	if r.flag() || len(data) == 0 {
		return Packet{}, malformed("a packet that holds no sound")
	}
	p := Packet{Mode: r.int(ilog(len(s.modes) - 1))}
	if p.Mode >= len(s.modes) {
		return Packet{}, malformed("mode %d of %d", p.Mode, len(s.modes))
	}
	long := s.modes[p.Mode].long
	p.Size = s.Sizes[long]
	p.Before, p.After = p.Size, p.Size
	if long == 1 {
		p.Before, p.After = s.Sizes[r.int(1)], s.Sizes[r.int(1)]
	}
	if r.over {
		return Packet{}, malformed("a packet breaks off")
	}
	return p, nil
}

// head writes what ParsePacket reads.
func (s *Stream) head(p Packet) *writer {
	w := &writer{}
	w.flag(false)
	w.write(uint32(p.Mode), ilog(len(s.modes)-1))
	if s.modes[p.Mode].long == 1 {
		w.flag(p.Before == s.Sizes[1])
		w.flag(p.After == s.Sizes[1])
	}
	return w
}

// Silent returns a packet of the same window without sound: what overlaps it comes out alone.
func (s *Stream) Silent(p Packet) []byte {
	w := s.head(p)
	for range s.Channels {
		w.flag(false)
	}
	return w.data
}

// orders are the places of Vorbis's channels (4.3.9) in ffmpeg's order, by the number of channels.
var orders = [maxChannels + 1][]int{1: {0}, 2: {0, 1}, 3: {0, 2, 1}, 4: {0, 1, 2, 3}, 5: {0, 2, 1, 3, 4}, 6: {0, 2, 1, 4, 5, 3}, 7: {0, 2, 1, 5, 6, 4, 3}, 8: {0, 2, 1, 6, 7, 4, 5, 3}}

// Plane returns the place of one of Vorbis's channels in sound that ffmpeg decodes.
func Plane(channels, channel int) int { return orders[channels][channel] }
