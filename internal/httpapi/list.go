package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"retake/internal/retake"
)

const (
	defaultPageSize = 50
	maxPageSize     = 1000
	maxPage         = 1 << 30
)

// filter reads the filters that the listing routes share. usual is what is listed without a status.
func filter(x *exchange, q url.Values, usual ...retake.Status) (retake.Filter, error) {
	f := retake.Filter{
		Namespaces: namespaces(x.key), Model: q.Get("model"), Statuses: usual,
		Repo: q.Get("repo"), Folder: q.Get("folder"), Search: q.Get("search"), Engine: q.Get("engine"), Request: q.Get("request_id"), Input: q.Get("input_video"),
	}
	if ns := q.Get("namespace"); ns != "" {
		if !mayUse(x.key, ns) {
			return f, notFound("Namespace not found: %s", clip(ns))
		}
		f.Namespaces = []string{ns}
	}
	if sent := q.Get("status"); sent != "" {
		list, err := statuses(sent)
		if err != nil {
			return f, err
		}
		f.Statuses = list
	}
	switch media := q.Get("media_type"); media {
	case "", mediaVideo, "image":
		f.MediaType = media
	default:
		return f, retake.Invalid("media_type", "media_type must be image or video, got %q", clip(media))
	}
	return f, nil
}

// statuses reads a list of them with commas between.
func statuses(sent string) (list []retake.Status, err error) {
	for name := range strings.SplitSeq(sent, ",") {
		st := retake.Status(strings.TrimSpace(name))
		if !st.Valid() {
			return nil, retake.Invalid("status",
				"status must be one of queued, processing, succeeded, failed, cancelled, or several with commas between, got %q", clip(sent))
		}
		if !slices.Contains(list, st) {
			list = append(list, st)
		}
	}
	return list, nil
}

// listQueue lists what waits or runs, or what has the status asked for: the newest, unless a page is asked for.
func (s *Server) listQueue(x *exchange) error {
	q := x.r.URL.Query()
	f, err := filter(x, q, retake.Queued, retake.Processing)
	if err != nil {
		return err
	}
	p, err := readPage(q, maxPageSize)
	if err != nil {
		return err
	}
	list, _, err := s.store.GenerationSizes(x.r.Context(), f, p)
	if err != nil {
		return fmt.Errorf("list the queue: %w", err)
	}
	return s.sendRows(x, list, nil, nil)
}

func withBilling(g *retake.Generation) any { return billing{g.Cost, orNull(g.Currency), g.Username} }

// listGenerations pages through everything.
func (s *Server) listGenerations(x *exchange) error {
	q := x.r.URL.Query()
	f, err := filter(x, q)
	if err != nil {
		return err
	}
	p, err := readPage(q, defaultPageSize)
	if err != nil {
		return err
	}
	list, total, err := s.store.GenerationSizes(x.r.Context(), f, p)
	if err != nil {
		return fmt.Errorf("list generations: %w", err)
	}
	costs := []retake.Cost{}
	row := func(g *retake.Generation) any {
		if g.Cost != nil {
			costs = retake.AddCost(costs, *g.Cost, g.Currency)
		}
		return withBilling(g)
	}
	return s.sendRows(x, list, row, func(e *encoder) error {
		fmt.Fprintf(&e.buf, `,"page_number":%d,"page_size":%d,"total_pages":%d,"total_entries":%d,"total_cost":`,
			p.Number, p.Size, pages(total, p), total)
		if err := e.value(soleCost(costs)); err != nil {
			return err
		}
		e.buf.WriteString(`,"total_costs":`)
		return e.value(costs)
	})
}

// readPage reads which part of a listing is asked for. size is the usual length of a page.
func readPage(q url.Values, size int) (p retake.Page, err error) {
	if p.Number, err = wholeNumber(q, "page", 1, maxPage, 1); err != nil {
		return p, err
	}
	p.Size, err = wholeNumber(q, "page_size", 1, maxPageSize, size)
	return p, err
}

func pages(total int, p retake.Page) int { return (total + p.Size - 1) / p.Size }

func (s *Server) getGeneration(x *exchange) error {
	g, err := s.generation(x)
	if err != nil {
		return err
	}
	position, err := s.position(x, g)
	if err != nil {
		return fmt.Errorf("queue position: %w", err)
	}
	e := borrowEncoder()
	defer e.release()
	e.buf.WriteString(`{"status":"success","status_message":"resource_found","generation":`)
	if err := s.encodeRow(e, s.base(x), g, position, withBilling(g)); err != nil {
		return err
	}
	e.buf.WriteByte('}')
	return x.send(http.StatusOK, jsonType, e.buf.Bytes())
}

// soleCost is the sum of one currency, nil when nothing was charged or there are several, which can't be added.
func soleCost(costs []retake.Cost) *string {
	if len(costs) != 1 {
		return nil
	}
	return &costs[0].Cost
}

func wholeNumber(q url.Values, name string, low, high, def int) (int, error) {
	sent := q.Get(name)
	if sent == "" {
		return def, nil
	}
	n, err := strconv.Atoi(sent)
	if err != nil || n < low || n > high {
		return 0, retake.Invalid(name, "%s must be an integer between %d and %d, got %q", name, low, high, clip(sent))
	}
	return n, nil
}

// trueOrFalse reads a parameter that is either, false when it is not sent.
func trueOrFalse(q url.Values, name string) (bool, error) {
	switch sent := q.Get(name); sent {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, retake.Invalid(name, "%s must be true or false, got %q", name, clip(sent))
	}
}

func notFound(format string, args ...any) *retake.Error {
	return retake.Errorf(retake.CodeNotFound, format, args...)
}
