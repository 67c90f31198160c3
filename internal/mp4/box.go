package mp4

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"retake/internal/container"
)

// ErrMalformed is wrapped by every error about a file that breaks its own format.
var ErrMalformed = container.ErrMalformed

// ErrUnsupported is wrapped by errors about a sound file that uses something the patcher can't keep.
var ErrUnsupported = container.ErrUnsupported

// ErrTooMany is wrapped by errors about a file with more samples than are laid out in memory. It comes with
// ErrMalformed when there can't be so many in a file of its size.
var ErrTooMany = container.ErrTooMany

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsupported, fmt.Sprintf(format, args...))
}

// tooMany is an error about a file's number of samples. lies says that there can't be so many.
func tooMany(lies bool, format string, args ...any) error {
	err := fmt.Errorf("%w: %s", ErrTooMany, fmt.Sprintf(format, args...))
	if lies {
		err = fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return err
}

// parents are the boxes the patcher looks into; all others are kept as they are.
var parents = map[string]bool{"moov": true, "trak": true, "edts": true, "mdia": true, "minf": true, "stbl": true}

const (
	maxDepth  = 8
	maxBoxes  = 50_000   // in the movie header
	maxLoaded = 32 << 20 // bytes of it that are held in memory
)

// box is one box of the movie header, either a container with children or a leaf with a body.
type box struct {
	kind  string
	wide  bool   // written with a 64-bit size
	body  []byte // of a leaf
	table table  // of a leaf that grows with the movie's length, in place of body
	kids  []*box
	tail  []byte // bytes of a container after its last child, such as QuickTime's closing zero
	leaf  bool
}

// parser reads the boxes of a file's movie header.
type parser struct {
	r      io.ReaderAt
	boxes  int
	loaded int64
}

// inside reads the boxes at [at, end). A rest too short or too odd to be a box is returned as tail.
func (p *parser) inside(parent string, at, end int64, depth int) (kids []*box, tail []byte, err error) {
	if depth > maxDepth {
		return nil, nil, malformed("boxes nested deeper than %d", maxDepth)
	}
	for end-at >= 8 {
		var data [16]byte
		if err := readFull(p.r, data[:min(16, end-at)], at); err != nil {
			return nil, nil, err
		}
		size, head := int64(binary.BigEndian.Uint32(data[:])), int64(8)
		switch size {
		case 0:
			if binary.BigEndian.Uint32(data[4:]) == 0 {
				tail, err = p.load(at, end-at)
				return kids, tail, err
			}
			size = end - at
		case 1:
			if end-at < 16 {
				return nil, nil, malformed("a 64-bit box size is cut off")
			}
			size, head = int64(binary.BigEndian.Uint64(data[8:])), 16
		}
		if p.boxes++; p.boxes > maxBoxes {
			return nil, nil, malformed("more than %d boxes in the movie header", maxBoxes)
		}
		kind := string(data[4:8])
		if size < head || size > end-at {
			return nil, nil, malformed("box %q claims %d bytes where %d are left", kind, size, end-at)
		}
		b := &box{kind: kind, wide: head == 16, leaf: !parents[kind]}
		switch body := at + head; {
		case !b.leaf:
			b.kids, b.tail, err = p.inside(kind, body, at+size, depth+1)
		case parent == "stbl" && growing[kind]:
			b.table = stored{io.NewSectionReader(p.r, body, size-head)}
		default:
			b.body, err = p.load(body, size-head)
		}
		if err != nil {
			return nil, nil, err
		}
		kids = append(kids, b)
		at += size
	}
	tail, err = p.load(at, end-at)
	return kids, tail, err
}

// load reads bytes into memory.
func (p *parser) load(at, size int64) ([]byte, error) {
	if p.loaded += size; p.loaded > maxLoaded {
		return nil, malformed("more than %d bytes in the movie header beside its tables", maxLoaded)
	}
	data := make([]byte, size)
	return data, readFull(p.r, data, at)
}

// readFull fills dst with what is at an offset.
func readFull(r io.ReaderAt, dst []byte, at int64) error {
	n, err := r.ReadAt(dst, at)
	if n == len(dst) {
		return nil
	}
	return err
}

// size returns the box's bytes when written.
func (b *box) size() int64 {
	n := int64(8 + len(b.body) + len(b.tail))
	if b.wide {
		n += 8
	}
	if b.table != nil {
		n += b.table.size()
	}
	for _, k := range b.kids {
		n += k.size()
	}
	return n
}

// write writes the box.
func (b *box) write(w io.Writer) error {
	size := b.size()
	var head []byte
	if b.wide {
		head = append(be32(1), b.kind...)
		head = binary.BigEndian.AppendUint64(head, uint64(size))
	} else {
		head = append(be32(uint32(size)), b.kind...)
	}
	if _, err := w.Write(append(head, b.body...)); err != nil {
		return err
	}
	if b.table != nil {
		if err := b.table.write(w); err != nil {
			return err
		}
	}
	for _, k := range b.kids {
		if err := k.write(w); err != nil {
			return err
		}
	}
	_, err := w.Write(b.tail)
	return err
}

// append writes a box that is in memory behind dst.
func (b *box) append(dst []byte) []byte {
	out := bytes.NewBuffer(dst)
	_ = b.write(out) // a buffer takes everything
	return out.Bytes()
}

// clone copies the tree; bodies are shared, as they are replaced and never written to.
func (b *box) clone() *box {
	c := *b
	c.kids = make([]*box, len(b.kids))
	for i, k := range b.kids {
		c.kids[i] = k.clone()
	}
	return &c
}

// child returns the first child of a kind along a path, or nil.
func (b *box) child(path ...string) *box {
	for _, kind := range path {
		var next *box
		for _, k := range b.kids {
			if k.kind == kind {
				next = k
				break
			}
		}
		if next == nil {
			return nil
		}
		b = next
	}
	return b
}

// all returns the children of a kind.
func (b *box) all(kind string) []*box {
	var out []*box
	for _, k := range b.kids {
		if k.kind == kind {
			out = append(out, k)
		}
	}
	return out
}

// set replaces the body of the child of a kind, or adds the child behind the one of kind after.
func (b *box) set(kind string, body []byte, after string) {
	b.put(&box{kind: kind, leaf: true, body: body}, after)
}

// setTable is set for a body that is not in memory.
func (b *box) setTable(kind string, body table, after string) {
	b.put(&box{kind: kind, leaf: true, table: body}, after)
}

func (b *box) put(added *box, after string) {
	if c := b.child(added.kind); c != nil {
		c.body, c.table = added.body, added.table
		return
	}
	for i, k := range b.kids {
		if k.kind == after {
			b.kids = append(b.kids[:i+1], append([]*box{added}, b.kids[i+1:]...)...)
			return
		}
	}
	b.kids = append(b.kids, added)
}

// remove takes away the children of a kind.
func (b *box) remove(kind string) {
	var kept []*box
	for _, k := range b.kids {
		if k.kind != kind {
			kept = append(kept, k)
		}
	}
	b.kids = kept
}

// fullBox splits the body of a versioned box into version, flags and the rest, of which at least min bytes must be there.
func fullBox(b *box, min int) (version byte, rest []byte, err error) {
	if b == nil {
		return 0, nil, malformed("a required box is missing")
	}
	if len(b.body) < 4+min {
		return 0, nil, malformed("box %q is cut short", b.kind)
	}
	return b.body[0], b.body[4:], nil
}
