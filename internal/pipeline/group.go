package pipeline

import (
	"context"
	"errors"
	"sync"
)

// group runs functions side by side and waits for all. The first error stops the others through stop.
type group struct {
	wg   sync.WaitGroup
	mu   sync.Mutex
	errs []error
}

func (g *group) run(stop context.CancelCauseFunc, f func() error) {
	g.wg.Go(func() {
		if err := f(); err != nil {
			stop(err)
			g.mu.Lock()
			g.errs = append(g.errs, err)
			g.mu.Unlock()
		}
	})
}

func (g *group) wait() error {
	g.wg.Wait()
	return errors.Join(g.errs...)
}
