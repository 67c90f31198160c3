package pipeline

import (
	"fmt"

	"retake/internal/retake"
)

// agree asks whether the engine may be handed a job that costs money.
func (r *run) agree(job retake.Job) error {
	info := r.engine.Info()
	if r.job.Agree == nil || info.Pricing() == retake.Free {
		return nil
	}
	return r.job.Agree(retake.Cost{Cost: r.estimate(job), Currency: info.Money()})
}

// ofEngine marks an error as the engine's, but for a full disk, which it only met.
func ofEngine(err error) error {
	if full := noRoom(err); full != err { //nolint:errorlint // whether it is the same one
		return full
	}
	return fmt.Errorf("%w: %w", retake.ErrEngine, err)
}

// spent passes on what the job has cost so far.
func (r *run) spent(cost string) {
	if !retake.IsDecimal(cost) {
		return
	}
	r.charged.Store(true)
	if r.job.Spent == nil {
		return
	}
	r.job.Spent(cost, r.engine.Info().Money())
}

// estimate is what the engine's price makes of what it was sent: the window, or the segment's pictures. "" for a free one.
func (r *run) estimate(job retake.Job) string {
	price := r.engine.Info().Price
	if job.Window.Frames > 0 {
		return price.Of(job.Window.Frames, job.Window.Picture.Rate)
	}
	return price.Of(r.plan.Edit(), r.src.Video.Rate())
}
