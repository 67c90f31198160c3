package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"retake/internal/depth"
	"retake/internal/media"
	"retake/internal/pcm"
	"retake/internal/retake"
	"retake/internal/splice"
)

// How the window is encoded: good enough that what the engine loses is its own doing.
const (
	windowCRF     = 8
	windowBitRate = 256000
)

// windowFile is a window as it was written, and the pictures of the handles for the fit.
type windowFile struct {
	path    string
	handles *spool
}

// Close removes what was kept.
func (w *windowFile) Close() error { return w.handles.close() }

// Window implements retake.Source.
func (f *footage) Window(ctx context.Context) (string, error) {
	r := f.run
	if f.window == nil {
		return "", errors.New("only a generative engine is shown a window")
	}
	if f.shown != "" {
		return f.shown, nil
	}
	what := fmt.Sprintf("window %+v %s", *f.window, r.Config.Quality.Preset)
	made, release, err := shared(ctx, r.job.share, what, r.dir, func(float64) {}, func(ctx context.Context, dir string, _ func(float64)) (*windowFile, error) {
		return f.makeWindow(ctx, dir)
	})
	if err != nil {
		return "", err
	}
	f.handles, f.release = made.handles, release
	path := filepath.Join(r.dir, "engine", "window.mp4")
	if r.job.share == nil {
		f.release = func() { made.Close() }
		err = os.Rename(made.path, path)
	} else {
		err = copyFile(made.path, path) // engines may do with theirs what they want
	}
	if err != nil {
		return "", fmt.Errorf("show window: %w", err)
	}
	f.shown = path
	return path, nil
}

// makeWindow writes the window into a folder. It opens the clip anew: other takes may need the window for longer than this
// one is there.
func (f *footage) makeWindow(ctx context.Context, dir string) (*windowFile, error) {
	src, err := splice.OpenTrack(f.run.path, f.run.job.Request.Track)
	if err != nil {
		return nil, fmt.Errorf("write window: %w", err)
	}
	defer src.Close()
	own := &run{Editor: f.run.Editor, job: f.run.job, dir: dir, info: f.run.info, path: f.run.path, src: src, segment: f.run.segment, plan: f.run.plan}
	handles, err := newSpool(dir)
	if err != nil {
		return nil, err
	}
	path, err := (&footage{run: own, ctx: ctx, window: f.window, handles: handles}).writeWindow(ctx)
	if err != nil {
		return nil, errors.Join(err, handles.close())
	}
	return &windowFile{path, handles}, nil
}

// writeWindow writes the window into the run's folder, and the pictures of the handles into their spool.
func (f *footage) writeWindow(ctx context.Context) (string, error) {
	w, r := f.window, f.run
	path := filepath.Join(r.dir, "window.mp4")
	shown := f.viewFormat()
	args := []string{"-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", fmt.Sprintf("%dx%d", shown.Width, shown.Height),
		"-framerate", fmt.Sprintf("%d/%d", w.Picture.Rate.Num, w.Picture.Rate.Den), "-i", "pipe:0"}
	sound, err := f.windowSound(ctx)
	if err != nil {
		return "", err
	}
	args = append(args, sound...)
	args = append(args, "-vf", w.inFilter(), "-c:v", "libx264", "-preset", r.Config.Quality.Preset, "-crf", fmt.Sprint(windowCRF), "-pix_fmt", "yuv420p",
		"-threads", fmt.Sprint(r.Tools.Threads()))
	args = append(args, colourTags(w.Picture)...)
	args = append(args, "-c:a", "aac", "-b:a", fmt.Sprint(windowBitRate), "-movflags", "+faststart", "-f", "mp4", path)
	proc, err := r.Tools.Start(ctx, media.Command{Args: args, PipeIn: true, WriteDirs: []string{filepath.Dir(path)}})
	if err != nil {
		return "", fmt.Errorf("write window: %w", err)
	}
	defer proc.Close()
	if err := f.feedWindow(ctx, proc); err != nil {
		if failed := proc.Wait(); failed != nil && context.Cause(ctx) == nil {
			err = failed
		}
		return "", fmt.Errorf("write window: %w", err)
	}
	if err := errors.Join(proc.Stdin().Close(), proc.Wait()); err != nil {
		return "", fmt.Errorf("write window: %w", err)
	}
	return path, nil
}

// feedWindow decodes the window's pictures for the encoder; the last fills up the count.
func (f *footage) feedWindow(ctx context.Context, to *media.Process) error {
	w := f.window
	next, closing, err := f.windowPictures(ctx)
	if err != nil {
		return err
	}
	defer closing()
	shown, end := retake.NewFrame(f.viewFormat()), w.First+f.run.plan.Edit()
	for i := range w.Frames {
		if i < w.Real {
			if err := next(shown); err != nil {
				return err
			}
			if i < w.First || i >= end {
				if err := f.handles.put(i, shown.Data); err != nil {
					return err
				}
			}
		}
		if _, err := to.Stdin().Write(shown.Data); err != nil {
			return err
		}
	}
	return nil
}

// windowPictures starts decoding the window's pictures as engines see them.
func (f *footage) windowPictures(ctx context.Context) (next func(*retake.Frame) error, closing func(), err error) {
	w, v := f.window, f.run.src.Video
	if v.Signal == nil {
		return f.foreignPictures(ctx)
	}
	first, err := v.StartFor(w.from)
	if err != nil {
		return nil, nil, err
	}
	dec, err := v.Decode(ctx, f.run.Tools, first, w.from, w.to)
	if err != nil {
		return nil, nil, err
	}
	own, view := depth.New(v.Format()), depth.NewView(v.Format())
	return func(dst *retake.Frame) error {
		if err := dec.Next(ctx, own); err != nil {
			return err
		}
		view.Show(own, dst)
		return nil
	}, func() { dec.Close() }, nil
}

