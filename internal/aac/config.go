package aac

import (
	"errors"
	"fmt"

	"retake/internal/bits"
)

// BlockSize is the number of sample frames one packet of AAC-LC advances.
const BlockSize = 1024

// ErrNotLC says that a track isn't the plain AAC-LC that packets can be replaced in: its sound has to be
// re-encoded as a whole.
var ErrNotLC = errors.New("the track is not plain AAC-LC")

// errConfig says that the bytes are no AudioSpecificConfig.
var errConfig = errors.New("malformed AudioSpecificConfig")

// Audio object types of ISO/IEC 14496-3, table 1.17.
const (
	objectLC  = 2
	objectSBR = 5
	objectPS  = 29
)

// rates are the sampling frequencies by index, ISO/IEC 14496-3 table 1.18.
var rates = [...]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

// channels by channel configuration, table 1.19; 0 means a program config element says it.
var channels = [...]int{0, 1, 2, 3, 4, 5, 6, 8}

// Config is an AudioSpecificConfig.
type Config struct {
	ObjectType    int // of the core: 2 is AAC-LC
	Rate          int // samples a second, of the core
	Channels      int
	ChannelConfig int // 1 to 7, or 0 when a program config element lists the channels
	FrameLength   int // sample frames in a packet: 1024 or 960
	SBR, PS       bool
}

// ParseConfig reads an AudioSpecificConfig, the payload of an MP4 esds box's DecoderSpecificInfo. Explicit
// signalling of SBR and PS is read in both its forms; implicit signalling can't be seen here.
func ParseConfig(data []byte) (Config, error) {
	r := &bits.Reader{Data: data}
	c := Config{ObjectType: objectType(r)}
	c.Rate = samplingRate(r)
	c.ChannelConfig = r.Int(4)
	if c.ObjectType == objectSBR || c.ObjectType == objectPS {
		c.SBR, c.PS = true, c.ObjectType == objectPS
		samplingRate(r)
		c.ObjectType = objectType(r)
	}
	if r.Over || c.Rate == 0 || c.ChannelConfig >= len(channels) {
		return Config{}, errConfig
	}
	c.Channels, c.FrameLength = channels[c.ChannelConfig], BlockSize
	if c.ObjectType < 1 || c.ObjectType > 4 { // other object types have a specific config of their own
		return c, nil
	}
	if r.Flag() {
		c.FrameLength = 960
	}
	if r.Flag() { // dependsOnCoreCoder
		r.Skip(14)
	}
	r.Flag() // extensionFlag, always 0 for these object types
	if c.ChannelConfig == 0 {
		c.Channels = programConfig(r)
	}
	if r.Over || c.Channels == 0 {
		return Config{}, errConfig
	}
	syncExtension(r, &c)
	return c, nil
}

// syncExtension reads the backward compatible signalling of SBR and PS, if it is there.
func syncExtension(r *bits.Reader, c *Config) {
	if r.Left() < 16 || r.Read(11) != 0x2b7 || objectType(r) != objectSBR || !r.Flag() {
		return
	}
	c.SBR = true
	samplingRate(r)
	if r.Left() >= 12 && r.Read(11) == 0x548 {
		c.PS = r.Flag()
	}
}

func objectType(r *bits.Reader) int {
	t := r.Int(5)
	if t == 31 {
		t = 32 + r.Int(6)
	}
	return t
}

func samplingRate(r *bits.Reader) int {
	i := r.Int(4)
	if i == 15 {
		return r.Int(24)
	}
	if i >= len(rates) {
		return 0
	}
	return rates[i]
}

// programConfig reads a program_config_element and returns its number of channels.
func programConfig(r *bits.Reader) int {
	r.Skip(4 + 2 + 4) // element_instance_tag, object_type, sampling_frequency_index
	front, side, back := r.Int(4), r.Int(4), r.Int(4)
	lfe, assoc, coupling := r.Int(2), r.Int(3), r.Int(4)
	for _, width := range []int{4, 4, 3} { // mono, stereo and matrix mixdown
		if r.Flag() {
			r.Skip(width)
		}
	}
	n := lfe
	for range front + side + back {
		n++
		if r.Flag() { // a channel pair
			n++
		}
		r.Skip(4)
	}
	r.Skip(4*lfe + 4*assoc + 5*coupling)
	r.Align()
	r.Skip(8 * r.Int(8)) // comment
	return n
}

// CheckLC returns nil when packets of the track can be replaced: AAC-LC without SBR or PS, 1024 sample frames in a
// packet, one of the fixed channel configurations (mono to 7.1) at one of the fixed rates. Otherwise the error
// wraps ErrNotLC.
func (c Config) CheckLC() error {
	switch {
	case c.SBR || c.PS:
		return fmt.Errorf("%w: it is HE-AAC", ErrNotLC)
	case c.ObjectType != objectLC:
		return fmt.Errorf("%w: its object type is %d", ErrNotLC, c.ObjectType)
	case c.FrameLength != BlockSize:
		return fmt.Errorf("%w: its packets hold %d samples", ErrNotLC, c.FrameLength)
	case c.ChannelConfig == 0:
		return fmt.Errorf("%w: its channel layout is a list of its own", ErrNotLC)
	case c.rateIndex() < 0:
		return fmt.Errorf("%w: its rate is %d Hz", ErrNotLC, c.Rate)
	}
	return nil
}

func (c Config) rateIndex() int {
	for i, r := range rates {
		if r == c.Rate {
			return i
		}
	}
	return -1
}

// Bytes writes the config as an AudioSpecificConfig of two bytes. Only for a config that CheckLC accepts.
func (c Config) Bytes() []byte {
	v := uint16(c.ObjectType)<<11 | uint16(c.rateIndex())<<7 | uint16(c.ChannelConfig)<<3
	return []byte{byte(v >> 8), byte(v)}
}

// configFor returns the AAC-LC config for a rate and a number of channels.
func configFor(rate, n int) (Config, error) {
	for i, count := range channels {
		if count == n && i > 0 {
			c := Config{ObjectType: objectLC, Rate: rate, Channels: n, ChannelConfig: i, FrameLength: BlockSize}
			return c, c.CheckLC()
		}
	}
	return Config{}, fmt.Errorf("%w: it has %d channels", ErrNotLC, n)
}
