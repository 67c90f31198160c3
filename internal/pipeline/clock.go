package pipeline

import (
	"time"

	"retake/internal/retake"
)

// clock tells progress and keeps the time of each step.
type clock struct {
	progress func(retake.Progress)
	pause    func(retake.Phase)
	begun    time.Time
	entered  time.Time
	phase    retake.Phase
	spent    map[string]float64
}

func newClock(progress func(retake.Progress), pause func(retake.Phase)) *clock {
	now := time.Now()
	return &clock{progress: progress, pause: pause, begun: now, entered: now, spent: map[string]float64{}}
}

// shares is where each phase begins in the whole, from measured runs.
var shares = map[retake.Phase][2]float64{
	retake.PhaseFetching:   {0, 0.04},
	retake.PhaseProbing:    {0.04, 0.06},
	retake.PhaseEngine:     {0.06, 0.84},
	retake.PhaseSplicing:   {0.84, 0.86},
	retake.PhaseVerifying:  {0.86, 0.98},
	retake.PhasePublishing: {0.98, 1},
}

func (c *clock) enter(p retake.Phase) {
	c.settle()
	c.phase = p
	c.tell(0)
	if c.pause != nil {
		c.pause(p)
	}
}

func (c *clock) settle() {
	now := time.Now()
	if c.phase != "" {
		c.spent[string(c.phase)] += now.Sub(c.entered).Seconds()
	}
	c.entered = now
}

// tell reports a fraction of the current phase.
func (c *clock) tell(fraction float64) {
	if c.progress == nil {
		return
	}
	share := shares[c.phase]
	done := share[0] + (share[1]-share[0])*min(max(fraction, 0), 1)
	eta := -1.0
	if done > 0.08 {
		eta = time.Since(c.begun).Seconds() * (1 - done) / done
	}
	c.progress(retake.Progress{Phase: c.phase, Fraction: done, ETA: eta})
}

func (c *clock) timings() map[string]float64 {
	c.settle()
	c.spent["total"] = time.Since(c.begun).Seconds()
	return c.spent
}
