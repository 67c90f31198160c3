package h264

import "retake/internal/nal"

// Config is an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1), the body of avcC.
type Config struct {
	Profile, Compatibility, Level byte
	LengthSize                    int // bytes of each NAL length
	SPS, PPS                      [][]byte
	rest                          []byte // chroma format and bit depth of the high profiles, kept as it was
}

// ParseConfig reads the body of avcC.
func ParseConfig(b []byte) (*Config, error) {
	if len(b) < 7 || b[0] != 1 {
		return nil, malformed("the decoder configuration is cut short or of an unknown version")
	}
	c := &Config{Profile: b[1], Compatibility: b[2], Level: b[3], LengthSize: int(b[4]&3) + 1}
	sets := func(b []byte, n int) (out [][]byte, rest []byte, err error) {
		for ; n > 0; n-- {
			if len(b) < 2 {
				return nil, nil, malformed("a parameter set is cut short")
			}
			size := int(b[0])<<8 | int(b[1])
			if b = b[2:]; size > len(b) || size == 0 {
				return nil, nil, malformed("a parameter set claims %d bytes where %d are left", size, len(b))
			}
			out, b = append(out, b[:size:size]), b[size:]
		}
		return out, b, nil
	}
	var err error
	n, b := int(b[5]&0x1f), b[6:]
	if c.SPS, b, err = sets(b, n); err != nil {
		return nil, err
	}
	if len(b) == 0 {
		return nil, malformed("the decoder configuration has no picture parameter sets")
	}
	if c.PPS, c.rest, err = sets(b[1:], int(b[0])); err != nil {
		return nil, err
	}
	return c, nil
}

// Bytes returns the body of avcC.
func (c *Config) Bytes() []byte {
	out := []byte{1, c.Profile, c.Compatibility, c.Level, 0xfc | byte(c.LengthSize-1), 0xe0 | byte(len(c.SPS))}
	for i, sets := range [][][]byte{c.SPS, c.PPS} {
		if i == 1 {
			out = append(out, byte(len(sets)))
		}
		for _, s := range sets {
			out = append(append(out, byte(len(s)>>8), byte(len(s))), s...)
		}
	}
	return append(out, c.rest...)
}

// ProfileLossless is High 4:4:4 Predictive, the one profile whose pictures can be coded without loss (A.2.7).
const ProfileLossless = 244

// Join returns a configuration with the parameter sets of both, c's first, that a decoder of either kind can take. Their
// ids must differ.
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
	j := *c
	j.SPS = append(append([][]byte(nil), c.SPS...), other.SPS...)
	j.PPS = append(append([][]byte(nil), c.PPS...), other.PPS...)
	if len(j.SPS) > 31 || len(j.PPS) > 255 {
		return nil, malformed("too many parameter sets")
	}
	j.accept(other)
	return &j, nil
}

// With returns a configuration that has further parameter sets, too. Their ids must differ from those it has.
func (c *Config) With(sets [][]byte) (*Config, error) {
	other := &Config{}
	for _, s := range sets {
		if Type(s) == TypeSPS {
			other.SPS = append(other.SPS, s)
		} else {
			other.PPS = append(other.PPS, s)
		}
	}
	return c.Join(other)
}

func (c *Config) ids() (nal.SetIDs, error) {
	out := nal.SetIDs{}
	for _, s := range c.SPS {
		id, err := spsID(s)
		if err != nil {
			return nil, err
		}
		out[nal.SetID{Kind: TypeSPS, ID: id}] = true
	}
	for _, p := range c.PPS {
		id, _, err := readPPS(p)
		if err != nil {
			return nil, err
		}
		out[nal.SetID{Kind: TypePPS, ID: id}] = true
	}
	return out, nil
}

// Bounds of ids (7.4.2.1.1, 7.4.2.2).
const (
	maxSPS = 31
	maxPPS = 255
)

// spsID reads the id of a sequence parameter set: it follows profile, constraints and level (7.3.2.1.1).
func spsID(sps []byte) (uint32, error) {
	if len(sps) < 5 {
		return 0, malformed("a sequence parameter set is cut short")
	}
	r := nal.Reader{Data: nal.Unescape(sps[4:])}
	id := r.UE()
	if r.Bad || id > maxSPS {
		return 0, malformed("a sequence parameter set can't be read")
	}
	return id, nil
}
