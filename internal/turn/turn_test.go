package turn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

func take(t *testing.T, s *Slots, o Owner) func() {
	t.Helper()
	release, err := s.Take(As(t.Context(), o))
	if err != nil {
		t.Fatal(err)
	}
	return release
}

// waits reports whether an owner would have to wait.
func waits(t *testing.T, s *Slots, o Owner) bool {
	t.Helper()
	ctx, cancel := context.WithCancelCause(As(t.Context(), o))
	left := errors.New("left")
	done := make(chan error, 1)
	go func() {
		release, err := s.Take(ctx)
		if err == nil {
			release()
		}
		done <- err
	}()
	synctest.Wait()
	cancel(left)
	err := <-done
	if err != nil && err != left {
		t.Errorf("%v, want the context's cause", err)
	}
	return err != nil
}

// An owner with many in line takes turns with those who have one.
func TestByTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(1)
		hold := take(t, s, Owner{Name: "first"})
		var served []string
		var group sync.WaitGroup
		for _, name := range []string{"ox", "ox", "ox", "otto", "eva", "ox"} {
			group.Go(func() {
				release, err := s.Take(As(t.Context(), Owner{Name: name}))
				if err != nil {
					t.Error(err)
					return
				}
				served = append(served, name) // in the one slot
				release()
			})
			synctest.Wait()
		}
		hold()
		group.Wait()
		if want := []string{"ox", "otto", "eva", "ox", "ox", "ox"}; !slices.Equal(served, want) {
			t.Errorf("served %v, want %v", served, want)
		}
	})
}

func TestOneSlotIsLeftToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ox, otto := Owner{Name: "ox"}, Owner{Name: "otto"}
		s := New(3)
		first, second := take(t, s, ox), take(t, s, ox)
		if !waits(t, s, ox) {
			t.Error("one owner has all slots")
		}
		third := take(t, s, otto)
		if !waits(t, s, otto) {
			t.Error("there are more slots than were made")
		}
		first()
		first() // again: nothing
		if waits(t, s, Owner{Name: "eva"}) {
			t.Error("a slot that was given back is lost")
		}
		second()
		third()
		if s.free != 3 || len(s.running) != 0 || len(s.lines) != 0 || s.guests != 0 {
			t.Errorf("left behind: %+v", s)
		}
		only := New(1)
		defer take(t, only, ox)()
	})
}

// However many guests there are, they leave a slot to others.
func TestGuests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(2)
		release := take(t, s, Owner{Name: "1.2.3.4", Guest: true})
		if !waits(t, s, Owner{Name: "5.6.7.8", Guest: true}) {
			t.Error("guests have all slots")
		}
		if waits(t, s, Owner{Name: "ox"}) {
			t.Error("nothing is left for a key")
		}
		release()
		if waits(t, s, Owner{Name: "5.6.7.8", Guest: true}) {
			t.Error("a guest's slot is lost")
		}
	})
}

func TestCrowded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(1)
		ox := Owner{Name: "ox"}
		hold := take(t, s, ox)
		var group sync.WaitGroup
		for range maxLine {
			group.Go(func() {
				release, err := s.Take(As(t.Context(), ox))
				if err != nil {
					t.Error(err)
					return
				}
				release()
			})
		}
		synctest.Wait()
		if _, err := s.Take(As(t.Context(), ox)); !errors.Is(err, ErrCrowded) {
			t.Errorf("%v, want ErrCrowded", err)
		}
		if !waits(t, s, Owner{Name: "otto"}) {
			t.Error("otto has a slot that is taken")
		}
		hold()
		group.Wait()
	})
}

// Who leaves in the moment in which the slot is granted gives it back.
func TestLeavesWhenServed(t *testing.T) {
	s, ready := New(1), make(chan struct{})
	if err := s.join(Owner{}, ready); err != nil {
		t.Fatal(err)
	}
	<-ready
	s.leave(Owner{}, ready)
	if s.free != 1 || len(s.running) != 0 {
		t.Errorf("left behind: %+v", s)
	}
}

// Whoever leaves, comes and goes at once, every slot comes back.
func TestRace(t *testing.T) {
	s := New(3)
	var group sync.WaitGroup
	for i := range 64 {
		group.Go(func() {
			for n := range 50 {
				ctx, cancel := context.WithCancel(As(t.Context(), Owner{Name: fmt.Sprint(i % 5), Guest: i%2 == 0}))
				if (i+n)%3 == 0 {
					go cancel()
				}
				if release, err := s.Take(ctx); err == nil {
					release()
				}
				cancel()
			}
		})
	}
	group.Wait()
	if s.free != 3 || len(s.running) != 0 || len(s.lines) != 0 || s.guests != 0 {
		t.Errorf("left behind: %+v", s)
	}
}
