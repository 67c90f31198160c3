package hevc

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/corpus"
	"retake/internal/nal"
)

// unitOf writes a NAL unit: numbers of a fixed length in bits, and Exp-Golomb codes where that is 0.
func unitOf(kind int, fields ...[2]uint32) []byte {
	w := nal.Writer{}
	w.U(uint32(kind)<<9|1, 16)
	for _, f := range fields {
		if f[0] == 0 {
			w.UE(f[1])
		} else {
			w.U(f[1], int(f[0]))
		}
	}
	w.Bit(1) // stop
	return nal.Escape(w.Data)
}

func u(n, v uint32) [2]uint32 { return [2]uint32{n, v} }
func ue(v uint32) [2]uint32   { return [2]uint32{0, v} }

// profile is profile_tier_level of main, level 3.1, progressive, for so many sub-layers, of which each tells its own.
func profile(layers int) (f [][2]uint32) {
	f = append(f, u(8, 1), u(32, 0x60000000), u(2, 2), u(32, 0), u(14, 0), u(8, 93))
	for range layers - 1 {
		f = append(f, u(2, 3))
	}
	if layers > 1 {
		f = append(f, u(uint32(2*(9-layers)), 0))
	}
	for range layers - 1 {
		f = append(f, u(32, 0x01600000), u(32, 0), u(24, 0), u(8, 90))
	}
	return f
}

// sps is a sequence parameter set with all that can stand between the size and the usability information.
func sps(id uint32, layers int) []byte {
	f := [][2]uint32{u(4, 3), u(3, uint32(layers-1)), u(1, 1)}
	f = append(f, profile(layers)...)
	f = append(f, ue(id), ue(1), ue(1920), ue(1088), u(1, 1), ue(0), ue(0), ue(0), ue(4), // 8 rows are cropped
		ue(0), ue(0), ue(4), u(1, 0), ue(4), ue(2), ue(0), ue(0), ue(3), ue(0), ue(3), ue(0), ue(0),
		u(1, 1), u(1, 1)) // scaling lists
	for size := range 4 {
		for m := range 6 {
			if size == 3 && m%3 > 0 {
				continue
			}
			if m == 0 {
				f = append(f, u(1, 0), ue(0))
				continue
			}
			f = append(f, u(1, 1))
			if size > 1 {
				f = append(f, ue(16))
			}
			for k := range min(64, 1<<(4+2*size)) {
				f = append(f, ue(uint32(k)))
			}
		}
	}
	f = append(f, u(2, 3), u(1, 1), u(8, 0x77), ue(0), ue(2), u(1, 0), // PCM
		ue(3),
		ue(2), ue(1), ue(0), u(1, 1), ue(1), u(1, 1), ue(0), u(1, 1), // -1, -3; +1
		u(1, 1), u(1, 1), ue(0), u(1, 1), u(1, 0), u(1, 1), u(1, 1), u(1, 0), u(1, 0), // all moved by -1: one falls on 0, one is dropped
		u(1, 1), u(1, 0), ue(0), u(1, 1), u(1, 1), u(1, 1), // moved by +1
		u(1, 1), ue(1), u(8, 5), u(1, 1), // long-term
		u(2, 3),
		u(1, 1), // usability information
		u(1, 1), u(8, 255), u(16, 4), u(16, 3), u(1, 0), u(1, 1), u(3, 5), u(1, 1), u(1, 1), u(8, 9), u(8, 16), u(8, 9),
		u(1, 1), ue(2), ue(2), u(3, 0), u(1, 0), u(1, 1), u(32, 1001), u(32, 30000), u(1, 0))
	return unitOf(typeSPS, f...)
}

func TestSequenceParameterSet(t *testing.T) {
	for _, layers := range []int{1, 2, 3, 7} {
		id, s, err := parseSPS(sps(5, layers))
		if err != nil {
			t.Fatalf("%d layers: %v", layers, err)
		}
		want := &Stream{Profile: 1, orderBits: 8, Signal: nal.Signal{Width: 1920, Height: 1080, ChromaFormat: 1, BitDepth: 8, Progressive: true,
			SARWidth: 4, SARHeight: 3, FullRange: true, Primaries: 9, Transfer: 16, Matrix: 9, ChromaLocation: 2, TickRate: 30000, TickUnits: 1001}}
		if diff := cmp.Diff(want, s, cmp.AllowUnexported(Stream{})); diff != "" || id != 5 {
			t.Errorf("%d layers, id %d: %s", layers, id, diff)
		}
	}
}

func vps(id uint32) []byte { return unitOf(typeVPS, u(4, id), u(12, 0xc01), u(16, 0xffff)) }

func pps(id, sps uint32) []byte {
	return unitOf(typePPS, ue(id), ue(sps), u(1, 0), u(1, 1), u(3, 2), u(2, 1), ue(0), ue(0))
}

// config has one parameter set of each kind with these ids, and a note.
func config(ids IDs) *Config {
	c := &Config{LengthSize: 4}
	c.head = [fixedSize]byte{0: 1, 1: 1, 2: 0x60, 12: 93, 13: 0xf0, 15: 0xfc, 16: 0xfd, 17: 0xf8, 18: 0xf8, 21: 0x0f}
	for i, unit := range [][]byte{vps(ids.VPS), spsOf(ids), pps(ids.PPS, ids.SPS), unitOf(39, u(8, 5), u(8, 1), u(8, 7))} {
		c.arrays = append(c.arrays, array{head: 0x80 | []byte{typeVPS, typeSPS, typePPS, 39}[i], units: [][]byte{unit}})
	}
	return c
}

