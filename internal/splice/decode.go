package splice

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"retake/internal/depth"
	"retake/internal/media"
	"retake/internal/retake"
)

// Format describes the track's decoded pictures.
func (v *Video) Format() depth.Format {
	s := v.Signal
	return depth.Format{
		Width: s.Width, Height: s.Height, Bits: s.BitDepth, Chroma: depth.Chroma(s.ChromaFormat), Alpha: s.Alpha, Rate: v.Rate(), FullRange: s.FullRange,
		Matrix: matrices[s.Matrix], Primaries: primaries[s.Primaries], Transfer: transfers[s.Transfer],
	}
}

// Decoder yields decoded pictures in display order.
type Decoder struct {
	proc *media.Process
	r    *bufio.Reader
	left int
	next int // display index
	line *Timeline
}

// Decode starts decoding display frames [from, to), feeding the decoder the packets from the start at decode index
// first on. Nothing but these packets is decoded, so time and memory follow the span and not the clip. Picture.Time
// is the clip's presentation time.
func (v *Video) Decode(ctx context.Context, tools *media.Tools, first, from, to int) (*Decoder, error) {
	left, early, err := v.leftOut(first, from)
	if err != nil {
		return nil, fmt.Errorf("decode pictures: %w", err)
	}
	options, stream := v.codec.stream(v, first, v.decodeEnd(to), left)
	args := append(options, "-threads", fmt.Sprint(tools.Threads()), "-i", "pipe:0")
	if early > 0 {
		args = append(args, "-vf", fmt.Sprintf("select=gte(n\\,%d)", early))
	}
	args = append(args, "-fps_mode", "passthrough", "-frames:v", fmt.Sprint(to-from), "-f", "rawvideo", "pipe:1")
	proc, err := tools.Start(ctx, media.Command{Args: args, Stdin: stream})
	if err != nil {
		return nil, fmt.Errorf("decode pictures: %w", err)
	}
	return &Decoder{
		proc: proc, r: bufio.NewReaderSize(proc.Stdout(), 1<<16), left: to - from, next: from, line: v.Timeline,
	}, nil
}

// leftOut returns the samples from decode index first on that the decoder need not see, as no other picture refers to
// them, or must not, as what they refer to comes before first; and how many of the others are shown before from.
func (v *Video) leftOut(first, from int) (out map[int]bool, early int, err error) {
	out = map[int]bool{}
	for i, end := first, v.decodeEnd(from); i < end; i++ {
		if v.Rank(i) >= from {
			continue
		}
		drop, err := v.codec.spare(v, i)
		if err == nil && !drop && v.Rank(i) < v.Rank(first) {
			drop, err = v.codec.skipped(v, i)
		}
		if err != nil {
			return nil, 0, err
		}
		if drop {
			out[i] = true
		} else {
			early++
		}
	}
	return out, early, nil
}

// decodeEnd returns how many samples must be fed for all frames before display index to to come out.
func (v *Video) decodeEnd(to int) int {
	end := to
	for i := max(to, 1); i < v.Len() && !v.closed(i-1); i++ {
		if v.Rank(i) < to {
			end = i + 1
		}
	}
	return end
}

// Next fills dst, or returns io.EOF after the last frame. A decoder that yields fewer pictures than the track lists
// is an error: the clip is damaged.
func (d *Decoder) Next(ctx context.Context, dst *depth.Picture) error {
	if d.left == 0 {
		return io.EOF
	}
	if _, err := io.ReadFull(d.r, dst.Data); err != nil {
		if failed := d.proc.Wait(); failed != nil {
			if _, stopped := errors.AsType[*media.ExitError](failed); !stopped || retake.CodeOf(failed) != retake.CodeInternal {
				return fmt.Errorf("decode picture %d: %w", d.next, failed) // cancelled, or out of some bound
			}
			err = failed
		}
		return retake.Errorf(retake.CodeUnreadable, "The clip is damaged: picture %d can't be decoded.", d.next).Because(err)
	}
	dst.Time = d.line.Time(d.next)
	d.left--
	d.next++
	return nil
}

// Position returns the display index of the frame that Next yields.
func (d *Decoder) Position() int { return d.next }

// Close ends the decoder, whether or not all frames were read.
func (d *Decoder) Close() error {
	if d.left > 0 {
		return d.proc.Close()
	}
	err := d.proc.Wait()
	d.proc.Stdout().Close()
	return err
}

// sampleStream yields samples [next, end) but those left out, in the form that frame appends them in.
type sampleStream struct {
	v         *Video
	next, end int
	left      map[int]bool
	frame     func(dst, sample []byte, decode int) ([]byte, error)
	out       []byte // what is still to be read: at first what comes before all samples, then of buf
	buf, data []byte
}

func (s *sampleStream) Read(p []byte) (int, error) {
	for len(s.out) == 0 {
		for s.left[s.next] {
			s.next++
		}
		if s.next >= s.end {
			return 0, io.EOF
		}
		var err error
		if s.data, err = s.v.Sample(s.next, s.data); err != nil {
			return 0, err
		}
		if s.buf, err = s.frame(s.buf[:0], s.data, s.next); err != nil {
			return 0, err
		}
		s.out = s.buf
		s.next++
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}
