package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/blob/local"
	"retake/internal/container"
	"retake/internal/media"
	"retake/internal/retake"
	"retake/internal/sample"
	"retake/internal/splice"
	"retake/internal/turn"
)

// newPlanner makes a planner with the sample clip, whose hash it returns.
func newPlanner(t testing.TB) (*Planner, *local.Blobs, string) {
	t.Helper()
	tools, err := media.Open(media.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	hash, _, err := blobs.Put(t.Context(), strings.NewReader(string(sample.Clip())))
	if err != nil {
		t.Fatal(err)
	}
	return NewPlanner(tools, blobs, DefaultConfig()), blobs, hash
}

var wish = retake.Request{Prompt: "snow", Input: "x", Start: 4, Duration: 4, Mode: retake.ReplaceAudioAndVideo}

// What is known of a clip is not looked up again: the answer is there when the clip no longer is.
func TestPlannerRemembers(t *testing.T) {
	p, blobs, hash := newPlanner(t)
	before, err := p.Preview(t.Context(), hash, "a.mp4", wish)
	if err != nil || before.Segment == nil {
		t.Fatalf("%+v, %v", before, err)
	}
	if err := blobs.Delete(t.Context(), hash); err != nil {
		t.Fatal(err)
	}
	again, err := p.Preview(t.Context(), hash, "a.mp4", wish)
	if err != nil || *again.Segment != *before.Segment {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := NewPlanner(p.tools, blobs, p.config).Preview(t.Context(), hash, "a.mp4", wish); retake.CodeOf(err) != retake.CodeInternal || errors.Is(err, retake.ErrNotFound) {
		t.Errorf("a missing blob: %v", err)
	}
}

// panicking stands for a clip that makes a look panic.
type panicking struct{ retake.Blobs }

func (panicking) LocalPath(context.Context, string) (string, func(), error) { panic("a bad clip") }

func TestPlannerSurvivesPanics(t *testing.T) {
	p, blobs, hash := newPlanner(t)
	p.blobs = panicking{}
	func() {
		defer func() { _ = recover() }() // as a server does with each request
		_, err := p.Clip(t.Context(), hash, "a.mp4")
		t.Errorf("no panic: %v", err)
	}()
	p.blobs = blobs
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := p.Clip(ctx, hash, "a.mp4"); err != nil {
		t.Errorf("the next look at the clip: %v", err)
	}
}

// held keeps a look waiting until it is given up.
type held struct {
	retake.Blobs
	waits chan struct{}
}

func (h held) LocalPath(ctx context.Context, _ string) (string, func(), error) {
	close(h.waits)
	<-ctx.Done()
	return "", nil, ctx.Err()
}

// Who has many clips looked at keeps nobody else waiting.
func TestPlannerTakesTurns(t *testing.T) {
	p, blobs, hash := newPlanner(t)
	p.blobs = heldBut{blobs, hash, make(chan struct{}, 2)}
	ox, otto := turn.As(t.Context(), turn.Owner{Name: "ox"}), turn.As(t.Context(), turn.Owner{Name: "otto"})
	var group sync.WaitGroup
	defer group.Wait()
	defer p.Stop()
	for _, name := range []string{"held", "another"} {
		group.Go(func() { _, _ = p.Clip(ox, name, "a.mp4") })
	}
	<-p.blobs.(heldBut).waits
	if _, err := p.Clip(otto, hash, "a.mp4"); err != nil {
		t.Error(err)
	}
}

// heldBut keeps all looks waiting but those at one clip.
type heldBut struct {
	retake.Blobs
	hash  string
	waits chan struct{}
}

func (h heldBut) LocalPath(ctx context.Context, hash string) (string, func(), error) {
	if hash == h.hash {
		return h.Blobs.LocalPath(ctx, hash)
	}
	h.waits <- struct{}{}
	<-ctx.Done()
	return "", nil, ctx.Err()
}

func TestPlannerStops(t *testing.T) {
	p, blobs, hash := newPlanner(t)
	if _, err := p.Clip(t.Context(), hash, "a.mp4"); err != nil {
		t.Fatal(err)
	}
	slow := held{blobs, make(chan struct{})}
	p.blobs = slow
	go func() { <-slow.waits; p.Stop() }()
	for _, name := range []string{"under way", "asked for afterwards"} {
		if _, err := p.Clip(t.Context(), name, "a.mp4"); retake.CodeOf(err) != retake.CodeUnavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := p.Clip(t.Context(), hash, "a.mp4"); err != nil {
		t.Errorf("what is known: %v", err)
	}
}

// A look whose asker leaves goes on for the next one, and those who wait may leave.
func TestPlannerOutlivesItsAsker(t *testing.T) {
	p, _, hash := newPlanner(t)
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := p.Clip(gone, hash, "a.mp4"); err != nil {
		t.Errorf("the first asker: %v", err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := p.Clip(t.Context(), hash, "a.mp4"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	s, mine := p.find("another", true)
	if !mine {
		t.Fatal("an unknown clip is not looked at")
	}
	if _, err := p.Clip(gone, "another", "a.mp4"); !errors.Is(err, context.Canceled) {
		t.Errorf("who waits can't leave: %v", err)
	}
	s.err = errors.New("a passing fault")
	p.settle(s)
	if _, err := p.Clip(t.Context(), "another", "a.mp4"); err == nil || strings.Contains(err.Error(), "passing") {
		t.Errorf("a passing fault is remembered: %v", err)
	}
}

// soundOf is a sound track of about a weight.
func soundOf(weight int) *splice.Audio {
	return &splice.Audio{Timeline: &splice.Timeline{Samples: container.NewSamples(make([]container.Sample, weight/2))}}
}

func TestPlannerForgets(t *testing.T) {
	p, _, _ := newPlanner(t)
	add := func(name string, weight int, err error) {
		s, _ := p.find(name, true)
		s.known, s.err = &known{info: &media.Info{}, sound: soundOf(max(weight-perClip, 0))}, err
		p.settle(s)
	}
	for i := range 40 {
		add(fmt.Sprint(i), maxKnown/10, nil)
	}
	if p.weight > maxKnown || len(p.seen) != 10 || p.order.Len() != 10 || p.seen["39"] == nil || p.seen["0"] != nil {
		t.Errorf("%d clips, %d in order, weight %d of %d", len(p.seen), p.order.Len(), p.weight, maxKnown)
	}
	p.find("30", true) // used again
	add("new", maxKnown/10, nil)
	if p.seen["30"] == nil || p.seen["31"] != nil {
		t.Error("it is not the one used longest ago that is forgotten")
	}
	add("damaged", 0, unreadableClip)
	if p.seen["damaged"] == nil {
		t.Error("a damaged clip is looked at again and again")
	}
	for i := range 2 * maxKnown / perClip {
		add(fmt.Sprint("damaged ", i), 0, unreadableClip)
	}
	if n := len(p.seen); n > maxKnown/perClip {
		t.Errorf("%d damaged clips are remembered", n)
	}
	many := &known{info: &media.Info{Streams: make([]media.Stream, 1000)}}
	if n := many.weight(); n < 1000 {
		t.Errorf("1000 tracks weigh %d", n)
	}
}

// Of a clip longer than all that may be remembered a summary stays: what it is is told again without a look, what an
// edit would do is not.
func TestPlannerSummarisesLongClips(t *testing.T) {
	p, blobs, hash := newPlanner(t)
	k, err := p.know(t.Context(), hash, false)
	if err != nil {
		t.Fatal(err)
	}
	want := k.wholeClip("a.mov")
	long, sound := *k, *k.sound
	sound.Timeline = soundOf(maxKnown).Timeline
	long.sound = &sound
	p.forget(p.seen[hash])
	s, mine := p.find(hash, false)
	if s.known = &long; !mine {
		t.Fatal("the clip is not forgotten")
	}
	p.settle(s)
	if kept := p.seen[hash]; kept.known.frames != nil || kept.known.sound != nil || p.weight > 2000 {
		t.Errorf("all of it is kept, weight %d", p.weight)
	}
	if s.known != &long {
		t.Error("who waited got the summary")
	}
	if err := blobs.Delete(t.Context(), hash); err != nil {
		t.Fatal(err)
	}
	got, err := p.Clip(t.Context(), hash, "a.mov")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := p.Preview(t.Context(), hash, "a.mov", wish); err == nil {
		t.Error("an edit is foretold from a summary")
	}
	if p.weight != 0 || len(p.seen) != 0 {
		t.Errorf("weight %d of %d clips", p.weight, len(p.seen))
	}
}

var unreadableClip = retake.Errorf(retake.CodeUnreadable, "The clip is damaged.")

func TestPlannerRefuses(t *testing.T) {
	p, blobs, hash := newPlanner(t)
	p.config.StrictLimits = true
	bad, _, err := blobs.Put(t.Context(), strings.NewReader("no clip"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		ahead, err := p.Preview(t.Context(), bad, "a.mp4", wish)
		if err != nil || len(ahead.Problems) != 1 || ahead.Problems[0].Field != "input_video" || ahead.Clip != nil {
			t.Errorf("%+v, %v", ahead, err)
		}
		if _, err := p.Clip(t.Context(), bad, "a.mp4"); retake.CodeOf(err) != retake.CodeUnreadable {
			t.Errorf("%v", err)
		}
	}
	// The strict server takes 1080p of 14 s.
	if ahead, err := p.Preview(t.Context(), hash, "a.mp4", wish); err != nil || len(ahead.Problems) > 0 {
		t.Errorf("%+v, %v", ahead.Problems, err)
	}
	path := filepath.Join(t.TempDir(), "long.mp4")
	if err := os.WriteFile(path, sample.Clip()[:9000], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Check(t.Context(), path, "long.mp4"); retake.CodeOf(err) != retake.CodeUnreadable {
		t.Errorf("a cut clip: %v", err)
	}
}

func BenchmarkPreviewAgain(b *testing.B) {
	p, _, hash := newPlanner(b)
	req, n := wish, 0
	for b.Loop() {
		n++
		req.Start = float64(n%100) / 10
		if _, err := p.Preview(b.Context(), hash, "a.mp4", req); err != nil {
			b.Fatal(err)
		}
	}
}
