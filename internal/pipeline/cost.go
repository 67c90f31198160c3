package pipeline

import "retake/internal/retake"

// spent passes on what the job has cost so far.
func (r *run) spent(cost string) {
	if !retake.IsDecimal(cost) {
		return
	}
	r.charged.Store(true)
	if r.job.Spent == nil {
		return
	}
	info := r.engine.Info()
	currency := info.Currency
	if info.Price != nil {
		currency = info.Price.Currency
	}
	r.job.Spent(cost, currency)
}

// estimate is what the engine's price makes of what it was sent: the window, or the segment's pictures. "" for a free one.
func (r *run) estimate(job retake.Job) string {
	price := r.engine.Info().Price
	if job.Window.Frames > 0 {
		return price.Of(job.Window.Frames, job.Window.Picture.Rate)
	}
	return price.Of(r.plan.Edit(), r.src.Video.Rate())
}