// foreignPictures decodes the window of a clip whose pictures can't be decoded one by one, from its beginning. Such a clip's
// sound is all that is edited, so they need not be its own to the bit.
func (f *footage) foreignPictures(ctx context.Context) (next func(*retake.Frame) error, closing func(), err error) {
	w, r, p := f.window, f.run, f.viewFormat()
	filter := fmt.Sprintf("select='between(n\\,%d\\,%d)',scale=%d:%d:%s,format=yuv420p", w.from, w.to-1, p.Width, p.Height, scaling(w.Picture, w.Picture))
	proc, err := r.Tools.Start(ctx, media.Command{Args: []string{"-noautorotate", "-i", r.path, "-map", "0:V:0", "-vf", filter, "-fps_mode", "passthrough",
		"-frames:v", fmt.Sprint(w.to - w.from), "-f", "rawvideo", "pipe:1"}})
	if err != nil {
		return nil, nil, err
	}
	return func(dst *retake.Frame) error {
		_, err := io.ReadFull(proc.Stdout(), dst.Data)
		if err != nil {
			err = undecodable(errors.Join(err, proc.Wait()))
		}
		return err
	}, func() { proc.Close() }, nil
}

// windowSound writes the window's sound beside it and returns the input's options. It plays as much faster or slower as the
// pictures do, so that both end together.
func (f *footage) windowSound(ctx context.Context) ([]string, error) {
	a := f.run.src.Audio
	if f.window.Sound.Rate == 0 {
		return []string{"-map", "0:v"}, nil
	}
	format := a.Format()
	from, to := a.Span(f.window.Span.Start, f.window.Span.End)
	sound, err := a.Decode(ctx, f.run.Tools, from, to)
	if err != nil {
		return nil, fmt.Errorf("window's sound: %w", err)
	}
	path := filepath.Join(f.run.dir, "window.f32")
	if err := os.WriteFile(path, pcm.Float32.Encode(sound), 0o600); err != nil {
		return nil, fmt.Errorf("window's sound: %w", err)
	}
	return []string{"-f", "f32le", "-ar", fmt.Sprint(int(math.Round(float64(format.Rate) * f.pace()))), "-ac", fmt.Sprint(format.Channels), "-i", path,
		"-map", "0:v", "-map", "1:a", "-ar", fmt.Sprint(format.Rate)}, nil
}

// pace is how much faster the window plays than the clip.
func (f *footage) pace() float64 {
	w := f.window
	if long := w.Span.Duration(); long > 0 {
		return float64(w.Real) / w.Picture.Rate.FPS() / long
	}
	return 1
}

// inFilter takes the clip's view to the window's pictures.
func (l *layout) inFilter() string {
	p := l.Picture
	chain := []string{fmt.Sprintf("setparams=range=%s:colorspace=%s", rangeName(p.FullRange), p.Matrix)}
	chain = append(chain, fmt.Sprintf("scale=%d:%d:%s", l.width, l.height, scaling(p, p)))
	if l.width != p.Width || l.height != p.Height {
		chain = append(chain, fmt.Sprintf("pad=%d:%d:0:0", p.Width, p.Height),
			fmt.Sprintf("fillborders=right=%d:bottom=%d:mode=smear", p.Width-l.width, p.Height-l.height))
	}
	return strings.Join(append(chain, "format=yuv420p"), ",")
}

// outFilter takes an answer of a form back to the clip's view.
func (l *layout) outFilter(answer, clip retake.PictureFormat) string {
	chain := []string{fmt.Sprintf("scale=%d:%d:%s", l.Picture.Width, l.Picture.Height, scaling(answer, l.Picture))}
	if l.width != l.Picture.Width || l.height != l.Picture.Height {
		chain = append(chain, fmt.Sprintf("crop=%d:%d:0:0:exact=1", l.width, l.height))
	}
	chain = append(chain, fmt.Sprintf("scale=%d:%d:%s", clip.Width, clip.Height, scaling(l.Picture, l.Picture)))
	return strings.Join(append(chain, "format=yuv420p"), ",")
}

// scaling states the matrix and range on both sides. Left to itself ffmpeg guesses them by the picture's size.
func scaling(from, to retake.PictureFormat) string {
	return fmt.Sprintf("flags=lanczos+accurate_rnd+full_chroma_int:in_color_matrix=%s:out_color_matrix=%s:in_range=%s:out_range=%s",
		scaleMatrix(from.Matrix), scaleMatrix(to.Matrix), rangeName(from.FullRange), rangeName(to.FullRange))
}

func rangeName(full bool) string {
	if full {
		return "pc"
	}
	return "tv"
}

// scaleMatrix spells a matrix for ffmpeg's scale filter; what that doesn't know stays as it is on both sides.
func scaleMatrix(name string) string {
	switch name {
	case "bt709", "fcc", "smpte240m", "smpte170m":
		return name
	case "bt470bg":
		return "bt470"
	case "bt2020nc", "bt2020c":
		return "bt2020"
	}
	return "bt709"
}

func colourTags(p retake.PictureFormat) []string {
	tags := []string{"-color_range", rangeName(p.FullRange), "-colorspace", p.Matrix}
	if p.Primaries != "" {
		tags = append(tags, "-color_primaries", p.Primaries)
	}
	if p.Transfer != "" {
		tags = append(tags, "-color_trc", p.Transfer)
	}
	return tags
}
