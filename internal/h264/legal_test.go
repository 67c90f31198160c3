package h264

import (
	"strings"
	"testing"
)

// Each case takes one promise of the source's away, or one freedom of the encoder's.
func TestServes(t *testing.T) {
	parse := func() *Stream {
		s, err := ParseSPS(spsZero)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := parse(); s.References != 4 || !s.Direct8x8 || s.usability.reorder != 2 || s.usability.frames != 4 || !s.usability.restricted || s.orderBits != 6 {
		t.Fatalf("x264's set reads %+v", s)
	}
	for _, c := range []struct {
		name         string
		change       func(s, m *Stream)
		depth, shown int
		want         string // in the reason; "": it serves
	}{
		{"the same", func(s, m *Stream) {}, 2, 0, ""},
		{"more room in all", func(s, m *Stream) {
			s.Level, s.orderBits, s.frameNumBits, s.Profile, s.usability.frames, s.usability.vectors = 51, 16, 16, 244, 16, [2]uint32{16, 16}
		}, 2, 0, ""},
		{"another level", func(s, m *Stream) { s.Level = 12 }, 2, 2, "level"},
		{"level 1b", func(s, m *Stream) { s.Level, m.Level = 9, 11 }, 2, 2, "level"},
		{"level 1b of main", func(s, m *Stream) { s.Level, m.Level, m.Profile, m.constraints = 9, 11, 77, asMain|onlyIntra }, 2, 2, ""},
		{"more reference frames, whose window slides later", func(s, m *Stream) { s.References = 5 }, 2, 2, "refers"},
		{"keyframes only", func(s, m *Stream) { s.References, m.References, m.OrderType = 1, 0, 2 }, 0, 2, ""},
		{"fewer bits of frame_num", func(s, m *Stream) { m.frameNumBits++ }, 2, 2, "fewer bits"},
		{"fewer bits of the order", func(s, m *Stream) { m.orderBits++ }, 2, 2, "fewer bits"},
		{"no B-frames under counted order", func(s, m *Stream) { m.OrderType, s.orderBits, s.Direct8x8 = 2, 4, false }, 0, 0, ""},
		{"B-frames under decode order", func(s, m *Stream) { s.OrderType = 2 }, 2, 2, "another way"},
		{"an order of offsets", func(s, m *Stream) { s.OrderType = 1 }, 0, 2, "another way"},
		{"direct motion", func(s, m *Stream) { s.Direct8x8 = false }, 2, 2, "motion"},
		{"deeper reordering than it says", func(s, m *Stream) { s.usability.reorder = 1 }, 2, 2, "out of order"},
		{"deeper reordering than it shows", func(s, m *Stream) { s.usability.restricted = false }, 2, 1, "out of order"},
		{"reordering as it shows", func(s, m *Stream) { s.usability.restricted = false }, 2, 2, ""},
		{"main", func(s, m *Stream) { s.Profile = 77 }, 2, 2, "profile"},
		{"high that keeps to main", func(s, m *Stream) { s.constraints = asMain }, 2, 2, "profile"},
		{"baseline", func(s, m *Stream) { s.Profile, m.Profile, m.constraints, m.OrderType = 66, 66, asBaseline|asMain, 2 }, 0, 0, ""},
		{"baseline with all its tools", func(s, m *Stream) { m.Profile, m.OrderType = 66, 2 }, 0, 0, "profile"},
		{"unknown profile", func(s, m *Stream) { s.Profile = 118 }, 2, 2, "profile"},
		{"constrained high", func(s, m *Stream) { s.constraints = withoutB }, 2, 2, "B-frames"},
		{"intra", func(s, m *Stream) { s.Profile, s.constraints = 110, onlyIntra }, 0, 2, "keyframes"},
		{"deeper", func(s, m *Stream) { s.BitDepth = 10 }, 2, 2, "depth"},
		{"4:2:2", func(s, m *Stream) { s.ChromaFormat = 2 }, 2, 2, "sampling"},
		{"larger", func(s, m *Stream) { s.coded[0]++ }, 2, 2, "size"},
		{"cropped elsewhere", func(s, m *Stream) { s.crop[0]++ }, 2, 2, "size"},
		{"fields", func(s, m *Stream) { s.Progressive = false }, 2, 2, "size"},
		{"lossless", func(s, m *Stream) { m.bypass = true }, 2, 2, "scaled"},
		{"scaling lists", func(s, m *Stream) { s.scaling = "101" }, 2, 2, "scaled"},
		{"main in high", func(s, m *Stream) { m.scaling, m.Profile, m.constraints = "", 77, asMain }, 2, 2, ""},
		{"a buffer model", func(s, m *Stream) { s.usability.buffered = true }, 2, 2, "timing"},
		{"structure of pictures", func(s, m *Stream) { s.usability.structured = true }, 2, 2, "timing"},
		{"cut short", func(s, m *Stream) { s.usability = usability{unread: true} }, 2, 2, "can't be read"},
		{"motion inside", func(s, m *Stream) { s.usability.inside = true }, 2, 2, "inside"},
		{"short motion", func(s, m *Stream) { s.usability.vectors[1]-- }, 2, 2, "shorter"},
		{"few frames", func(s, m *Stream) { s.usability.frames-- }, 2, 2, "fewer frames"},
	} {
		s, m := parse(), parse()
		c.change(s, m)
		if got := s.Serves(m, c.depth, c.shown); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDepth(t *testing.T) {
	for _, c := range []struct {
		name           string
		change         func(s *Stream)
		depth, bframes int
	}{
		{"x264's", func(s *Stream) {}, 2, 5},
		{"as shown", func(s *Stream) { s.usability.restricted = false }, 1, 13},
		{"few bits", func(s *Stream) { s.orderBits = 4 }, 1, 1},
		{"few references", func(s *Stream) { s.References = 2 }, 1, 13},
		{"one reference", func(s *Stream) { s.References = 1 }, 0, 0},
		{"decode order", func(s *Stream) { s.OrderType = 2 }, 0, 0},
		{"baseline", func(s *Stream) { s.Profile = 66 }, 0, 0},
		{"constrained high", func(s *Stream) { s.constraints = withoutB }, 0, 0},
	} {
		s, err := ParseSPS(spsZero)
		if err != nil {
			t.Fatal(err)
		}
		c.change(s)
		if depth, bframes := s.Depth(1); depth != c.depth || bframes != c.bframes {
			t.Errorf("%s: %d and %d, want %d and %d", c.name, depth, bframes, c.depth, c.bframes)
		}
	}
}
