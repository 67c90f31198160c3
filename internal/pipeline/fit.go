package pipeline

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"retake/internal/media"
	"retake/internal/retake"
	"retake/internal/seam"
)

// maxStanding is how many pictures an answer may lack of the segment: the last one stands for them.
const maxStanding = 2

// film is a generative engine's answer as a file of pictures.
type film struct {
	footage *footage
	path    string
	stream  *media.Stream
	frames  int // pictures in it
	form    retake.PictureFormat
}

// openFilm looks at an answer's pictures.
func (f *footage) openFilm(ctx context.Context, path string) (*film, error) {
	info, err := f.run.Tools.Inspect(ctx, path)
	if err != nil || info.Video() == nil {
		return nil, retake.Errorf(retake.CodeEngine, "The engine answered with a file that holds no pictures.").Because(err)
	}
	a := &film{footage: f, path: path, stream: info.Video()}
	packets, err := f.run.Tools.Packets(ctx, path, a.stream.Index)
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if a.frames = len(packets); a.frames == 0 {
		return nil, retake.Errorf(retake.CodeEngine, "The engine answered with a file that holds no pictures.")
	}
	a.form = a.stream.Picture()
	if a.form.Matrix == "" {
		a.form.Matrix = f.window.Picture.Matrix // what it was given
	}
	return a, nil
}

// at returns the answer's picture that stands for the window's picture i: the same by number, or by time where an engine
// that keeps another rate left some out or showed some twice.
func (a *film) at(i int) int {
	w := a.footage.window
	own, rate := w.Picture.Rate.FPS(), a.stream.Rate.FPS()
	if a.frames != w.Frames && a.frames != w.Real && rate > 0 {
		i = int(math.Round(float64(i) * rate / own))
	}
	return i
}

// read decodes the answer's pictures in the form of the clip's view; with skip, those of [skip[0], skip[1]) are left out.
func (a *film) read(ctx context.Context, skip [2]int) (*filmReader, error) {
	clip := a.footage.viewFormat()
	filter := a.footage.window.outFilter(a.form, clip)
	if skip[0] < skip[1] {
		filter = fmt.Sprintf("select='lt(n\\,%d)+gte(n\\,%d)',", skip[0], skip[1]) + filter
	}
	tools := a.footage.run.Tools
	proc, err := tools.Start(ctx, media.Command{Args: []string{"-threads", fmt.Sprint(tools.Threads()), "-i", a.path, "-map", fmt.Sprintf("0:%d", a.stream.Index),
		"-vf", filter, "-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"}})
	if err != nil {
		return nil, fmt.Errorf("decode the answer: %w", err)
	}
	return &filmReader{film: a, proc: proc, r: bufio.NewReaderSize(proc.Stdout(), 1<<16), next: 0, last: -1, now: retake.NewFrame(clip)}, nil
}

// filmReader yields the answer's pictures for the segment's.
type filmReader struct {
	film *film
	proc *media.Process
	r    *bufio.Reader
	now  *retake.Frame
	last int // the number of now, -1 for none
	next int // the segment's next picture
	fit  *seam.Fit
}

// decode reads one more picture.
func (r *filmReader) decode() error {
	if _, err := io.ReadFull(r.r, r.now.Data); err != nil {
		if errors.Is(err, io.EOF) && r.last >= 0 {
			return io.EOF
		}
		return retake.Errorf(retake.CodeEngine, "The engine's answer can't be decoded.").Because(errors.Join(err, r.proc.Wait()))
	}
	r.last++
	return nil
}

// Next implements retake.FrameReader. Where the answer ends early its last picture stands.
func (r *filmReader) Next(ctx context.Context, dst *retake.Frame) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	n := r.film.footage.run.plan.Edit()
	if r.next == n {
		return io.EOF
	}
	shift := r.fit.HeadShift
	if 2*r.next >= n {
		shift = r.fit.TailShift
	}
	want := r.film.at(r.film.footage.window.First + r.next + shift)
	for r.last < want || r.last < 0 {
		if err := r.decode(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
	}
	r.next++
	dst.CopyFrom(r.now)
	return nil
}

// Close implements retake.FrameReader.
func (r *filmReader) Close() error {
	r.proc.Close()
	return nil
}

// fitPictures makes the take's pictures of its file: as the clip has them, corrected by what became of the handles.
func (r *run) fitPictures(ctx context.Context, f *footage) error {
	answer, err := f.openFilm(ctx, r.take.File)
	if err != nil {
		return err
	}
	w := f.window
	if answer.frames != w.Frames && answer.frames != w.Real {
		r.warnings = append(r.warnings, fmt.Sprintf("The engine answered with %d pictures where it was shown %d; they were matched by time.", answer.frames, w.Frames))
	}
	if last := answer.at(w.First + r.plan.Edit() - 1); last >= answer.frames+maxStanding {
		return retake.Errorf(retake.CodeEngine, "The engine's pictures, %d in number, do not reach the segment's end.", answer.frames)
	}
	fit := seam.None(f.viewFormat())
	if r.Config.FitAnswers {
		if fit, err = r.measureHandles(ctx, answer); err != nil {
			return err
		}
	}
	r.warnings = append(r.warnings, fit.Notes...)
	fresh, err := answer.read(ctx, [2]int{})
	if err != nil {
		return err
	}
	fresh.fit = fit
	r.take.Frames = fit.Reader(newSegmentReader(f), fresh, r.plan.Edit())
	return nil
}

// measureHandles finds out what the engine did to the pictures beside the segment.
func (r *run) measureHandles(ctx context.Context, answer *film) (*seam.Fit, error) {
	f, w := answer.footage, answer.footage.window
	if _, err := f.Window(ctx); err != nil { // a job that was picked up has not been shown it
		return nil, err
	}
	made, err := answer.handles(ctx)
	if err != nil {
		return nil, err
	}
	defer made.close()
	end := w.First + r.plan.Edit()
	handle := func(first, count int) seam.Handle {
		return seam.Handle{Count: count,
			Shown:  func(i int, dst *retake.Frame) (bool, error) { return f.handles.load(first+i, dst.Data) },
			Answer: func(i int, dst *retake.Frame) (bool, error) { return made.load(answer.at(first+i), dst.Data) }}
	}
	return seam.Measure(f.viewFormat(), handle(0, w.First), handle(end, w.Real-end), r.seed)
}

// handles keeps the answer's pictures that stand for the handles, and one more on the segment's side.
func (a *film) handles(ctx context.Context) (*spool, error) {
	w := a.footage.window
	skip := [2]int{a.at(w.First) + 1, a.at(w.First + a.footage.run.plan.Edit() - 1)}
	skip[0] = max(skip[0], 0)
	reader, err := a.read(ctx, skip)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	kept, err := newSpool(a.footage.run.dir)
	if err != nil {
		return nil, err
	}
	for {
		err := reader.decode()
		if errors.Is(err, io.EOF) {
			return kept, nil
		}
		i := reader.last
		if skip[0] < skip[1] && i >= skip[0] {
			i += skip[1] - skip[0]
		}
		if err == nil {
			err = kept.put(i, reader.now.Data)
		}
		if err != nil {
			return nil, errors.Join(err, kept.close())
		}
	}
}
