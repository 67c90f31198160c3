package aac

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"retake/internal/bits"
)

// errADTS says that a stream is not the ADTS it should be.
var errADTS = errors.New("malformed ADTS stream")

const (
	adtsHeader   = 7             // bytes, without CRC
	maxADTSFrame = 1<<13 - 1     // frame_length has 13 bits
	maxPacketCh  = 6144 / 8      // bytes of a packet for each channel, the decoder's buffer (14496-3, 4.5.3)
	mpeg4Sync    = 0xfff1        // syncword, MPEG-4, layer 0, no CRC
	fullnessVBR  = uint64(0x7ff) // adts_buffer_fullness of a stream of variable rate
)

// appendADTS appends a packet with its ADTS header (ISO/IEC 14496-3, 1.A.2.2) to dst. The config must pass CheckLC.
func appendADTS(dst []byte, c Config, packet []byte) ([]byte, error) {
	size := len(packet) + adtsHeader
	if size > maxADTSFrame {
		return nil, fmt.Errorf("packet of %d bytes does not fit ADTS", len(packet))
	}
	h := uint64(mpeg4Sync)<<40 | uint64(c.ObjectType-1)<<38 | uint64(c.rateIndex())<<34 |
		uint64(c.ChannelConfig)<<30 | uint64(size)<<13 | fullnessVBR<<2
	for shift := 48; shift >= 0; shift -= 8 {
		dst = append(dst, byte(h>>shift))
	}
	return append(dst, packet...), nil
}

// adtsReader splits an ADTS stream into packets. It doesn't search for a lost sync: it is for streams that
// somebody just wrote, where a gap is an error.
type adtsReader struct {
	r *bufio.Reader
}

// newADTSReader reads from r.
func newADTSReader(r io.Reader) *adtsReader { return &adtsReader{r: bufio.NewReaderSize(r, 16<<10)} }

// Next returns the next packet without its header, and the config its header states. At the end of the stream
// the error is io.EOF; a stream cut inside a packet gives io.ErrUnexpectedEOF.
func (a *adtsReader) Next() (Config, []byte, error) {
	var head [adtsHeader]byte
	if _, err := io.ReadFull(a.r, head[:]); err != nil {
		return Config{}, nil, err
	}
	b := &bits.Reader{Data: head[:]}
	if b.Read(12) != 0xfff {
		return Config{}, nil, fmt.Errorf("%w: no syncword", errADTS)
	}
	b.Flag() // MPEG version
	layer, crc := b.Read(2), !b.Flag()
	c := Config{ObjectType: b.Int(2) + 1, FrameLength: BlockSize}
	c.Rate = samplingRate(b)
	b.Flag() // private
	c.ChannelConfig = b.Int(3)
	c.Channels = channels[c.ChannelConfig]
	b.Skip(4)
	size := b.Int(13) - adtsHeader
	b.Skip(11)
	if blocks := b.Read(2) + 1; layer != 0 || c.Rate == 0 || blocks != 1 {
		return Config{}, nil, fmt.Errorf("%w: layer %d, rate %d, %d blocks in a frame", errADTS, layer, c.Rate, blocks)
	}
	if crc {
		if _, err := a.r.Discard(2); err != nil {
			return Config{}, nil, io.ErrUnexpectedEOF
		}
		size -= 2
	}
	if size < 0 {
		return Config{}, nil, fmt.Errorf("%w: frame shorter than its header", errADTS)
	}
	packet := make([]byte, size)
	if _, err := io.ReadFull(a.r, packet); err != nil {
		return Config{}, nil, io.ErrUnexpectedEOF
	}
	return c, packet, nil
}