// spsOf is sps with the id of its video parameter set.
func spsOf(ids IDs) []byte {
	unit := sps(ids.SPS, 1)
	unit[headerSize] = unit[headerSize]&0x0f | byte(ids.VPS)<<4
	return unit
}

func TestConfigSurvivesWriting(t *testing.T) {
	c := config(IDs{0, 0, 0})
	again, err := ParseConfig(c.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(c.Bytes(), again.Bytes()) || !again.Equal(c) || len(again.Units()) != 4 {
		t.Errorf("% x became % x", c.Bytes(), again.Bytes())
	}
	if c.Equal(config(IDs{0, 0, 1})) {
		t.Error("different sets are taken for equal")
	}
}

// slice is a first slice of a type that names a picture parameter set.
func slice(kind int, pps, order uint32, data ...byte) []byte {
	f := [][2]uint32{u(1, 1)}
	if isKey(kind) {
		f = append(f, u(1, 0))
	}
	f = append(f, ue(pps), u(2, 3), ue(1), u(1, 1))
	if kind != typeIDR && kind != typeIDRNLP {
		f = append(f, u(8, order))
	}
	for _, b := range data {
		f = append(f, u(8, uint32(b)))
	}
	return unitOf(kind, f...)
}

func TestRenameSlice(t *testing.T) {
	for _, kind := range []int{1, typeRASLR, typeIDR, typeCRA} {
		for _, to := range []uint32{15, 22, 30} {
			data := []byte{0, 0, 1, 0, 0, 0, 3, 0xff, 0, 0}
			got, err := RenameSlice(slice(kind, 0, 77, data...), to)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(slice(kind, to, 77, data...), got); diff != "" {
				t.Errorf("type %d to %d: %s", kind, to, diff)
			}
		}
	}
	for name, unit := range map[string][]byte{"of another set": slice(1, 1, 0), "no slice": vps(0), "cut short": {2, 1}} {
		if _, err := RenameSlice(unit, 15); !errors.Is(err, nal.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOrder(t *testing.T) {
	sets, err := config(IDs{0, 0, 0}).Sets()
	if err != nil {
		t.Fatal(err)
	}
	var o Order
	var got [][2]int
	for _, unit := range [][]byte{
		slice(typeIDR, 0, 0), slice(1, 0, 4), slice(0, 0, 2), slice(typeCRA, 0, 200), slice(typeRASLN, 0, 198),
		slice(1, 0, 40), slice(0, 0, 30), slice(typeBLANLP, 0, 100), slice(1, 0, 104), slice(typeIDRNLP, 0, 0),
	} {
		s, err := sets.Slice(unit)
		if err != nil {
			t.Fatal(err)
		}
		period, count := o.Next(s)
		got = append(got, [2]int{period, count})
	}
	want := [][2]int{{1, 0}, {1, 4}, {1, 2}, {1, -56}, {1, -58}, {1, 40}, {1, 30}, {2, 100}, {2, 104}, {3, 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBreakLink(t *testing.T) {
	note, cra, other := unitOf(39, u(8, 1)), slice(typeCRA, 0, 9, 1, 2, 3), slice(1, 0, 9)
	got := BreakLink([][]byte{note, cra, other})
	want := [][]byte{note, slice(typeBLANLP, 0, 9, 1, 2, 3), other}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if typeOf(cra) != typeCRA {
		t.Error("the original was changed")
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(config(IDs{0, 0, 0}).Bytes())
	corpus.Each(f, corpus.Config("hevc"), func(config []byte) { f.Add(config) })
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseConfig(data)
		if err != nil {
			return
		}
		if again, err := ParseConfig(c.Bytes()); err != nil || !again.Equal(c) {
			t.Fatalf("a configuration does not survive writing: %v", err)
		}
		c.Sets()
		other := config(IDs{0, 0, 0})
		joined, ids, err := c.Adopt(other, nil)
		if err != nil {
			return
		}
		again, same, err := joined.Adopt(other, nil)
		if err != nil || same != ids || !again.Equal(joined) {
			t.Fatalf("adopted as %v and as %v, %v", ids, same, err)
		}
	})
}

func FuzzSlice(f *testing.F) {
	f.Add(slice(1, 0, 7, 1, 2), byte(15))
	f.Add(slice(typeCRA, 0, 7, 0, 0, 1), byte(30))
	corpus.Each(f, corpus.Sample("hevc"), func(sample []byte) {
		units, err := nal.Units(sample, 4)
		if err != nil {
			f.Fatal(err)
		}
		for _, u := range units {
			f.Add(u, byte(15))
		}
	})
	sets, err := config(IDs{0, 0, 0}).Sets()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, unit []byte, to byte) {
		if s, err := sets.Slice(unit); err == nil {
			new(Order).Next(s)
		}
		unit = append(bytes.Clone(unit), 0x80) // as every slice ends
		renamed, err := RenameSlice(unit, uint32(to))
		if err != nil {
			return
		}
		r := nal.Reader{Data: nal.Unescape(renamed), Pos: 8*headerSize + 1}
		if isKey(typeOf(unit)) {
			r.Pos++
		}
		if got := r.UE(); got != uint32(to) {
			t.Fatalf("the set is %d, want %d", got, to)
		}
		if before, after := len(nal.Unescape(unit)), len(nal.Unescape(renamed)); after != before+1 {
			t.Fatalf("%d bytes became %d", before, after)
		}
	})
}
