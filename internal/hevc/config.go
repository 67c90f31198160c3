package hevc

import (
	"bytes"
	"encoding/binary"
	"slices"

	"retake/internal/nal"
)

// Config is an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1), the body of hvcC.
type Config struct {
	LengthSize int // bytes of each NAL length
	head       [fixedSize]byte
	arrays     []array
}

// array holds the units of one type.
type array struct {
	head  byte // array_completeness, and the type
	units [][]byte
}

func (a array) kind() int { return int(a.head & 0x3f) }

// fixedSize is the length of a record up to the number of arrays, bytes.
const fixedSize = 22

// Where the level stands in the unescaped unit of a video (7.3.2.1) and a sequence parameter set (7.3.2.2): profile and
// level take 12 bytes, of which it is the last.
const (
	levelOfVPS = headerSize + 4 + 11
	levelOfSPS = headerSize + 1 + 11
)

// Places in the record.
const (
	atProfile      = 1  // profile space, tier and profile_idc
	atCompatible   = 2  // four bytes of flags
	atConstraints  = 6  // six bytes of flags
	atLevel        = 12 // level_idc
	atSegmentation = 13 // four reserved bits, then min_spatial_segmentation_idc
	atParallelism  = 15
)

// ParseConfig reads the body of hvcC.
func ParseConfig(b []byte) (*Config, error) {
	if len(b) < fixedSize+1 || b[0] != 1 {
		return nil, malformed("the decoder configuration is cut short or of an unknown version")
	}
	c := &Config{LengthSize: int(b[21]&3) + 1, head: [fixedSize]byte(b)}
	n, b := int(b[fixedSize]), b[fixedSize+1:]
	for range n {
		if len(b) < 3 {
			return nil, malformed("the decoder configuration is cut short")
		}
		a := array{head: b[0]}
		count := int(binary.BigEndian.Uint16(b[1:]))
		for b = b[3:]; count > 0; count-- {
			if len(b) < 2 {
				return nil, malformed("a parameter set is cut short")
			}
			size := int(binary.BigEndian.Uint16(b))
			if b = b[2:]; size <= headerSize || size > len(b) {
				return nil, malformed("a parameter set claims %d bytes where %d are left", size, len(b))
			}
			a.units, b = append(a.units, b[:size:size]), b[size:]
		}
		c.arrays = append(c.arrays, a)
	}
	return c, nil
}

// Bytes returns the body of hvcC.
func (c *Config) Bytes() []byte {
	out := append(c.head[:fixedSize:fixedSize], byte(len(c.arrays)))
	for _, a := range c.arrays {
		out = binary.BigEndian.AppendUint16(append(out, a.head), uint16(len(a.units)))
		for _, u := range a.units {
			out = append(binary.BigEndian.AppendUint16(out, uint16(len(u))), u...)
		}
	}
	return out
}

// Units returns the parameter sets and whatever else is to be decoded first.
func (c *Config) Units() (all [][]byte) {
	for _, a := range c.arrays {
		all = append(all, a.units...)
	}
	return all
}

// Has reports whether the configuration holds a unit, to the byte but for zeros behind it (B.1).
func (c *Config) Has(unit []byte) bool {
	return slices.ContainsFunc(c.Units(), func(u []byte) bool { return nal.SameUnit(u, unit) })
}

// Equal reports whether two configurations hold the same parameter sets.
func (c *Config) Equal(other *Config) bool {
	return slices.EqualFunc(c.sets(), other.sets(), bytes.Equal)
}

func (c *Config) sets() [][]byte {
	return slices.DeleteFunc(c.Units(), func(u []byte) bool { return !IsSet(u) })
}

// NoLevel is the level of a stream that keeps to no level's bounds (A.4.1).
const NoLevel = 255

// Level returns general_level_idc, 30 times the level's number, or NoLevel.
func (c *Config) Level() byte { return c.head[atLevel] }

// AtLevel returns the configuration with all of its streams said to be of a level.
func (c *Config) AtLevel(level byte) (*Config, error) {
	out := &Config{LengthSize: c.LengthSize, head: c.head}
	out.head[atLevel] = level
	for _, a := range c.arrays {
		said := array{head: a.head}
		for _, u := range a.units {
			if at, ok := map[int]int{typeVPS: levelOfVPS, typeSPS: levelOfSPS}[typeOf(u)]; ok {
				rbsp := nal.Unescape(u)
				if at >= len(rbsp) {
					return nil, malformed("a parameter set is cut short")
				}
				rbsp[at] = level
				u = nal.Escape(rbsp)
			}
			said.units = append(said.units, u)
		}
		out.arrays = append(out.arrays, said)
	}
	return out, nil
}

// Join returns a configuration with the parameter sets of both, c's first, that a decoder of either kind can take: the
// higher level, and only the promises that both make. Ids of the two must differ.
func (c *Config) Join(other *Config) (*Config, error) {
	used, err := c.ids()
	if err != nil {
		return nil, err
	}
	added, err := other.ids()
	if err != nil {
		return nil, err
	}
	if err := used.Apart(added); err != nil {
		return nil, err
	}
	j := &Config{LengthSize: c.LengthSize, head: c.head}
	j.head[atLevel] = max(c.head[atLevel], other.head[atLevel])
	if general := other.head[atProfile]; general&0x1f != c.head[atProfile]&0x1f {
		j.head[atProfile] = max(c.head[atProfile], general)
	}
	for i := atCompatible; i < atLevel; i++ {
		j.head[i] &= other.head[i]
	}
	if !bytes.Equal(c.head[atSegmentation:atParallelism+1], other.head[atSegmentation:atParallelism+1]) {
		copy(j.head[atSegmentation:], []byte{0xf0, 0, 0xfc}) // not told
	}
	for _, a := range c.arrays {
		j.arrays = append(j.arrays, array{a.head, slices.Clip(a.units)})
	}
	for _, u := range other.sets() {
		i := slices.IndexFunc(j.arrays, func(a array) bool { return a.kind() == typeOf(u) })
		if i < 0 {
			i = len(j.arrays)
			j.arrays = append(j.arrays, array{head: 0x80 | byte(typeOf(u))})
		}
		j.arrays[i].units = append(j.arrays[i].units, u)
	}
	return j, nil
}

// HasSets reports whether there is any parameter set.
func (c *Config) HasSets() bool { return len(c.sets()) > 0 }

// With returns a configuration that has further parameter sets, too. Their ids must differ from those it has.
func (c *Config) With(sets [][]byte) (*Config, error) {
	other := &Config{LengthSize: c.LengthSize, head: c.head}
	for _, s := range sets {
		other.arrays = append(other.arrays, array{head: 0x80 | byte(typeOf(s)), units: [][]byte{s}})
	}
	return c.Join(other)
}

func (c *Config) ids() (nal.SetIDs, error) {
	out := nal.SetIDs{}
	for _, u := range c.sets() {
		place, err := placeOf(u)
		if err != nil {
			return nil, err
		}
		out[nal.SetID{Kind: typeOf(u), ID: place.id}] = true
	}
	return out, nil
}
