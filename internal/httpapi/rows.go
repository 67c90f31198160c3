package httpapi

import (
	"fmt"
	"net/http"

	"retake/internal/retake"
)

const (
	// maxPositions bounds the look-ups of queue positions for one listing.
	maxPositions = 50
	// rowsAtOnce is how many bytes of rows are in memory for one listing, unless a single row has more.
	rowsAtOnce = 1 << 20
)

// sendRows answers with a listing. What fits into one part is sent whole, so that a failure can still become a 500; more
// is read and sent part by part. A row that is deleted meanwhile is left out, so the count follows the rows. extra is nil
// or more keys of a row; tail is nil or writes more keys of the listing.
func (s *Server) sendRows(x *exchange, list []retake.RowSize, extra func(*retake.Generation) any, tail func(*encoder) error) error {
	e := borrowEncoder()
	defer e.release()
	out := &listing{s: s, x: x, e: e, base: s.base(x), extra: extra}
	e.buf.WriteString(`{"generations":[`)
	for {
		part := firstPart(list)
		if err := out.add(list[:part]); err != nil {
			return err
		}
		if list = list[part:]; len(list) == 0 {
			break
		}
		if err := out.flush(); err != nil {
			return nil // the client went away
		}
	}
	fmt.Fprintf(&e.buf, `],"count":%d`, out.count)
	if tail != nil {
		if err := tail(e); err != nil {
			return err
		}
	}
	e.buf.WriteByte('}')
	if !x.wrote {
		return x.send(http.StatusOK, jsonType, e.buf.Bytes())
	}
	_ = out.flush()
	return nil
}

// firstPart counts the rows at the beginning of a list that are read at once.
func firstPart(list []retake.RowSize) int {
	bytes := int64(0)
	for i, row := range list {
		if bytes += row.Bytes + 1<<10; i > 0 && bytes > rowsAtOnce {
			return i
		}
	}
	return len(list)
}

// listing is one that is being sent.
type listing struct {
	s      *Server
	x      *exchange
	e      *encoder
	base   string
	extra  func(*retake.Generation) any
	count  int
	looked int // queue positions
}

// add reads rows and encodes them.
func (l *listing) add(part []retake.RowSize) error {
	ids := make([]string, len(part))
	for i, row := range part {
		ids[i] = row.ID
	}
	rows, err := l.s.store.GenerationsByID(l.x.r.Context(), ids)
	if err != nil {
		return fmt.Errorf("read the rows of a listing: %w", err)
	}
	for _, g := range rows {
		if l.count++; l.count > 1 {
			l.e.buf.WriteByte(',')
		}
		var position *int
		if g.Status == retake.Queued && l.looked < maxPositions {
			l.looked++
			if position, err = l.s.position(l.x, g); err != nil {
				return fmt.Errorf("queue position: %w", err)
			}
		}
		var more any
		if l.extra != nil {
			more = l.extra(g)
		}
		if err := l.s.encodeRow(l.e, l.base, g, position, more); err != nil {
			return fmt.Errorf("encode generation: %w", err)
		}
	}
	return nil
}

// flush sends what was encoded.
func (l *listing) flush() error {
	if !l.x.wrote {
		l.x.Header().Set("Content-Type", jsonType)
	}
	_, err := newStallWriter(l.x, l.s.cfg.Stall).Write(l.e.buf.Bytes())
	l.e.buf.Reset()
	return err
}
