package retake

import (
	"context"
	"encoding/json"
	"fmt"
)

// Engine makes the new segment. It is shown a window of the clip and answers with pictures, sound or both; the
// splice takes only the segment out of that answer, so what lies outside is the original's whichever engine ran.
//
// An engine that changes the clip's own pixels reads Source.Frames and answers with Take.Frames, of just the segment; its
// answer is taken as it is. A Generative one takes the file of Source.Window, which has real pictures on both sides of
// the segment, makes all of that anew and answers with Take.File; that is brought back to the clip's size, rate and colours,
// and fitted by what became of the real pictures.
//
// Retake returns when the answer is ready to be read. Cancelling ctx must stop the work for real; its cause is
// one of ErrCancelled, ErrShutdown, ErrLeaseLost or a deadline. Errors are *Error: CodeInvalid for a request the
// engine can't take (Field set), CodeEngine for a failure, CodeUnavailable when trying later can help.
type Engine interface {
	Info() EngineInfo
	Retake(ctx context.Context, job Job, progress ProgressFunc) (*Take, error)
}

// Readiness is an optional capability of an Engine that can be out of reach.
type Readiness interface {
	// Ready returns nil when a job would be taken now, or an *Error that says what is missing.
	Ready(ctx context.Context) error
}

// Preparer is an optional capability of an Engine that has to be asked what it can do. Prepare returns when Info tells it,
// or an *Error that says why it can't be had.
type Preparer interface {
	Prepare(ctx context.Context) error
}

// Closer is an optional capability of an Engine that holds on to something, such as a process. Nothing of it is left
// when Close returns.
type Closer interface{ Close() error }

// Explainer is an optional capability of an Engine that can tell what it reads in a prompt before it runs.
type Explainer interface {
	Explain(prompt string, mode Mode) (Reading, error)
}

// Reading is what an engine understood of a prompt.
type Reading struct {
	Sentence string   `json:"sentence"`           // "snow (heavy), night"
	Warnings []string `json:"warnings,omitempty"` // what was not understood
	Plan     any      `json:"plan,omitempty"`     // with every detail, as the engine writes it in JSON
}

// Worded is an optional capability of an Engine that reads a prompt with a fixed vocabulary.
type Worded interface {
	Vocabulary() []TermGroup
}

// TermGroup is a part of a vocabulary, for people who look for what they can ask for.
type TermGroup struct {
	Title string `json:"title"`
	Terms []Term `json:"terms"`
}

// Term is one meaning of a vocabulary.
type Term struct {
	Label   string   `json:"label"`
	Example string   `json:"example"` // a prompt that uses it
	Kind    string   `json:"kind"`    // TermPicture, TermSound or TermBoth
	Phrases []string `json:"phrases"` // all that carry the meaning
}

// What a Term changes.
const (
	TermPicture = "picture"
	TermSound   = "sound"
	TermBoth    = "both"
)

// EngineInfo is what an engine tells of itself. What follows Generative describes the windows that a generative engine
// takes; there 0 and none mean any.
type EngineInfo struct {
	Name       string // "builtin"
	Title      string
	Modes      []Mode
	MaxWindow  float64 // seconds it may be shown
	MaxWidth   int     // of a picture that is wider than high, 0: any
	MaxHeight  int
	FixedSize  bool // it is shown pictures of just MaxWidth × MaxHeight: smaller ones are made larger, and others get a margin
	Slots      int  // generations it runs at once
	Generative bool // a model that makes things up, rather than a deterministic editor

	Multiple  int    // both sides of a picture are multiples of it
	Rates     []Rate // the constant rates it works at
	FrameStep int    // a count of pictures is a multiple of it and one more
	MinFrames int    // pictures it has to be shown
	Handle    int    // real pictures it should see on each side of the segment, 0: DefaultHandle

	Version  string // for people, as the rest of these
	Needs    string // what its machine must have
	License  string // of its weights
	Price    *Price // nil: free, but for Unpriced
	Currency string // of what it says that its jobs cost, where there is no Price
	Unpriced bool   // it takes money, and how much isn't known here
	Stays    bool   // what it is shown stays on this machine
	SendsTo  string // whom what it is shown is sent to otherwise, "" when that isn't known
}

// The kinds of prices.
const (
	Priced       = "priced"
	Free         = "free"
	PriceUnknown = "unknown"
)

// Pricing tells which kind of price an engine has.
func (i EngineInfo) Pricing() string {
	switch {
	case i.Price != nil:
		if each, ok := decimal(i.Price.Amount); ok && each.Sign() == 0 {
			return Free
		}
		return Priced
	case i.Unpriced:
		return PriceUnknown
	}
	return Free
}

// Money is the currency that an engine's jobs cost, "" where it isn't known.
func (i EngineInfo) Money() string {
	if i.Price != nil {
		return i.Price.Currency
	}
	return i.Currency
}

