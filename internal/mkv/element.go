package mkv

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"retake/internal/container"
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", container.ErrMalformed, fmt.Sprintf(format, args...))
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", container.ErrUnsupported, fmt.Sprintf(format, args...))
}

// unknown is the size of an element that ends where something begins that can't be inside it (RFC 8794, 6.2).
const unknown = -1

// element is where an element is: its header begins at offset and takes head bytes, size bytes of data follow.
type element struct {
	id     uint32
	offset int64
	head   int64
	size   int64
}

func (e element) data() int64 { return e.offset + e.head }
func (e element) end() int64  { return e.data() + e.size }

// readVint reads a variable-size integer (RFC 8794, 4). marked leaves the length marker in, as ids are written. all
// reports that every value bit is set. n is 0 where b is too short or no such integer.
func readVint(b []byte, longest int, marked bool) (value uint64, n int, all bool) {
	if len(b) == 0 || b[0] == 0 {
		return 0, 0, false
	}
	n = 1
	for b[0]&(0x80>>(n-1)) == 0 {
		n++
	}
	if n > longest || n > len(b) {
		return 0, 0, false
	}
	value = uint64(b[0])
	if !marked {
		value &= 0xff >> n
	}
	for _, c := range b[1:n] {
		value = value<<8 | uint64(c)
	}
	return value, n, value&(1<<(7*n)-1) == 1<<(7*n)-1
}

// appendSize writes a size in so many bytes.
func appendSize(dst []byte, size int64, width int) []byte {
	v := uint64(size) | 1<<(7*width)
	for i := width - 1; i >= 0; i-- {
		dst = append(dst, byte(v>>(8*i)))
	}
	return dst
}

// sizeWidth is the fewest bytes that a size fits in.
func sizeWidth(size int64) int {
	for n := 1; n < 8; n++ {
		if size < 1<<(7*n)-1 {
			return n
		}
	}
	return 8
}

func appendID(dst []byte, id uint32) []byte {
	for i := 3; i >= 0; i-- {
		if b := byte(id >> (8 * i)); b != 0 || len(dst) > 0 && id>>(8*(i+1)) != 0 {
			dst = append(dst, b)
		}
	}
	return dst
}

// appendElement writes an element of which all is known.
func appendElement(dst []byte, id uint32, data []byte) []byte {
	dst = appendID(dst, id)
	dst = appendSize(dst, int64(len(data)), sizeWidth(int64(len(data))))
	return append(dst, data...)
}

func appendUint(dst []byte, id uint32, v uint64) []byte {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], v)
	i := 0
	for i < 7 && b[i] == 0 {
		i++
	}
	return appendElement(dst, id, b[i:])
}

// appendUint8 writes an unsigned integer that always takes 8 bytes, for a place that is known later.
func appendUint8(dst []byte, id uint32, v uint64) []byte {
	return appendElement(dst, id, binary.BigEndian.AppendUint64(nil, v))
}

// appendVoid fills n bytes, which are not 1 (RFC 8794, 11.3.2).
func appendVoid(dst []byte, n int64) []byte {
	switch {
	case n == 0:
		return dst
	case n < 10:
		dst = append(dst, idVoid, byte(0x80|(n-2)))
		return append(dst, make([]byte, n-2)...)
	}
	dst = append(dst, idVoid)
	dst = appendSize(dst, n-9, 8)
	return append(dst, make([]byte, n-9)...)
}

// node is an element in memory.
type node struct {
	id   uint32
	raw  []byte // header and data
	data []byte
}

// maxNodes bounds the elements of one parent that are read into memory.
const maxNodes = 1 << 18

// nodes lists the children in data.
func nodes(data []byte) ([]node, error) {
	var out []node
	for len(data) > 0 {
		id, n, _ := readVint(data, 4, true)
		if n == 0 {
			return nil, malformed("an element id can't be read")
		}
		size, m, all := readVint(data[n:], 8, false)
		if m == 0 || all || size > uint64(len(data)-n-m) {
			return nil, malformed("element %x claims more bytes than its parent has", id)
		}
		end := n + m + int(size)
		if len(out) >= maxNodes {
			return nil, malformed("more than %d elements in one", maxNodes)
		}
		out = append(out, node{uint32(id), data[:end:end], data[n+m : end : end]})
		data = data[end:]
	}
	return out, nil
}

