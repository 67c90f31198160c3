package pipeline

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"slices"

	"retake/internal/depth"
	"retake/internal/retake"
	"retake/internal/splice"
)

// Sound of a clip that has none, in a mode that makes some.
const (
	freshRate     = 48000
	freshChannels = 2
)

// pick returns the engine that was asked for, or the first that can be had and does the mode.
func (r *run) pick(ctx context.Context, req retake.Request) (retake.Engine, error) {
	var names []string
	var missed error // of the first that does the mode, but can't be had
	for _, e := range r.Engines {
		name := e.Info().Name
		names = append(names, name)
		if req.Engine != "" && req.Engine != name {
			continue
		}
		err := prepare(ctx, e)
		if err == nil && !slices.Contains(e.Info().Modes, req.Mode) {
			err = retake.Invalid("mode", "the engine %s does not do %s", name, req.Mode)
		}
		if err == nil {
			return e, nil
		}
		if req.Engine != "" || context.Cause(ctx) != nil {
			return nil, err
		}
		if missed == nil && retake.CodeOf(err) != retake.CodeInvalid {
			missed = err
		}
	}
	if req.Engine != "" {
		return nil, retake.Invalid("engine", "there is no engine %q here; there are: %v", req.Engine, names)
	}
	if missed != nil {
		return nil, missed
	}
	return nil, retake.Errorf(retake.CodeUnavailable, "No engine here can do %s.", req.Mode)
}

// prepare has an engine find out what it can do, where it does not know.
func prepare(ctx context.Context, e retake.Engine) error {
	if p, ok := e.(retake.Preparer); ok {
		if err := p.Prepare(ctx); err != nil {
			return ofEngine(err)
		}
	}
	return nil
}

