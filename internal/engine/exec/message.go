package exec

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// Version is that of the protocol.
const Version = 1

// Bounds of what a program says.
const (
	maxLine     = 1 << 20 // bytes
	maxText     = 1000    // characters of a sentence for the user
	maxDetail   = 8 << 10 // bytes for the log
	maxWarnings = 20
	maxNote     = 64 << 10
)

// message is a line of either side; its type says which fields it has.
type message struct {
	Type string `json:"type"`
	ID   string `json:"id,omitempty"`

	// hello
	Protocol     int           `json:"protocol,omitempty"`
	Server       string        `json:"server,omitempty"`
	Name         string        `json:"name,omitempty"`
	Version      string        `json:"version,omitempty"`
	Title        string        `json:"title,omitempty"`
	Capabilities *capabilities `json:"capabilities,omitempty"`

	// progress
	Fraction float64 `json:"fraction,omitempty"`
	Phase    string  `json:"phase,omitempty"`

	// result
	File     string          `json:"file,omitempty"`
	Edited   *retake.Segment `json:"edited,omitempty"` // in the window's time
	Seed     *int64          `json:"seed,omitempty"`
	Warnings []string        `json:"warnings,omitempty"`
	Reading  string          `json:"reading,omitempty"`
	Cost     amount          `json:"cost,omitempty"`

	// error
	Kind       string  `json:"kind,omitempty"`
	Field      string  `json:"field,omitempty"`
	Message    string  `json:"message,omitempty"`
	Detail     string  `json:"detail,omitempty"`
	RetryAfter float64 `json:"retry_after,omitempty"` // seconds
	Restart    bool    `json:"restart,omitempty"`

	OK   bool   `json:"ok,omitempty"`   // health
	Note string `json:"note,omitempty"` // note
}

// amount is a decimal in a string. A number is taken, too: what was paid for is not lost for its form.
type amount string

// UnmarshalJSON takes either form, and any other for nothing.
func (a *amount) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	if !retake.IsDecimal(text) {
		text = ""
	}
	*a = amount(text)
	return nil
}

// capabilities are what a program can do; what is absent is 0.
type capabilities struct {
	Modes         []retake.Mode `json:"modes"`
	MaxWindow     float64       `json:"max_window"`
	MaxWidth      int           `json:"max_width"`
	MaxHeight     int           `json:"max_height"`
	Multiple      int           `json:"multiple"`
	Rates         [][2]int      `json:"rates"`
	FrameStep     int           `json:"frame_step"`
	MinFrames     int           `json:"min_frames"`
	Handle        int           `json:"handle"`
	Concurrency   int           `json:"concurrency"`
	Deterministic bool          `json:"deterministic"`
	Needs         string        `json:"needs"`
	License       string        `json:"license"`
	Price         *retake.Price `json:"price"`
	SendsTo       *string       `json:"sends_to"`
}

// decode reads a line. What it returns has sentences of bounded length without anything that can't be seen, and finite
// numbers within the bounds of the protocol.
func decode(line []byte) (message, error) {
	var m message
	if len(line) > maxLine {
		return m, fmt.Errorf("a line of more than %d bytes", maxLine)
	}
	if err := json.Unmarshal(line, &m); err != nil {
		return m, fmt.Errorf("a line that is no message: %w", err)
	}
	if m.Type == "" {
		return m, errors.New("a message without a type")
	}
	m.Fraction = min(max(m.Fraction, 0), 1) // JSON has no NaN
	m.RetryAfter = min(max(m.RetryAfter, 0), 24*3600)
	for _, s := range []*string{&m.Name, &m.Version, &m.Title, &m.Phase, &m.Reading, &m.Kind, &m.Field, &m.Message} {
		*s = outside.Line(*s, maxText)
	}
	m.Detail = outside.Line(m.Detail, maxDetail)
	if len(m.Warnings) > maxWarnings {
		m.Warnings = m.Warnings[:maxWarnings]
	}
	for i := range m.Warnings {
		m.Warnings[i] = outside.Line(m.Warnings[i], maxText)
	}
	if len(m.Note) > maxNote {
		return m, fmt.Errorf("a note of more than %d bytes", maxNote)
	}
	if s := m.Edited; s != nil && (s.Start < 0 || s.End <= s.Start || s.End > 3600) {
		m.Edited = nil
	}
	return m, nil
}

// info takes capabilities over. What an engine can't mean is an error.
func (c *capabilities) info(base retake.EngineInfo) (retake.EngineInfo, error) {
	if c == nil {
		return base, errors.New("a hello without capabilities")
	}
	i := base
	i.Modes = nil
	for _, m := range c.Modes {
		if m.Valid() {
			i.Modes = append(i.Modes, m)
		}
	}
	if len(i.Modes) == 0 {
		return base, fmt.Errorf("capabilities with no mode that is known: %q", c.Modes)
	}
	if i.MaxWindow = c.MaxWindow; i.MaxWindow == 0 {
		i.MaxWindow = retake.MaxWindow
	}
	if i.MaxWindow < retake.MinSegment || i.MaxWindow > 3600 {
		return base, fmt.Errorf("max_window %v", i.MaxWindow)
	}
	i.MaxWindow = math.Min(i.MaxWindow, retake.MaxWindow)
	for _, n := range []struct {
		name     string
		to       *int
		v, limit int
	}{
		{"max_width", &i.MaxWidth, c.MaxWidth, 1 << 14}, {"max_height", &i.MaxHeight, c.MaxHeight, 1 << 14}, {"multiple", &i.Multiple, c.Multiple, 256},
		{"frame_step", &i.FrameStep, c.FrameStep, 1000}, {"min_frames", &i.MinFrames, c.MinFrames, 2400}, {"handle", &i.Handle, c.Handle, 240},
	} {
		if n.v < 0 || n.v > n.limit {
			return base, fmt.Errorf("%s %d", n.name, n.v)
		}
		*n.to = n.v
	}
	if c.MaxWidth != 0 && c.MaxWidth < 64 || c.MaxHeight != 0 && c.MaxHeight < 64 {
		return base, fmt.Errorf("pictures of at most %d × %d", c.MaxWidth, c.MaxHeight)
	}
	for _, r := range c.Rates {
		rate := retake.Rate{Num: r[0], Den: r[1]}
		if r[0] <= 0 || r[1] <= 0 || rate.FPS() < 1 || rate.FPS() > 240 {
			return base, fmt.Errorf("the rate %d/%d", r[0], r[1])
		}
		i.Rates = append(i.Rates, rate)
	}
	i.Needs, i.License = outside.Line(c.Needs, maxText), outside.Line(c.License, maxText)
	i.Stays, i.SendsTo = false, ""
	if c.SendsTo != nil {
		i.SendsTo = outside.Line(*c.SendsTo, maxText)
		i.Stays = i.SendsTo == ""
	}
	i.Price, i.Unpriced = nil, false
	if p := c.Price; p != nil {
		if !retake.IsDecimal(p.Amount) || p.Unit != retake.PerSecond && p.Unit != retake.PerJob {
			return base, fmt.Errorf("the price %q for each %q", p.Amount, p.Unit)
		}
		i.Price = &retake.Price{Unit: p.Unit, Amount: p.Amount, Currency: outside.Line(p.Currency, 10)}
	}
	return i, nil
}