// Price is what an engine takes.
type Price struct {
	Unit     string `json:"unit"`   // second of the window, or job
	Amount   string `json:"amount"` // decimal
	Currency string `json:"currency"`
}

// DefaultHandle is how many real pictures a generative engine sees on each side of the segment, where the clip has them
// and the window has room.
const DefaultHandle = 8

// ProgressFunc is told how far a step is, 0 to 1. It may be called from any goroutine and returns at once.
type ProgressFunc func(fraction float64)

// Job is one request as an engine sees it.
type Job struct {
	Prompt      string
	Placeholder bool // the prompt is an untouched placeholder: show the demonstration look
	Mode        Mode
	Seed        int64
	Segment     Segment // in the clip's time, seconds
	Frames      int     // pictures in the segment; an answer has exactly as many
	Samples     int     // sample frames (one per channel) in the segment
	Picture     PictureFormat
	Sound       SoundFormat // Rate and Channels are 0 when the clip has no sound and none is asked for
	Source      Source
	Window      Window // for a generative engine: what Source.Window shows
	TempDir     string // the job's own folder, removed after it

	// Note is what an earlier run of the same job remembered, such as the number of a job that runs at a service: it is to be
	// picked up, not paid for again. Remember replaces it, and returns when it would outlive a crash. It fails when the
	// job is no longer this run's. Where there is nothing to keep it in it is nil.
	Note     []byte
	Remember func(ctx context.Context, note []byte) error

	// Spent tells at once what the job has been charged so far, decimal, so that it is known also when there is no take. A later
	// sum replaces an earlier one; "" says that it costs an unknown sum. It may be nil.
	Spent func(cost string)
}

// Window is the footage around a segment in the form that a generative engine takes. Picture by picture it is the clip's:
// its picture First+i is the segment's picture i, whatever rates say. So a clip of 29.97 pictures a second may go as one of
// 30, and one of variable rate as one of constant rate.
type Window struct {
	Span    Segment       // the real footage in it, in the clip's time, seconds
	Picture PictureFormat // of the file: size, constant rate, stated matrix and range
	Frames  int           // pictures in the file; the last may be shown several times to fill the engine's count
	First   int           // the segment's first picture; the real ones before it are a handle
	Real    int           // pictures that are real footage; those behind the segment's last are a handle
	Sound   SoundFormat   // Rate 0: no sound
}

// Mark returns a segment of so many pictures in the file's own time, seconds.
func (w Window) Mark(frames int) Segment {
	fps := w.Picture.Rate.FPS()
	return Segment{Start: float64(w.First) / fps, End: float64(w.First+frames) / fps}
}

// WindowFrames counts the segment's pictures in the window, also where only its sound is asked for.
func (j Job) WindowFrames() int {
	if j.Frames > 0 {
		return j.Frames
	}
	w := j.Window
	return min(max(int(j.Segment.Duration()*float64(w.Real)/max(w.Span.Duration(), 1e-6)+0.5), 1), max(w.Frames-w.First, 1))
}

// Keep remembers a note in JSON. Where there is nothing to keep it in it does nothing.
func (j Job) Keep(ctx context.Context, note any) error {
	if j.Remember == nil {
		return nil
	}
	data, err := json.Marshal(note)
	if err == nil {
		err = j.Remember(ctx, data)
	}
	if err != nil {
		return fmt.Errorf("keep the engine's note: %w", err)
	}
	return nil
}

// Source gives an engine the footage in the form it wants. Each form is made only when asked for.
type Source interface {
	// Frames reads the segment's pictures in order. Call it at most once.
	Frames(ctx context.Context) (FrameReader, error)
	// Sound returns the segment's sound, interleaved, and up to pad seconds before and after it where the clip has them.
	Sound(ctx context.Context, pad float64) (before, segment, after []float32, err error)
	// Window writes Job.Window as an MP4 file with H.264 of high quality and AAC, and returns its path in Job.TempDir.
	Window(ctx context.Context) (path string, err error)
}

// FrameReader yields pictures in order.
type FrameReader interface {
	// Next fills dst, or returns io.EOF after the last frame.
	Next(ctx context.Context, dst *Frame) error
	Close() error
}

// Take is an engine's answer. Its pictures may be made while they are read.
type Take struct {
	Frames   FrameReader // exactly Job.Frames pictures in Job.Picture's format; nil in an audio-only mode, or with File
	Sound    []float32   // exactly Job.Samples × channels, interleaved; nil in a video-only mode, or with File
	File     string      // of a generative engine: the whole window made anew, a media file of any size and rate
	FitSound bool        // Sound is as it came: level it to its surroundings and fade it in and out, as it is done with File's
	Edited   Segment     // what was really made anew (an engine's grid may be coarser than asked), seconds
	Seed     int64
	Reading  Reading
	Warnings []string
	Cost     string // what it cost, decimal; "" for nothing or unknown
}
