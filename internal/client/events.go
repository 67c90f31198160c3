package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"retake/internal/retake"
)

// Event is one server-sent event.
type Event struct {
	ID, Name, Data string
}

// maxLine bounds a line of the stream, in bytes.
const maxLine = 1 << 20

// readEvents calls each for every event of a text/event-stream until it returns false or the stream ends. The format
// is that of the HTML standard, section "Interpreting an event stream".
func readEvents(r io.Reader, each func(Event) bool) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var e Event
	var data []string
	for lines.Scan() {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if line == "" {
			e.Data = strings.Join(data, "\n")
			if len(data) > 0 && !each(e) {
				return nil
			}
			e, data = Event{ID: e.ID}, nil // the id holds until another is given
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "id":
			if !strings.ContainsRune(value, 0) {
				e.ID = value
			}
		case "event":
			e.Name = value
		case "data":
			data = append(data, value)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return io.EOF
}

// Waits between two tries to reach the event stream again.
const (
	firstPause = 250 * time.Millisecond
	longest    = 32 // times the first
	maxTries   = 12 // in a row without an event: about a minute
)

// follow calls each for the events of the key's namespace until it returns false. It connects again when the
// connection breaks, and resumes after the last event it saw. before is called ahead of every connection; when it
// returns true there is nothing more to wait for.
func (c *Client) follow(ctx context.Context, before func() (bool, error), each func(Event) bool) error {
	lastID, pause, tries := "", c.pause, 0
	for {
		if done, err := before(); err == nil && done {
			return nil
		} else if err != nil && !errors.Is(err, ErrUnreachable) {
			return err
		}
		stop := false
		err := c.stream(ctx, lastID, func(e Event) bool {
			lastID, pause, tries = e.ID, c.pause, 0
			stop = !each(e)
			return !stop
		})
		if stop {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if tries++; !retryable(err) || tries >= maxTries {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
		pause = min(2*pause, 32*c.pause)
	}
}

// retryable reports whether another connection can help: a broken stream, a restart, a limit.
func retryable(err error) bool {
	e, answered := errors.AsType[*retake.Error](err)
	return !answered || e.Code == retake.CodeUnavailable || e.Code == retake.CodeRateLimited || e.Code == retake.CodeInternal
}

func (c *Client) stream(ctx context.Context, lastID string, each func(Event) bool) error {
	req, err := c.request(ctx, http.MethodGet, "/api/events", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/event-stream")
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := c.send(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := readEvents(resp.Body, each); err != nil {
		return fmt.Errorf("%w: the event stream broke off: %w", ErrUnreachable, err)
	}
	return nil
}
