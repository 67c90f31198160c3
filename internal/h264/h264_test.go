package h264

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/corpus"
	"retake/internal/nal"
)

// idrSlice builds an IDR slice NAL unit with the given idr_pic_id and slice data of any kind behind it.
func idrSlice(id uint32, frameNumBits int, tail []byte) []byte {
	var w nal.Writer
	w.U(0x65, 8)
	w.UE(0) // first_mb_in_slice
	w.UE(7) // I
	w.UE(1) // picture parameter set
	w.U(0, frameNumBits)
	w.UE(id)
	for _, b := range tail {
		w.U(uint32(b), 8)
	}
	w.U(1, 1)
	return nal.Escape(w.Data)
}

// setsFor has one stream, which picture parameter sets 0 and 1 belong to.
func setsFor(s *Stream) *Sets {
	p := &picture{stream: s, references: [2]uint32{1, 1}}
	return &Sets{streams: map[uint32]*Stream{0: s}, pictures: map[uint32]*picture{0: p, 1: p}}
}

func TestOrder(t *testing.T) {
	stream := &Stream{orderBits: 4} // counts modulo 16
	var o Order
	var got [][2]int
	for _, s := range []Slice{
		{IDR: true, Ref: true, OrderLSB: 0}, {Ref: true, OrderLSB: 6}, {OrderLSB: 2}, {OrderLSB: 4}, {Ref: true, OrderLSB: 12},
		{OrderLSB: 8}, {Ref: true, OrderLSB: 2}, {OrderLSB: 14}, {OrderLSB: 0}, {IDR: true, Ref: true, OrderLSB: 0}, {OrderLSB: 2},
	} {
		s.Stream = stream
		period, count := o.Next(s)
		got = append(got, [2]int{period, count})
	}
	want := [][2]int{{1, 0}, {1, 6}, {1, 2}, {1, 4}, {1, 12}, {1, 8}, {1, 18}, {1, 14}, {1, 16}, {2, 0}, {2, 2}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestChangeIDRPicID(t *testing.T) {
	s := setsFor(&Stream{frameNumBits: 5, Signal: nal.Signal{Progressive: true}, OrderType: 2})
	for _, id := range []uint32{0, 1, 2, 15, 254} {
		tail := []byte{0, 0, 1, 2, 0, 0, 0, 0x55, 0xaa, byte(id)}
		old := idrSlice(id, 5, tail)
		units, err := s.ChangeIDRPicID([][]byte{{6, 1, 2}, old})
		if err != nil {
			t.Fatal(err)
		}
		got, found, err := s.IDRPicID(units)
		if err != nil || !found || got == id {
			t.Fatalf("id %d became %d, %v", id, got, err)
		}
		if diff := cmp.Diff(idrSlice(got, 5, tail), units[1]); diff != "" {
			t.Errorf("id %d to %d: %s", id, got, diff)
		}
		if want := len(nal.Unescape(old)) + 1; len(nal.Unescape(units[1])) != want {
			t.Errorf("id %d: %d bytes, want %d", id, len(nal.Unescape(units[1])), want)
		}
		if !bytes.Equal(units[0], []byte{6, 1, 2}) {
			t.Error("another unit was changed")
		}
	}
	if _, err := s.ChangeIDRPicID([][]byte{idrSlice(65535, 5, nil)}); !errors.Is(err, nal.ErrMalformed) {
		t.Errorf("an id at the limit: %v", err)
	}
}

// x264's sets for 320×180 at 30 fps, high profile, ids 0 and 1.
var (
	spsZero = []byte{0x67, 0x64, 0x00, 0x0d, 0xac, 0xd9, 0x41, 0x41, 0x9f, 0x9e, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0xc0, 0xf1, 0x42, 0x99, 0x60}
	ppsZero = []byte{0x68, 0xeb, 0xe3, 0xcb, 0x22, 0xc0}
)

func TestParseSPS(t *testing.T) {
	s, err := ParseSPS(spsZero)
	if err != nil {
		t.Fatal(err)
	}
	if s.Width != 320 || s.Height != 180 || s.Profile != 100 || s.BitDepth != 8 || s.ChromaFormat != 1 || !s.Progressive {
		t.Errorf("%+v", s)
	}
	if s.TickRate != 60 || s.TickUnits != 2 {
		t.Errorf("timing %d/%d, want 60/2", s.TickRate, s.TickUnits)
	}
}

func TestConfig(t *testing.T) {
	c := &Config{Profile: 100, Level: 13, LengthSize: 4, SPS: [][]byte{spsZero}, PPS: [][]byte{ppsZero}, rest: []byte{0xfd, 0xf8, 0xf8, 0}}
	again, err := ParseConfig(c.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.Bytes(), again.Bytes()); diff != "" {
		t.Error(diff)
	}
	if id := c.FreePPS(0); id != 1 {
		t.Errorf("free id %d, want 1", id)
	}
	if _, err := c.Join(c); !errors.Is(err, nal.ErrMalformed) {
		t.Errorf("joining sets with the same ids: %v", err)
	}
	other := *c
	other.Level = 40
	other.SPS = [][]byte{{0x67, 0x64, 0, 0x28, 0x40}} // id 1
	other.PPS = [][]byte{{0x68, 0x48}}
	joined, err := c.Join(&other)
	if err != nil {
		t.Fatal(err)
	}
	if joined.Level != 40 || len(joined.SPS) != 2 || len(joined.PPS) != 2 || !bytes.Equal(joined.SPS[0], spsZero) {
		t.Errorf("joined: %+v", joined)
	}
	if id := joined.FreePPS(0); id != 2 {
		t.Errorf("free id %d, want 2", id)
	}
}

func TestMalformed(t *testing.T) {
	for name, f := range map[string]func() error{
		"sample cut inside a length":     func() error { _, err := nal.Units([]byte{0, 0, 1}, 4); return err },
		"unit longer than its sample":    func() error { _, err := nal.Units([]byte{0, 0, 0, 9, 1}, 4); return err },
		"length size 0":                  func() error { _, err := nal.Units([]byte{1}, 0); return err },
		"short configuration":            func() error { _, err := ParseConfig([]byte{1, 2, 3}); return err },
		"parameter set past the end":     func() error { _, err := ParseConfig([]byte{1, 100, 0, 13, 0xff, 0xe1, 0, 200, 1}); return err },
		"huge sequence parameter set":    func() error { _, err := ParseSPS(make([]byte, maxSPS+1)); return err },
		"empty sequence parameter set":   func() error { _, err := ParseSPS([]byte{0x67}); return err },
		"slice header that ends at once": func() error { _, _, err := setsFor(&Stream{frameNumBits: 4}).IDRPicID([][]byte{{0x65}}); return err },
	} {
		if err := f(); !errors.Is(err, nal.ErrMalformed) {
			t.Errorf("%s: %v, want ErrMalformed", name, err)
		}
	}
}

func FuzzUnits(f *testing.F) {
	f.Add(nal.AppendSample(nil, spsZero, ppsZero, idrSlice(0, 5, nil)), 4)
	corpus.Each(f, corpus.Sample("h264"), func(sample []byte) { f.Add(sample, 4) })
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		units, err := nal.Units(data, size)
		if err != nil {
			return
		}
		IsIDR(units)
		s := setsFor(&Stream{frameNumBits: 4 + len(data)%13, Signal: nal.Signal{Progressive: len(data)%2 == 0}, orderBits: 4 + len(data)%12})
		changed, err := s.ChangeIDRPicID(units)
		if err != nil {
			return
		}
		before, found, _ := s.IDRPicID(units)
		if after, _, err := s.IDRPicID(changed); found && (err != nil || before == after) {
			t.Fatalf("id %d became %d, %v", before, after, err)
		}
	})
}

func FuzzConfig(f *testing.F) {
	c := &Config{Profile: 100, Level: 13, LengthSize: 4, SPS: [][]byte{spsZero}, PPS: [][]byte{ppsZero}}
	f.Add(c.Bytes())
	corpus.Each(f, corpus.Config("h264"), func(config []byte) { f.Add(config) })
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseConfig(data)
		if err != nil {
			return
		}
		if again, err := ParseConfig(c.Bytes()); err != nil || !bytes.Equal(again.Bytes(), c.Bytes()) {
			t.Fatalf("a configuration does not survive writing: %v", err)
		}
		c.FreePPS(0)
		c.Sets()
	})
}
