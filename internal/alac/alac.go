// Package alac reads the configuration of Apple Lossless sound and encodes single packets that take the place of others
// in a track. It does not decode. The format is that of Apple's ALACMagicCookieDescription.txt and reference code.
package alac

import (
	"encoding/binary"
	"errors"
	"fmt"
	mathbits "math/bits"

	"retake/internal/bits"
)

// cookieSize is the bytes of an ALACSpecificConfig.
const cookieSize = 24

// Config is an ALACSpecificConfig, the "magic cookie".
type Config struct {
	FrameLength int // sample frames in a packet; the last one may have fewer
	Bits        int // of a sample: 16, 20, 24 or 32
	Channels    int
	Rate        int
	MaxFrame    int // bytes, 0 when unknown
	mult        int // pb, mb, kb: how fast and from where the coding of numbers adapts, and its limit
	initial     int
	limit       int
}

// ParseConfig reads a cookie.
func ParseConfig(cookie []byte) (Config, error) {
	if len(cookie) < cookieSize {
		return Config{}, errors.New("an ALAC configuration is cut short")
	}
	c := Config{
		FrameLength: int(binary.BigEndian.Uint32(cookie)), Bits: int(cookie[5]), mult: int(cookie[6]), initial: int(cookie[7]), limit: int(cookie[8]),
		Channels: int(cookie[9]), MaxFrame: int(binary.BigEndian.Uint32(cookie[12:])), Rate: int(binary.BigEndian.Uint32(cookie[20:])),
	}
	ok := c.Bits == 16 || c.Bits == 20 || c.Bits == 24 || c.Bits == 32
	if !ok || cookie[4] != 0 || c.FrameLength < 1 || c.FrameLength > 1<<16 || c.Channels < 1 || c.Channels > len(elements) || c.Rate < 1 ||
		c.limit < 1 || c.limit > 16 {
		return Config{}, fmt.Errorf("an ALAC configuration that can't be read: %x", cookie[:cookieSize])
	}
	return c, nil
}

// Update returns the cookie for the track with some packets replaced: the largest of them counts.
func Update(cookie []byte, packets [][]byte) []byte {
	out := append([]byte(nil), cookie...)
	if largest := binary.BigEndian.Uint32(out[12:]); largest > 0 {
		for _, p := range packets {
			largest = max(largest, uint32(len(p)))
		}
		binary.BigEndian.PutUint32(out[12:], largest)
	}
	return out
}

// Lasting returns the cookie without what Update may change, for comparing two tracks.
func Lasting(cookie []byte) []byte {
	out := append([]byte(nil), cookie...)
	if len(out) >= cookieSize {
		clear(out[12:16])
	}
	return out
}

// Elements of a packet.
const (
	single = 0 // one channel
	pair   = 1
	end    = 7
)

// elements are what packets consist of by number of channels, and order gives the channel in ffmpeg's order of each
// channel in theirs (ALACAudioTypes.h: kALACChannelLayoutTag_MPEG_1_0 to 7_1_A).
var (
	elements = [8][]int{{single}, {pair}, {single, pair}, {single, pair, single}, {single, pair, pair},
		{single, pair, pair, single}, {single, pair, pair, single, single}, {single, pair, pair, pair, single}}
	order = [8][]int{{0}, {0, 1}, {2, 0, 1}, {2, 0, 1, 3}, {2, 0, 1, 3, 4}, {2, 0, 1, 4, 5, 3}, {2, 0, 1, 4, 5, 6, 3}, {2, 6, 7, 0, 1, 4, 5, 3}}
)

// Length returns the sample frames in a packet.
func (c Config) Length(packet []byte) (int, error) {
	r := bits.Reader{Data: packet}
	if e := r.Int(3); e != single && e != pair && e != 3 {
		return 0, errors.New("an ALAC packet does not begin with a channel")
	}
	r.Skip(4 + 12)
	sized := r.Flag()
	r.Skip(3)
	n := c.FrameLength
	if sized {
		n = r.Int(32)
	}
	if r.Over || n < 1 || n > c.FrameLength {
		return 0, fmt.Errorf("an ALAC packet of %d samples", n)
	}
	return n, nil
}

