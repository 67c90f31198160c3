package splice

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"retake/internal/container"
	"retake/internal/depth"
	"retake/internal/media"
	"retake/internal/retake"
)

// Encoder encodes a run of pictures into a file of its own, whose samples then take the place of the original's.
type Encoder struct {
	proc *media.Process
	path string
	want depth.Format
	n    int
}

// Encode starts an encoder that matches the track: its codec, size, profile, colour and sample aspect ratio, and no
// deeper reordering than the plan has room for.
func (v *Video) Encode(ctx context.Context, tools *media.Tools, p Plan, how Coding, dir, name string) (*Encoder, error) {
	holder := "mp4"
	if h, ok := v.codec.(interface{ holder() string }); ok {
		holder = h.holder()
	}
	path := dir + "/" + name + "." + holder
	f, rate := v.Format(), v.streamRate()
	args := []string{
		"-f", "rawvideo", "-pix_fmt", f.PixFmt(), "-video_size", fmt.Sprintf("%dx%d", f.Width, f.Height),
		"-framerate", fmt.Sprintf("%d/%d", rate.Num, rate.Den), "-i", "pipe:0",
	}
	options, err := v.codec.encoder(v, p, tools, how)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", name, err)
	}
	args = append(append(args, options...), "-f", holder, path)
	proc, err := tools.Start(ctx, media.Command{Args: args, PipeIn: true, WriteDirs: []string{dir}})
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", name, err)
	}
	return &Encoder{proc: proc, path: path, want: f}, nil
}

// streamRate returns the rate that the stream itself states, which players use for durations, else the track's.
func (v *Video) streamRate() retake.Rate {
	if s := v.Signal; s.TickRate > 0 {
		if fps := float64(s.TickRate) / float64(s.TickUnits); fps >= 1 && fps <= 1000 {
			return retake.Rate{Num: s.TickRate, Den: s.TickUnits}
		}
	}
	return v.Rate()
}

// colourParams says the track's colour and aspect ratio in the words that x264 and x265 share. full says full range.
func (v *Video) colourParams(full string) (params []string) {
	s := v.Signal
	add := func(key, value string) {
		if value != "" {
			params = append(params, key+"="+value)
		}
	}
	add("colorprim", primaries[s.Primaries])
	add("transfer", transfers[s.Transfer])
	add("colormatrix", matrices[s.Matrix])
	if s.FullRange {
		params = append(params, full)
	}
	if s.ChromaLocation >= 0 {
		add("chromaloc", fmt.Sprint(s.ChromaLocation))
	}
	return params
}

// maxKeyint bounds the distance of keyframes in new footage, x264's own default.
const maxKeyint = 250

// keyint returns the longest distance of keyframes in the source, so that seeking in the new part is as quick.
func (v *Video) keyint() int {
	longest, last := 1, 0
	for i, s := range v.Samples.All() {
		if s.Sync {
			longest, last = max(longest, i-last), i
		}
	}
	return min(max(longest, v.Len()-last), maxKeyint)
}

// Write encodes one more picture.
func (e *Encoder) Write(f *depth.Picture) error {
	if len(f.Data) != e.want.Size() {
		return fmt.Errorf("encode: a picture of %d bytes where %d×%d of %s are expected", len(f.Data), e.want.Width, e.want.Height, e.want.Name())
	}
	if _, err := e.proc.Stdin().Write(f.Data); err != nil {
		if failed := e.proc.Wait(); failed != nil {
			err = failed
		}
		return fmt.Errorf("encode pictures: %w", err)
	}
	e.n++
	return nil
}

// Finish waits for the encoder and opens what it wrote.
func (e *Encoder) Finish() (*Part, error) {
	if err := e.proc.Stdin().Close(); err != nil {
		e.proc.Close()
		return nil, fmt.Errorf("encode pictures: %w", err)
	}
	if err := e.proc.Wait(); err != nil {
		return nil, fmt.Errorf("encode pictures: %w", err)
	}
	part, err := openPart(e.path)
	if err != nil {
		return nil, fmt.Errorf("read encoded pictures: %v", err) // cut short, say: no fault of the clip's
	}
	if part.video.Len() != e.n {
		part.Close()
		return nil, fmt.Errorf("the encoder wrote %d of %d pictures", part.video.Len(), e.n)
	}
	return part, nil
}

// Abort ends an encoder whose pictures are not wanted any more.
func (e *Encoder) Abort() { e.proc.Close() }

// Part is a run of newly encoded pictures.
type Part struct {
	video   *Video
	file    *os.File
	changed *os.File // samples that were changed, nil as long as there are none
	size    int64    // of changed, bytes
}

// spill keeps a changed sample in a file that nobody else sees.
func (p *Part) spill(sample []byte) (container.Piece, error) {
	if p.changed == nil {
		f, err := os.CreateTemp(filepath.Dir(p.file.Name()), "samples-")
		if err != nil {
			return container.Piece{}, err
		}
		p.changed = f
	}
	if _, err := p.changed.WriteAt(sample, p.size); err != nil {
		return container.Piece{}, err
	}
	piece := container.Piece{From: p.changed, Offset: p.size, Size: uint32(len(sample))}
	p.size += int64(len(sample))
	return piece, nil
}

func openPart(path string) (*Part, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	p, err := func() (*Part, error) {
		file, err := openContainer(f)
		if err != nil {
			return nil, err
		}
		track := container.MainVideo(file)
		if track == nil {
			return nil, fmt.Errorf("no picture track")
		}
		v, err := openVideo(file, track)
		if err == nil && v.Reason != "" {
			err = errors.New(v.Reason)
		}
		return &Part{video: v, file: f}, err
	}()
	if err != nil {
		f.Close()
		return nil, err
	}
	return p, nil
}

// Close closes the part's files. The folder's owner removes them.
func (p *Part) Close() error {
	if p.changed == nil {
		return p.file.Close()
	}
	return errors.Join(p.file.Close(), p.changed.Close())
}

// piece returns where a sample is that can stay as it is.
func (p *Part) piece(i int) container.Piece {
	s := p.video.Samples.At(i)
	return container.Piece{From: p.file, Offset: s.Offset, Size: s.Size}
}
