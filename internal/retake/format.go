package retake

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// trim writes seconds with at most three decimals and no trailing zeros.
func trim(f float64) string {
	return strconv.FormatFloat(math.Round(f*1000)/1000, 'f', -1, 64)
}

// SizeInWords writes bytes in the largest unit that they fill, with at most one decimal.
func SizeInWords(n int64) string {
	for _, u := range []struct {
		name  string
		bytes int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= u.bytes {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/float64(u.bytes)), ".0") + " " + u.name
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// Rate is a frame rate as a fraction of frames a second. 29.97 is {30000, 1001}.
type Rate struct {
	Num int `json:"num"`
	Den int `json:"den"`
}

// FPS returns frames a second, 0 for a zero Rate.
func (r Rate) FPS() float64 {
	if r.Den == 0 {
		return 0
	}
	return float64(r.Num) / float64(r.Den)
}

// PictureFormat describes decoded pictures: planar 8-bit YCbCr 4:2:0, chroma planes ⌈w/2⌉ × ⌈h/2⌉.
type PictureFormat struct {
	Width, Height int
	Rate          Rate   // nominal; a clip of variable rate has its average here
	Matrix        string // ffmpeg's names: bt709, smpte170m, bt470bg, bt2020nc; "" when the clip does not say
	Primaries     string
	Transfer      string
	FullRange     bool // luma 0 to 255 rather than 16 to 235
}

// FrameSize returns the bytes of one frame.
func (f PictureFormat) FrameSize() int {
	return f.Width*f.Height + 2*f.ChromaWidth()*f.ChromaHeight()
}

// ChromaWidth returns the samples in a row of a chroma plane.
func (f PictureFormat) ChromaWidth() int { return (f.Width + 1) / 2 }

// ChromaHeight returns the rows of a chroma plane.
func (f PictureFormat) ChromaHeight() int { return (f.Height + 1) / 2 }

// SoundFormat describes decoded sound: interleaved float32 samples, nominal range -1 to 1.
type SoundFormat struct {
	Rate     int // samples a second
	Channels int
}

// Frame is one decoded picture. Y, Cb and Cr are slices of Data, without row padding.
type Frame struct {
	Data      []byte
	Y, Cb, Cr []byte
	Format    PictureFormat
	Time      float64 // presentation time from the segment's start, seconds
}

// NewFrame makes a frame with its own memory.
func NewFrame(f PictureFormat) *Frame {
	data := make([]byte, f.FrameSize())
	luma, chroma := f.Width*f.Height, f.ChromaWidth()*f.ChromaHeight()
	return &Frame{
		Data: data, Format: f,
		Y:  data[:luma:luma],
		Cb: data[luma : luma+chroma : luma+chroma],
		Cr: data[luma+chroma:],
	}
}

// CopyFrom copies src's pictures and time; both must have the same size.
func (f *Frame) CopyFrom(src *Frame) {
	copy(f.Data, src.Data)
	f.Time = src.Time
}