// Encode makes a packet of sample frames. samples has a slice for each channel, in ffmpeg's order, of values that have
// the track's bits. It predicts each sample by the one before: a few packets among many need no better.
func (c Config) Encode(samples [][]int64) ([]byte, error) {
	if len(samples) != c.Channels || len(samples[0]) < 1 || len(samples[0]) > c.FrameLength {
		return nil, fmt.Errorf("encode alac: %d channels of %d samples", len(samples), len(samples[0]))
	}
	w := &bits.Writer{}
	next, tags := 0, [2]uint64{}
	for _, kind := range elements[c.Channels-1] {
		planes := make([][]int64, kind+1)
		for i := range planes {
			planes[i] = samples[order[c.Channels-1][next]]
			next++
		}
		w.Write(uint64(kind), 3)
		w.Write(tags[kind], 4)
		tags[kind]++
		c.element(w, planes)
	}
	w.Write(end, 3)
	w.Align()
	return w.Data, nil
}

// firstOrder is the number of coefficients that stands for a prediction by the sample before. They are there all the
// same.
const firstOrder = 31

// unusedShift is that of the coefficients, which decoders want to be there.
const unusedShift = 9

// element writes what stands behind an element's tag: compressed, or as it is where that is shorter.
func (c Config) element(w *bits.Writer, planes [][]int64) {
	n, depth := len(planes[0]), c.Bits+len(planes)-1
	if depth <= 32 && n > firstOrder {
		packed := &bits.Writer{}
		c.compress(packed, planes, depth)
		if packed.Len() < n*len(planes)*c.Bits {
			c.head(w, n, false)
			w.Append(packed)
			return
		}
	}
	c.head(w, n, true)
	for i := range n {
		for _, p := range planes {
			w.Write(uint64(p[i]), c.Bits)
		}
	}
}

// head writes an element's header for n sample frames.
func (c Config) head(w *bits.Writer, n int, raw bool) {
	w.Write(0, 12)
	w.Bool(n < c.FrameLength)
	w.Write(0, 2) // low bytes that are stored apart: none
	w.Bool(raw)
	if n < c.FrameLength {
		w.Write(uint64(n), 32)
	}
}

func (c Config) compress(w *bits.Writer, planes [][]int64, depth int) {
	w.Write(0, 16) // no mixing of two channels
	for range planes {
		w.Write(unusedShift<<3|4, 8+3) // no mode; the adaptation is the cookie's, times 4/4
		w.Write(firstOrder, 5)
		for range firstOrder {
			w.Write(0, 16)
		}
	}
	for _, p := range planes {
		c.residual(w, p, depth)
	}
}

// residual codes the differences of samples as adaptive Golomb codes do: dyn_comp of Apple's ag_enc.c. The mean of what
// came before chooses the code; runs of zeros have their own.
func (c Config) residual(w *bits.Writer, samples []int64, depth int) {
	const scale, zeroRun = 9, 128
	mean, sign := c.initial, uint64(0)
	before := int64(0)
	for i := 0; i < len(samples); {
		d := samples[i] - before
		if i > 0 { // in the depth's own arithmetic, as it is added up
			d = d << (64 - depth) >> (64 - depth)
		}
		before = samples[i]
		i++
		v := uint64(d<<1 ^ d>>63)
		c.number(w, v-sign, mathbits.Len(uint(mean>>scale+3))-1, depth)
		sign = 0
		if v > 0xffff {
			mean = 0xffff
		} else {
			mean += int(v)*c.mult - mean*c.mult>>scale
		}
		if mean < zeroRun && i < len(samples) {
			run := 0
			for i < len(samples) && samples[i] == before && run < 0xffff {
				run++
				i++
			}
			k := 7 - (mathbits.Len(uint(mean)) - 1) + (mean+16)>>6
			if mean == 0 {
				k = 7 + (mean+16)>>6
			}
			c.number(w, uint64(run), k, 16)
			if run < 0xffff {
				sign = 1
			}
			mean = 0
		}
	}
}

// number writes a number with a Golomb code of parameter k, or in so many bits where that takes too long a prefix.
func (c Config) number(w *bits.Writer, v uint64, k, width int) {
	const longest = 8
	k = min(k, c.limit)
	divisor := uint64(1)<<k - 1
	q, rest := v/divisor, v%divisor
	if q > longest {
		w.Write(1<<(longest+1)-1, longest+1)
		w.Write(v, width)
		return
	}
	w.Unary(int(q), true)
	switch {
	case k == 1:
	case rest > 0:
		w.Write(rest+1, k)
	default:
		w.Write(0, k-1)
	}
}
