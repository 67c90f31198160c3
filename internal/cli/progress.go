package cli

import (
	"fmt"
	"io"
	"math"
	"os"
	"sync"
	"time"

	"retake/internal/retake"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far an edit is: a bar on a terminal, plain lines elsewhere. Its methods may be called from any
// goroutine.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	bar   *progressbar.ProgressBar // nil: plain lines
	phase retake.Phase
	step  int // the last quarter that was written, in plain lines
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, step: -1}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(1000,
			progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(65*time.Millisecond),
			progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetRenderBlankState(true), progressbar.OptionShowDescriptionAtLineEnd())
	}
	return p
}

// show tells of p's state.
func (p *progress) show(now retake.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if math.IsNaN(now.Fraction) {
		return
	}
	fraction := min(max(now.Fraction, 0), 1)
	if p.bar != nil {
		p.bar.Describe(caption(now))
		// Drawing is for the eye; an edit does not fail because the terminal went away.
		_ = p.bar.Set(int(fraction * 999))
		return
	}
	quarter := int(fraction * 4)
	if now.Phase == p.phase && quarter <= p.step {
		return
	}
	p.phase, p.step = now.Phase, quarter
	fmt.Fprintf(p.w, "%3.0f%% %s\n", fraction*100, caption(now))
}

// done takes the bar off the screen.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

// caption names the phase and the time left.
func caption(p retake.Progress) string {
	if p.ETA < 0 || math.IsNaN(p.ETA) || p.ETA == 0 {
		return string(p.Phase)
	}
	return fmt.Sprintf("%s, %s left", p.Phase, time.Duration(math.Ceil(p.ETA))*time.Second)
}
