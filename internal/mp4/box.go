package mp4

import (
	"encoding/binary"
	"fmt"

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
	maxDepth = 8
	maxBoxes = 50_000 // in the movie header
)

// box is one box of the movie header, either a container with children or a leaf with a body.
type box struct {
	kind string
	wide bool   // written with a 64-bit size
	body []byte // of a leaf
	kids []*box
	tail []byte // bytes of a container after its last child, such as QuickTime's closing zero
	leaf bool
}

// parseBoxes reads the boxes in data. A rest too short or too odd to be a box is returned as tail.
func parseBoxes(data []byte) (kids []*box, tail []byte, err error) {
	return parseInside(data, 0, new(int))
}

func parseInside(data []byte, depth int, count *int) (kids []*box, tail []byte, err error) {
	if depth > maxDepth {
		return nil, nil, malformed("boxes nested deeper than %d", maxDepth)
	}
	for len(data) >= 8 {
		size, head := int64(binary.BigEndian.Uint32(data)), int64(8)
		switch size {
		case 0:
			if binary.BigEndian.Uint32(data[4:]) == 0 {
				return kids, data, nil
			}
			size = int64(len(data))
		case 1:
			if len(data) < 16 {
				return nil, nil, malformed("a 64-bit box size is cut off")
			}
			size, head = int64(binary.BigEndian.Uint64(data[8:])), 16
		}
		if *count++; *count > maxBoxes {
			return nil, nil, malformed("more than %d boxes in the movie header", maxBoxes)
		}
		kind := string(data[4:8])
		if size < head || size > int64(len(data)) {
			return nil, nil, malformed("box %q claims %d bytes where %d are left", kind, size, len(data))
		}
		b := &box{kind: kind, wide: head == 16, leaf: !parents[kind]}
		body := data[head:size:size]
		if b.leaf {
			b.body = body
		} else if b.kids, b.tail, err = parseInside(body, depth+1, count); err != nil {
			return nil, nil, err
		}
		kids = append(kids, b)
		data = data[size:]
	}
	return kids, data, nil
}

// size returns the box's bytes when written.
func (b *box) size() int64 {
	n := int64(8 + len(b.body) + len(b.tail))
	if b.wide {
		n += 8
	}
	for _, k := range b.kids {
		n += k.size()
	}
	return n
}

// append writes the box behind dst.
func (b *box) append(dst []byte) []byte {
	size := b.size()
	if b.wide {
		dst = binary.BigEndian.AppendUint32(dst, 1)
		dst = append(dst, b.kind...)
		dst = binary.BigEndian.AppendUint64(dst, uint64(size))
	} else {
		dst = binary.BigEndian.AppendUint32(dst, uint32(size))
		dst = append(dst, b.kind...)
	}
	dst = append(dst, b.body...)
	for _, k := range b.kids {
		dst = k.append(dst)
	}
	return append(dst, b.tail...)
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
	if c := b.child(kind); c != nil {
		c.body = body
		return
	}
	added := &box{kind: kind, leaf: true, body: body}
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