// seedFor returns the request's seed, or one that is the same for the same request.
func seedFor(req retake.Request) int64 {
	if req.Seed != nil {
		return *req.Seed
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%g\x00%g\x00%s", req.Prompt, req.Start, req.Duration, req.Mode)
	return int64(h.Sum64() >> 33) // 31 bits: every engine takes that many
}

// engineJob describes the segment to the engine.
func (r *run) engineJob(ctx context.Context) (retake.Job, *footage, error) {
	req := r.job.Request
	temp := filepath.Join(r.dir, "engine")
	if err := os.Mkdir(temp, 0o700); err != nil {
		return retake.Job{}, nil, fmt.Errorf("engine folder: %w", err)
	}
	f := &footage{run: r, ctx: ctx}
	job := retake.Job{
		Prompt: req.Prompt, Placeholder: req.IsPlaceholder(), Mode: req.Mode, Seed: r.seed,
		Segment: r.segment, Source: f, TempDir: temp, Note: r.job.Note, Remember: r.job.Remember, Spent: r.spent,
	}
	if req.Mode.Video() {
		job.Frames, job.Picture = r.plan.Edit(), depth.NewView(r.src.Video.Format()).Format()
	}
	if req.Mode.Audio() {
		job.Sound = retake.SoundFormat{Rate: freshRate, Channels: freshChannels}
		if a := r.src.Audio; a != nil {
			job.Sound = a.Format()
		}
		from, to := r.soundSpan(job.Sound.Rate)
		job.Samples = int(to - from)
	}
	if info := r.engine.Info(); info.Generative {
		if err := f.layWindow(info); err != nil {
			return job, nil, err
		}
		job.Window = f.window.Window
	}
	return job, f, nil
}

// layWindow chooses what a generative engine is shown.
func (f *footage) layWindow(info retake.EngineInfo) error {
	v := f.run.src.Video
	l, err := layWindow(info, f.viewFormat(), f.run.plan.Start, f.run.plan.End, v.Len())
	if err != nil {
		return err
	}
	l.Span = retake.Segment{Start: v.Time(l.from), End: v.Time(l.to)}
	if a := f.run.src.Audio; a != nil && a.Reason == "" {
		l.Sound = a.Format()
	}
	f.window = &l
	return nil
}

// viewFormat is that of the pictures that engines see.
func (f *footage) viewFormat() retake.PictureFormat {
	if f.run.src.Video.Signal == nil {
		p := f.run.info.Video().Picture()
		p.Rate = f.run.src.Video.Rate()
		return p
	}
	return depth.NewView(f.run.src.Video.Format()).Format()
}

// checkTake holds an engine to its contract.
func checkTake(t *retake.Take, job retake.Job) error {
	if job.Mode.Video() && t.Frames == nil && (t.File == "" || job.Window.Frames == 0) {
		return retake.Errorf(retake.CodeEngine, "The engine answered without pictures.")
	}
	if want := job.Samples * job.Sound.Channels; job.Mode.Audio() && len(t.Sound) != want && t.File == "" {
		return retake.Errorf(retake.CodeEngine, "The engine answered with sound of the wrong length.").
			Because(fmt.Errorf("%d values, want %d", len(t.Sound), want))
	}
	return nil
}

// footage gives the engine the clip, and keeps the decoder that the bridge goes on with.
type footage struct {
	run  *run
	ctx  context.Context // of the run: the decoder outlives the engine's call
	dec  *splice.Decoder
	lead frames
	seen *reference

	window  *layout // of a generative engine
	handles *spool  // its real pictures beside the segment
	shown   string  // the window's file, once it is there
	release func()  // ends the use of what belongs to it
}

// open starts the decoder and takes the lead-in off it: a few frames at most. It decodes one frame more on either
// side, where that costs nothing, for the proof.
func (f *footage) open(ctx context.Context) error {
	if f.dec != nil {
		return nil
	}
	r, p := f.run, f.run.plan
	var err error
	if f.seen, err = newReference(r.dir, p); err != nil {
		return err
	}
	first := max(p.N-1, p.From)
	if f.dec, err = r.src.Video.Decode(ctx, r.Tools, p.From, first, min(p.M+1, p.Total)); err != nil {
		return err
	}
	for f.dec.Position() < p.Start {
		frame := depth.New(r.src.Video.Format())
		at := f.dec.Position()
		if err := f.Next(ctx, frame); err != nil {
			return fmt.Errorf("lead-in: %w", err)
		}
		if at >= p.N {
			f.lead = append(f.lead, frame)
		}
	}
	return nil
}

// Next reads the next frame off the decoder.
func (f *footage) Next(ctx context.Context, dst *depth.Picture) error {
	at := f.dec.Position()
	if err := f.dec.Next(ctx, dst); err != nil {
		return err
	}
	f.seen.add(at, dst)
	return nil
}

func (f *footage) close() {
	if f.dec != nil {
		f.dec.Close()
	}
	if f.release != nil {
		f.release()
	}
}

// skipTo drops what the engine left unread of the segment, and what was decoded behind the bridge.
func (f *footage) skipTo(ctx context.Context, display int, scratch *depth.Picture) error {
	for f.dec.Position() < display {
		if err := f.Next(ctx, scratch); err != nil {
			return err
		}
	}
	return nil
}

// Frames implements retake.Source.
func (f *footage) Frames(context.Context) (retake.FrameReader, error) {
	if f.dec != nil {
		return nil, errors.New("the segment's pictures are read only once")
	}
	if err := f.open(f.ctx); err != nil {
		return nil, err
	}
	return newSegmentReader(f), nil
}

// Sound implements retake.Source.
func (f *footage) Sound(ctx context.Context, pad float64) (before, segment, after []float32, err error) {
	a := f.run.src.Audio
	if a == nil || a.Reason != "" {
		return nil, nil, nil, nil
	}
	from, to := f.run.soundSpan(a.Format().Rate)
	start, _ := a.Span(f.run.segment.Start-pad, 0)
	_, end := a.Span(0, f.run.segment.End+pad)
	all, err := a.Decode(ctx, f.run.Tools, start, end)
	if err != nil {
		return nil, nil, nil, err
	}
	ch := int64(a.Format().Channels)
	i, j := (from-start)*ch, (to-start)*ch
	return all[:i:i], all[i:j:j], all[j:], nil
}

// frames are pictures in memory.
type frames []*depth.Picture

func (f *frames) Next(_ context.Context, dst *depth.Picture) error {
	if len(*f) == 0 {
		return io.EOF
	}
	dst.CopyFrom((*f)[0])
	*f = (*f)[1:]
	return nil
}