// find returns the first child of an id, or nil.
func find(list []node, id uint32) *node {
	for i := range list {
		if list[i].id == id {
			return &list[i]
		}
	}
	return nil
}

// asUint reads an unsigned integer, otherwise where there is none.
func (n *node) asUint(otherwise uint64) uint64 {
	if n == nil || len(n.data) > 8 {
		return otherwise
	}
	v := uint64(0)
	for _, b := range n.data {
		v = v<<8 | uint64(b)
	}
	return v
}

func (n *node) asFloat(otherwise float64) float64 {
	switch {
	case n == nil:
	case len(n.data) == 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(n.data)))
	case len(n.data) == 8:
		return math.Float64frombits(binary.BigEndian.Uint64(n.data))
	}
	return otherwise
}

func (n *node) asString() string {
	if n == nil {
		return ""
	}
	for i, b := range n.data {
		if b == 0 {
			return string(n.data[:i])
		}
	}
	return string(n.data)
}

// reader reads element headers of a file through a small window.
type reader struct {
	r      io.ReaderAt
	size   int64
	window [1024]byte
	base   int64
	filled int
	steps  int
}

// maxSteps bounds the elements of a file that are looked at: a day of 60 fps footage with its sound has 15 million.
const maxSteps = 20_000_000

// peek returns up to n bytes from an offset on, fewer only at the file's end. n is at most the window's size.
func (r *reader) peek(at int64, n int) ([]byte, error) {
	n = int(min(int64(n), r.size-at))
	if n <= 0 {
		return nil, nil
	}
	if at < r.base || at+int64(n) > r.base+int64(r.filled) {
		want := int(min(int64(len(r.window)), r.size-at))
		got, err := r.r.ReadAt(r.window[:want], at)
		if got < want {
			r.filled = 0
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		r.base, r.filled = at, want
	}
	i := int(at - r.base)
	return r.window[i : i+n], nil
}

// next reads the header of the element at an offset, which has to end by limit.
func (r *reader) next(at, limit int64) (element, error) {
	if r.steps++; r.steps > maxSteps {
		return element{}, fmt.Errorf("%w: more than %d elements", container.ErrTooMany, maxSteps)
	}
	b, err := r.peek(at, 12)
	if err != nil {
		return element{}, err
	}
	id, n, _ := readVint(b, 4, true)
	if n == 0 {
		return element{}, malformed("the element at byte %d can't be read: the file is damaged", at)
	}
	size, m, all := readVint(b[n:], 8, false)
	if m == 0 {
		return element{}, malformed("the size of the element at byte %d can't be read: the file is damaged", at)
	}
	e := element{uint32(id), at, int64(n + m), int64(size)}
	if all {
		e.size = unknown
		return e, nil
	}
	if e.size > limit-e.data() {
		return element{}, malformed("element %x claims %d bytes where %d are left: the file is cut off or damaged", id, size, max(0, limit-e.data()))
	}
	return e, nil
}

// load reads an element's data into memory, no more than most bytes.
func (r *reader) load(e element, most int64) ([]byte, error) {
	if e.size < 0 || e.size > most {
		return nil, malformed("element %x has %d bytes", e.id, e.size)
	}
	data := make([]byte, e.size)
	_, err := r.r.ReadAt(data, e.data())
	if err == io.EOF && len(data) == 0 {
		err = nil
	}
	return data, err
}

// children reads an element's children into memory, no more than most bytes of them.
func (r *reader) children(e element, most int64) ([]node, error) {
	data, err := r.load(e, most)
	if err != nil {
		return nil, err
	}
	return nodes(data)
}

// hasSum reports whether the children of an element begin with their checksum.
func hasSum(list []node) bool { return len(list) > 0 && list[0].id == idCRC32 }
