package httpapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"retake/internal/retake"
)

// slow makes filmstrips of one picture until it is let go.
type slow struct {
	*stills
	begun, free chan struct{}
}

func newSlow() slow { return slow{&stills{}, make(chan struct{}, 10), make(chan struct{})} }

func (s slow) Filmstrip(ctx context.Context, path string, count, height int) ([]byte, error) {
	if count == 1 {
		s.begun <- struct{}{}
		<-s.free
	}
	return s.stills.Filmstrip(ctx, path, count, height)
}

// Whoever asks for views without end keeps nobody else from them.
func TestViewsByTurns(t *testing.T) {
	for name, auth := range map[string][]string{"without a key": {"Authorization", ""}, "with a key": otto} {
		t.Run(name, func(t *testing.T) {
			maker := newSlow()
			w := newWorld(t, func(c *Config, d *Deps) { d.Thumbnails, c.Thumbnails = maker, 2 })
			var group sync.WaitGroup
			defer group.Wait()
			defer close(maker.free)
			group.Go(func() { w.do("GET", sample+"?filmstrip=true&count=1&height=20", "", auth...) })
			<-maker.begun
			w.s.views.wait = 10 * time.Millisecond
			r := w.do("GET", sample+"?filmstrip=true&count=2", "", auth...)
			r.expect(t, http.StatusServiceUnavailable, "unavailable", "busy with other views")
			if r.header.Get("Retry-After") != "10" {
				t.Errorf("Retry-After %q", r.header.Get("Retry-After"))
			}
			w.s.views.wait = viewWait
			if r := w.do("GET", sample+"?filmstrip=true&count=3", ""); r.status != http.StatusOK {
				t.Errorf("another key: %d %s", r.status, r.body)
			}
		})
	}
}

// A page asks for many at once, and gets them all.
func TestManyViewsOfOneKey(t *testing.T) {
	w := newWorld(t)
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			if r := w.do("GET", sample+"?thumbnail=true&width="+string(rune('1'+i%9))+"00", ""); r.status != http.StatusOK {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	group.Wait()
}

// Without a key, pages of other sites can't make their visitors ask.
func TestViewsForOtherSites(t *testing.T) {
	w := newWorld(t)
	name, ok := ParseFileURL(sample)
	if !ok {
		t.Fatal(sample)
	}
	link := w.s.signer.Link(name, time.Hour)
	token, err := url.Parse(link)
	must(t, err)
	for _, c := range []struct {
		name    string
		path    string
		headers []string
		want    int
	}{
		{"a picture on another site", sample + "?thumbnail=true", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "image"}, 403},
		{"another port", sample + "?filmstrip=true", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Dest", "image"}, 403},
		{"a frame", sample + "?waveform=true", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "iframe"}, 403},
		{"a probe", sample + "?probe=true", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "empty"}, 403},
		{"a link that was followed", sample + "?thumbnail=true", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "document"}, 200},
		{"the address bar", sample + "?thumbnail=true", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Dest", "document"}, 200},
		{"an own page", sample + "?thumbnail=true", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "image"}, 200},
		{"no browser", sample + "?thumbnail=true", nil, 200},
		{"a signed link", sample + "?thumbnail=true&" + token.RawQuery, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "image"}, 200},
		{"an altered link", sample + "?thumbnail=true&" + token.RawQuery + "x", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "image"}, 403},
		{"a key", sample + "?thumbnail=true", []string{"Sec-Fetch-Site", "cross-site", "Authorization", "Bearer " + ottoKey}, 200},
		{"the file", sample, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "video"}, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := w.do("GET", c.path, "", append([]string{"Authorization", ""}, c.headers...)...)
			if r.status != c.want {
				t.Errorf("%d %s, want %d", r.status, r.body, c.want)
			}
		})
	}
	if r := w.do("GET", sample+"?thumbnail=true", "", "Authorization", ""); r.header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Errorf("old browsers show it anywhere: %v", r.header)
	}
}

// A clip that can't be seen in one way is not tried again with other numbers, only in other ways.
func TestFailedViewsAreRemembered(t *testing.T) {
	maker := &stills{err: retake.Errorf(retake.CodeUnreadable, "The clip is damaged.")}
	w := newWorld(t, func(_ *Config, d *Deps) { d.Thumbnails = maker })
	for range 3 {
		w.do("GET", sample+"?filmstrip=true&count=3", "").expect(t, 400, "invalid_params", "damaged")
		w.do("GET", sample+"?filmstrip=true&count=4", "").expect(t, 400, "invalid_params", "damaged")
		w.do("GET", sample+"?waveform=true", "").expect(t, 400, "invalid_params", "damaged")
	}
	if strips, waves := maker.made.Load(), maker.waves.Load(); strips != 1 || waves != 1 {
		t.Errorf("tried %d and %d times", strips, waves)
	}
	for name, f := range w.s.views.failed {
		f.until = time.Now()
		w.s.views.failed[name] = f
	}
	maker.err = errors.New("a passing fault")
	for range 2 {
		w.do("GET", sample+"?filmstrip=true&count=3", "").expect(t, 500, "unknown_error", "")
	}
	if n := maker.made.Load(); n != 3 {
		t.Errorf("a passing fault is remembered, or a clip for ever: %d", n)
	}
	c := newViews(maker, 1)
	for i := range 2 * maxFailures {
		c.fail(view{hash: string(rune(i))}, retake.Errorf(retake.CodeTooLarge, "too long"))
	}
	if len(c.failed) > maxFailures {
		t.Errorf("%d failures are remembered", len(c.failed))
	}
}
