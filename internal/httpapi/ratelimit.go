package httpapi

import (
	"math"
	"strconv"
	"sync"
	"time"

	"retake/internal/retake"
)

// limiter is a token bucket for each key, or whatever else asks.
type limiter struct {
	rate  float64 // tokens a second; 0 is unlimited
	burst float64
	now   func() time.Time

	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// maxBuckets bounds what is remembered. A full bucket says nothing, so those are forgotten first.
const maxBuckets = 10_000

// take counts one request, or refuses it and says in headers when to come again (draft-ietf-httpapi-ratelimit-headers,
// the fields RateLimit-Limit, -Remaining and -Reset).
func (l *limiter) take(x *exchange, key string) error {
	if l.rate <= 0 {
		return nil
	}
	wait, ok := l.spend(key)
	if ok {
		return nil
	}
	seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
	h := x.Header()
	h.Set("RateLimit-Limit", strconv.Itoa(int(l.burst)))
	h.Set("RateLimit-Remaining", "0")
	h.Set("RateLimit-Reset", seconds)
	e := retake.Errorf(retake.CodeRateLimited, "Too many requests with this key: at most %s a second. Try again in %s s.",
		strconv.FormatFloat(l.rate, 'f', -1, 64), seconds)
	e.RetryAfter = wait
	return e
}

func (l *limiter) spend(key string) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= maxBuckets {
			l.forgetFull(now)
		}
		b = &bucket{tokens: l.burst, at: now}
		l.buckets[key] = b
	}
	b.tokens = math.Min(l.burst, b.tokens+now.Sub(b.at).Seconds()*l.rate)
	b.at = now
	if b.tokens < 1 {
		return time.Duration((1 - b.tokens) / l.rate * float64(time.Second)), false
	}
	b.tokens--
	return 0, true
}

// giveBack undoes a spend.
func (l *limiter) giveBack(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.buckets[key]; b != nil {
		b.tokens = math.Min(l.burst, b.tokens+1)
	}
}

func (l *limiter) forgetFull(now time.Time) {
	for key, b := range l.buckets {
		if b.tokens+now.Sub(b.at).Seconds()*l.rate >= l.burst {
			delete(l.buckets, key)
		}
	}
}

// gate counts what each key holds open at the same time.
type gate struct {
	limit int
	what  string // for the refusal: "event streams"

	mu   sync.Mutex
	open map[string]int
}

// enter takes a place, which leave gives back.
func (g *gate) enter(key string) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open[key] >= g.limit {
		return nil, &retake.Error{Code: retake.CodeRateLimited, RetryAfter: time.Second,
			Message: "This key already has " + strconv.Itoa(g.limit) + " " + g.what + " open. Close one, or try again later."}
	}
	g.open[key]++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.open[key]--; g.open[key] == 0 {
			delete(g.open, key)
		}
	}, nil
}
