package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"

	"retake/internal/container"
	"retake/internal/depth"
	"retake/internal/retake"
	"retake/internal/splice"
)

// make has the engine make the new segment and writes the spliced file.
func (r *run) make(ctx context.Context, out string) error {
	r.clock.enter(retake.PhaseEngine)
	job, footage, err := r.engineJob(ctx)
	if err != nil {
		return err
	}
	defer footage.close()
	r.footage = footage
	err = r.askEngine(ctx, job)
	if r.take != nil && r.take.Frames != nil {
		defer r.take.Frames.Close()
	}
	if err != nil {
		return err
	}
	return r.writeResult(ctx, job, out)
}

// askEngine has the engine answer, and fits an answer into the clip that does not fit by itself.
func (r *run) askEngine(ctx context.Context, job retake.Job) (err error) {
	mode := r.job.Request.Mode
	progress := func(f float64) { r.clock.tell(f) }
	switch {
	case job.Window.Frames > 0: // a model's work takes far longer than what follows
		r.made = 0.9
		progress = func(f float64) { r.clock.tell(r.made * min(max(f, 0), 1)) }
	case mode.Video():
		progress = func(float64) {} // the pictures are counted as they are encoded
	}
	if err := r.agree(job); err != nil {
		return err
	}
	if r.take, err = r.engine.Retake(ctx, job, progress); err != nil {
		return ofEngine(err)
	}
	r.spent(r.take.Cost)
	if !r.charged.Load() { // it answered, and doesn't say what that cost
		r.spent(r.estimate(job))
	}
	r.warnings = append(r.warnings, r.take.Warnings...)
	err = checkTake(r.take, job)
	if err == nil && mode.Video() && r.take.Frames == nil {
		err = r.fitPictures(ctx, r.footage)
	}
	if err == nil && mode.Audio() && (r.take.Sound == nil || r.take.FitSound) {
		err = r.fitSound(ctx, r.footage, job)
	}
	return err
}

// writeResult writes the spliced file. New pictures come about beside the new sound and the copy of what stays in front of both.
func (r *run) writeResult(ctx context.Context, job retake.Job, out string) error {
	file, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("splice: %w", err)
	}
	defer file.Close()
	var work group
	var reps []container.Replacement
	if r.job.Request.Mode.Video() {
		reps = make([]container.Replacement, 1)
		work.run(r.cancel, func() (err error) {
			reps[0], err = r.newPictures(ctx, r.footage)
			return err
		})
	}
	var sound newSound
	var patcher container.Patcher
	work.run(r.cancel, func() (err error) {
		if sound, err = r.newSound(ctx, job); err != nil {
			return err
		}
		if patcher, err = r.src.File.Patch(file, r.changes(sound), sound.added); err != nil {
			return fmt.Errorf("splice: %w", err)
		}
		return patcher.CopyHead(ctx)
	})
	if err := work.wait(); err != nil {
		return err
	}
	r.warnings = append(append(r.warnings, sound.warnings...), r.cautions()...)
	if sound.change != nil {
		reps = append(reps, sound.replacement)
	}
	r.clock.enter(retake.PhaseSplicing)
	if err := patcher.Finish(ctx, reps); err != nil {
		return fmt.Errorf("splice: %w", err)
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("splice: %w", err)
	}
	return file.Close()
}

// changes is what the result has in place of the clip's own: the pictures first.
func (r *run) changes(sound newSound) (changes []container.Change) {
	if r.job.Request.Mode.Video() {
		changes = append(changes, container.Change{Track: r.src.Video.Track.Index, First: r.plan.N, Count: r.plan.M - r.plan.N})
	}
	if sound.change != nil {
		changes = append(changes, *sound.change)
	}
	return changes
}

// cautions says what players may make of pictures that were encoded without loss.
func (r *run) cautions() []string {
	if !r.job.Request.Mode.Video() || r.quality().Bridge != retake.BridgeExact || r.plan.LeadIn()+r.plan.Encoded() == 0 {
		return nil
	}
	if c := r.src.Video.LosslessCaution(); c != "" {
		return []string{c}
	}
	return nil
}

// newPictures encodes lead-in, edit and bridge and joins them. The decoder runs once; each span's encoder drains
// while the next one fills.
func (r *run) newPictures(ctx context.Context, footage *footage) (container.Replacement, error) {
	v, p, q := r.src.Video, r.plan, r.quality()
	err := footage.open(ctx)
	if err != nil {
		return container.Replacement{}, err
	}
	answer := r.newAnswer()
	defer answer.close()
	edit, err := v.Edit(ctx, r.Tools, p, q, r.dir)
	if err != nil {
		return container.Replacement{}, err
	}
	spans := []span{
		{retake.SpanLeadIn, p.LeadIn(), q.LeadIn(), &footage.lead},
		{retake.SpanEdit, p.Edit(), edit, answer},
		{retake.SpanBridge, p.Encoded(), q.AfterSegment(), footage},
	}
	parts := make([]*splice.Part, len(spans))
	var draining group
	frame := depth.New(v.Format())
	done, total := 0, p.M-p.N
	for i, s := range spans {
		if s.frames == 0 {
			continue
		}
		if s.kind == retake.SpanBridge {
			if err = errors.Join(r.take.Frames.Close(), footage.skipTo(ctx, p.End, frame)); err != nil {
				break
			}
		}
		var enc *splice.Encoder
		if enc, err = v.Encode(ctx, r.Tools, p, s.how, r.dir, s.kind); err != nil {
			break
		}
		err = s.feed(ctx, enc, frame, func() {
			done++
			r.clock.tell(r.made + (1-r.made)*float64(done)/float64(total))
		})
		if err != nil {
			enc.Abort()
			break
		}
		draining.run(r.cancel, func() (err error) {
			parts[i], err = enc.Finish()
			return err
		})
	}
	if err == nil {
		err = errors.Join(r.take.Frames.Close(), footage.skipTo(ctx, min(p.M+1, p.Total), frame))
	}
	err = errors.Join(err, draining.wait())
	for _, part := range parts {
		if part != nil {
			r.parts = append(r.parts, part)
		}
	}
	if err != nil {
		return container.Replacement{}, err
	}
	return v.Join(p, r.parts)
}

// quality is the settings' with what the request says.
func (r *run) quality() splice.Quality {
	q := r.Config.Quality
	if b := r.job.Request.Bridge; b != "" {
		q.Bridge = b
	}
	return q
}

// pictures yields the clip's own pictures in order.
type pictures interface {
	Next(ctx context.Context, dst *depth.Picture) error
}

// span is a run of pictures that one encoder makes.
type span struct {
	kind   string
	frames int
	how    splice.Coding
	from   pictures
}

func (s span) feed(ctx context.Context, enc *splice.Encoder, frame *depth.Picture, step func()) error {
	for i := range s.frames {
		if err := s.from.Next(ctx, frame); err != nil {
			return fmt.Errorf("%s, picture %d of %d: %w", s.kind, i, s.frames, err)
		}
		if err := enc.Write(frame); err != nil {
			return err
		}
		step()
	}
	return nil
}
