package hosted

import (
	"context"
	"math"
	"time"

	"retake/internal/retake"
)

// Service is a provider: how its protocol puts the steps of a job. Its methods return what Client returns for failed exchanges, or a
// *retake.Error where more is known; Engine sorts the former by Explain.
type Service interface {
	// Info is what the provider takes. Name, Slots and Price are set by the Engine.
	Info() retake.EngineInfo
	// Check tells what is wrong with an order as far as can be told before anything is sent or paid.
	Check(o Order) error
	// Upload sends the window and returns where the provider has it. It costs nothing, and is tried again when it was cut.
	Upload(ctx context.Context, c *Client, o Order) (address string, err error)
	// Submit hands the job in and returns what is needed to ask after it, in a form of the service's own, at most 4 KB.
	// It is one exchange, and never tried again unless the job was surely not taken.
	Submit(ctx context.Context, c *Client, o Order) (id string, err error)
	// Poll asks after a job.
	Poll(ctx context.Context, c *Client, id string) (Status, error)
	// Explain reads a refusal: the body of an answer that is not 2xx. A Refusal without a Code is sorted by the HTTP status.
	Explain(status int, body []byte) Refusal
}

// Canceller is an optional capability of a Service whose jobs can be stopped.
type Canceller interface {
	Cancel(ctx context.Context, c *Client, id string) error
}

// Finder is an optional capability of a Service that can look for a job that was handed in and never answered.
type Finder interface {
	// Find returns the id, as Submit would have, or "" when the provider surely has no such job.
	Find(ctx context.Context, c *Client, o Order) (id string, err error)
}

// Cleaner is an optional capability of a Service that the window stays with until it is removed.
type Cleaner interface {
	// Clean removes what Upload brought there.
	Clean(ctx context.Context, c *Client, o Order) error
}

// Order is a job as a provider is given it.
type Order struct {
	Job     retake.Job
	File    string         // the window's path
	Size    int64          // of the file, bytes
	Span    retake.Segment // the segment in the window's time, seconds
	Address string         // where the provider has the window, from Upload on
	Mark    string         // letters and digits that no other job has, also in a later run of the same job
}

// Start is when the segment begins in the window, in seconds with whole milliseconds, not after its first picture.
func (o Order) Start() float64 { return math.Floor(o.Span.Start*1000+1e-6) / 1000 }

// Duration is the segment's, in seconds with whole milliseconds, up to its last picture's end. Two seconds of pictures are never
// 1.9999999, which a provider that takes 2 would refuse.
func (o Order) Duration() float64 {
	return math.Ceil((o.Span.End-o.Start())*1000-1e-6) / 1000
}

// State is how far a job is.
type State int

// The states.
const (
	Waiting State = iota // for a machine
	Running
	Done
	Failed
)

// Status is what a provider says of a job.
type Status struct {
	State    State
	Fraction float64 // 0 to 1, 0 when unknown
	Result   string  // Done: the result's address
	Refusal  Refusal // Failed
	Cost     string  // decimal, in the currency of the price; "" when the provider doesn't say
	Warnings []string
}

// Refusal is why a provider does not do a job.
type Refusal struct {
	Code       retake.Code // "" is sorted by the HTTP status, or is a broken engine
	Field      string      // a field of the request, "" for none
	Message    string      // the provider's own words
	RetryAfter time.Duration
	NotTaken   bool // of an answer of 5xx to Submit: the job was surely not taken
}
