package mp4

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
)

// table is the body of a box that has something for each sample or chunk. It is never held in memory: it is read from the
// file it was left in, or made while it is written.
type table interface {
	size() int64
	write(w io.Writer) error
}

// growing are the tables of a sample table box that grow with the movie's length.
var growing = map[string]bool{"stts": true, "ctts": true, "stsz": true, "stsc": true, "stco": true, "co64": true, "stss": true, "stps": true,
	"sdtp": true, "sbgp": true}

// stored is a table as it is in a file.
type stored struct{ *io.SectionReader }

func (s stored) size() int64 { return s.Size() }

func (s stored) write(w io.Writer) error {
	_, err := io.Copy(w, io.NewSectionReader(s, 0, s.Size()))
	return err
}

// drawn is a table that is made anew: head, then what draw writes, of rest bytes.
type drawn struct {
	head []byte
	rest int64
	draw func(w *bufio.Writer) error
}

func (d drawn) size() int64 { return int64(len(d.head)) + d.rest }

func (d drawn) write(w io.Writer) error {
	if _, err := w.Write(d.head); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	if err := d.draw(out); err != nil {
		return err
	}
	return out.Flush()
}

// reader returns a leaf's body as it was read.
func (b *box) reader() *io.SectionReader {
	if s, ok := b.table.(stored); ok {
		return s.SectionReader
	}
	return io.NewSectionReader(bytes.NewReader(b.body), 0, int64(len(b.body)))
}

// begin returns the first bytes of a leaf's body, fewer where it is shorter.
func (b *box) begin(n int) ([]byte, error) {
	r := b.reader()
	data := make([]byte, min(int64(n), r.Size()))
	return data, readFull(r, data, 0)
}

// rows reads a table entry by entry.
type rows struct {
	kind  string
	r     *bufio.Reader
	n     int // entries in all
	at    int
	entry []byte
	err   error
}

// rowsOf begins to read a table of the track, whose entries of width bytes come behind version, flags, skip bytes and
// their number.
func (t *Track) rowsOf(kind string, skip, width int) (*rows, error) {
	b := t.stbl.child(kind)
	if b == nil {
		return nil, malformed("a track has no table %q", kind)
	}
	head, err := b.begin(8 + skip)
	if err != nil {
		return nil, err
	}
	if len(head) < 8+skip {
		return nil, malformed("table %q is cut short", kind)
	}
	body, n := b.reader(), int64(binary.BigEndian.Uint32(head[4+skip:]))
	if n > (body.Size()-int64(len(head)))/int64(width) {
		return nil, malformed("table %q claims %d entries and lists fewer", kind, n)
	}
	r := bufio.NewReaderSize(io.NewSectionReader(body, int64(len(head)), n*int64(width)), 1<<15)
	return &rows{kind: kind, r: r, n: int(n), entry: make([]byte, width)}, nil
}

// next returns the next entry as long as there is one: err says whether that is for an error. It lasts until the next call.
func (x *rows) next() []byte {
	if x.at == x.n || x.err != nil {
		return nil
	}
	x.at++
	if _, x.err = io.ReadFull(x.r, x.entry); x.err != nil {
		return nil
	}
	return x.entry
}

// runs reads a table of counts and values, which says something of each sample.
type runs struct {
	rows  *rows // nil: all values are 0
	left  uint32
	value uint32
}

func (t *Track) runsOf(kind string) (*runs, error) {
	rows, err := t.rowsOf(kind, 0, 8)
	return &runs{rows: rows}, err
}

// run returns the next entry, false behind the last.
func (x *runs) run() (count, value uint32, ok bool) {
	e := x.rows.next()
	if e == nil {
		return 0, 0, false
	}
	return binary.BigEndian.Uint32(e), binary.BigEndian.Uint32(e[4:]), true
}

// next returns the value of the next sample, false where the table ends before it.
func (x *runs) next() (value uint32, ok bool) {
	for x.rows != nil && x.left == 0 {
		if x.left, x.value, ok = x.run(); !ok {
			return 0, false
		}
	}
	x.left--
	return x.value, true
}

// broken returns the error for which the table could not be read.
func (x *runs) broken() error {
	if x.rows == nil {
		return nil
	}
	return x.rows.err
}

// end returns an error where the table has values for more samples than there are, or could not be read.
func (x *runs) end() error {
	if x.rows == nil {
		return nil
	}
	for x.left == 0 {
		var ok bool
		if x.left, x.value, ok = x.run(); !ok {
			return x.rows.err
		}
	}
	return malformed("table %q covers more samples than the track has", x.rows.kind)
}
