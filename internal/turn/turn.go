// Package turn shares a few slots among many who ask: each is served by turns, and nobody gets all of them.
package turn

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// maxLine bounds how many of one owner wait.
const maxLine = 200

// ErrCrowded is for an owner of whom too many wait already.
var ErrCrowded = errors.New("too many are waiting")

// Owner is who asks. Guests hold no more slots together than one of the others does.
type Owner struct {
	Name  string
	Guest bool
}

type ownerKey struct{}

// As returns a context in which slots are taken for an owner.
func As(ctx context.Context, o Owner) context.Context { return context.WithValue(ctx, ownerKey{}, o) }

// Of returns the context's owner, the zero Owner when there is none.
func Of(ctx context.Context) Owner {
	o, _ := ctx.Value(ownerKey{}).(Owner)
	return o
}

// Slots are places to work in. It is safe for concurrent use; make it with New.
type Slots struct {
	each int // slots of one owner

	mu      sync.Mutex
	free    int
	guests  int // slots that guests hold
	running map[Owner]int
	lines   []*line // of those who wait; whose turn is next first
}

// line is one owner's, who came first first.
type line struct {
	owner   Owner
	waiting []chan struct{} // closed when a slot is granted
}

// New makes n slots, of which an owner gets all but one; the only one when there is no other.
func New(n int) *Slots {
	return &Slots{each: max(n-1, 1), free: n, running: map[Owner]int{}}
}

// Take waits for a slot until the context ends, whose cause it then returns. release gives the slot back.
func (s *Slots) Take(ctx context.Context) (release func(), err error) {
	owner, ready := Of(ctx), make(chan struct{})
	if err := s.join(owner, ready); err != nil {
		return nil, err
	}
	select {
	case <-ready:
		return sync.OnceFunc(func() { s.release(owner) }), nil
	case <-ctx.Done():
		s.leave(owner, ready)
		return nil, context.Cause(ctx)
	}
}

func (s *Slots) join(owner Owner, ready chan struct{}) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.lines, func(l *line) bool { return l.owner == owner })
	if i < 0 {
		i = len(s.lines)
		s.lines = append(s.lines, &line{owner: owner})
	}
	if len(s.lines[i].waiting) >= maxLine {
		return ErrCrowded
	}
	s.lines[i].waiting = append(s.lines[i].waiting, ready)
	s.serve()
	return nil
}

// leave ends the wait of somebody who may have got the slot meanwhile.
func (s *Slots) leave(owner Owner, ready chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, l := range s.lines {
		if at := slices.Index(l.waiting, ready); at >= 0 {
			if l.waiting = slices.Delete(l.waiting, at, at+1); len(l.waiting) == 0 {
				s.lines = slices.Delete(s.lines, i, i+1)
			}
			return
		}
	}
	s.giveBack(owner)
}

func (s *Slots) release(owner Owner) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.giveBack(owner)
}

func (s *Slots) giveBack(owner Owner) {
	s.free++
	if s.running[owner]--; s.running[owner] == 0 {
		delete(s.running, owner)
	}
	if owner.Guest {
		s.guests--
	}
	s.serve()
}

// serve grants free slots. An owner who got one goes to the end.
func (s *Slots) serve() {
	for s.free > 0 {
		i := slices.IndexFunc(s.lines, func(l *line) bool {
			return s.running[l.owner] < s.each && (!l.owner.Guest || s.guests < s.each)
		})
		if i < 0 {
			return
		}
		l := s.lines[i]
		s.lines = slices.Delete(s.lines, i, i+1)
		close(l.waiting[0])
		if l.waiting = l.waiting[1:]; len(l.waiting) > 0 {
			s.lines = append(s.lines, l)
		}
		s.free--
		s.running[l.owner]++
		if l.owner.Guest {
			s.guests++
		}
	}
}
