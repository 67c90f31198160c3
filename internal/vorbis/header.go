package vorbis

import "encoding/binary"

// Head is an identification header (4.2.2).
type Head struct {
	Channels int
	Rate     int    // sample frames a second
	Sizes    [2]int // of a short and a long window, sample frames
}

// Bounds of what is read, far above what encoders make.
const (
	maxChannels = 8
	maxBook     = 1 << 18 // numbers in a codebook
	maxBooks    = 1 << 21 // and in all
)

const headSize = 30

// parseHead reads an identification header.
func parseHead(data []byte) (Head, error) {
	if len(data) < headSize || string(data[:7]) != "\x01vorbis" || binary.LittleEndian.Uint32(data[7:]) != 0 || data[29]&1 == 0 {
		return Head{}, malformed("an identification header that can't be read")
	}
	h := Head{Channels: int(data[11]), Rate: int(binary.LittleEndian.Uint32(data[12:])),
		Sizes: [2]int{1 << (data[28] & 15), 1 << (data[28] >> 4)}}
	switch {
	case h.Channels == 0 || h.Channels > maxChannels:
		return Head{}, malformed("%d channels", h.Channels)
	case h.Rate == 0 || h.Rate > 1<<20:
		return Head{}, malformed("a rate of %d", h.Rate)
	case h.Sizes[0] < 64 || h.Sizes[0] > h.Sizes[1] || h.Sizes[1] > 8192:
		return Head{}, malformed("windows of %d and %d", h.Sizes[0], h.Sizes[1])
	}
	return h, nil
}

// split takes apart the three headers as Matroska's CodecPrivate has them: their number less one, the sizes of all but the
// last in bytes of which each but the last is 255, then the headers (Xiph lacing, RFC 9559 10.3.2).
func split(private []byte) (list [3][]byte, err error) {
	if len(private) == 0 || private[0] != 2 {
		return list, malformed("there are not three headers")
	}
	data := private[1:]
	var sizes [2]int
	for i := range sizes {
		for {
			if len(data) == 0 {
				return list, malformed("the sizes of headers break off")
			}
			b := data[0]
			data = data[1:]
			sizes[i] += int(b)
			if b != 255 {
				break
			}
		}
	}
	if sizes[0]+sizes[1] > len(data) {
		return list, malformed("headers of %d and %d bytes in %d", sizes[0], sizes[1], len(data))
	}
	return [3][]byte{data[:sizes[0]], data[sizes[0] : sizes[0]+sizes[1]], data[sizes[0]+sizes[1]:]}, nil
}

// Stream is what the headers of a track say. It is not changed once it is there, so that several may use it.
type Stream struct {
	Head
	books    []*book
	floors   []floor
	residues []residue
	mappings []mapping
	modes    []mode
}

// mode is a way of coding a packet (4.2.4).
type mode struct {
	long    int // 0 or 1, as an index of Head.Sizes
	mapping int
}

// ParsePrivate reads a track's headers in the form of Matroska's CodecPrivate.
func ParsePrivate(private []byte) (*Stream, error) {
	headers, err := split(private)
	if err != nil {
		return nil, err
	}
	s := &Stream{}
	if s.Head, err = parseHead(headers[0]); err != nil {
		return nil, err
	}
	if len(headers[2]) < 7 || string(headers[2][:7]) != "\x05vorbis" {
		return nil, malformed("a setup header that can't be read")
	}
	return s, s.parseSetup(&reader{data: headers[2][7:]})
}

// parseSetup reads the setup header (4.2.4).
func (s *Stream) parseSetup(r *reader) error {
	room := maxBooks
	for range r.int(8) + 1 {
		b, err := parseBook(r)
		if err != nil {
			return err
		}
		if room -= len(b.lengths) * max(b.dims, 1); room < 0 {
			return malformed("codebooks of more than %d numbers", maxBooks)
		}
		s.books = append(s.books, b)
	}
	for range r.int(6) + 1 {
		if r.read(16) != 0 {
			return malformed("a time domain transform")
		}
	}
	for _, read := range []func(*reader) error{s.parseFloor, s.parseResidue, s.parseMapping, s.parseMode} {
		for range r.int(6) + 1 {
			if err := read(r); err != nil {
				return err
			}
			if r.over {
				return malformed("the setup header breaks off")
			}
		}
	}
	if !r.flag() || r.over {
		return malformed("the setup header breaks off")
	}
	return nil
}

func (s *Stream) parseMode(r *reader) error {
	m := mode{long: r.int(1)}
	if r.read(32) != 0 {
		return malformed("a window or transform of another kind")
	}
	if m.mapping = r.int(8); m.mapping >= len(s.mappings) {
		return malformed("mapping %d of %d", m.mapping, len(s.mappings))
	}
	s.modes = append(s.modes, m)
	return nil
}

// book returns a codebook by its number, nil for one there is not.
func (s *Stream) book(i int) *book {
	if i < 0 || i >= len(s.books) {
		return nil
	}
	return s.books[i]
}
