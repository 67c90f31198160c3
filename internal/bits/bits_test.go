package bits

import "testing"

func TestRoundTrip(t *testing.T) {
	values := []struct {
		v uint64
		n int
	}{{5, 3}, {0, 1}, {1<<40 + 77, 48}, {1, 1}, {255, 8}, {0x1234, 16}, {1<<56 - 2, 56}, {0, 0}}
	var w Writer
	total := 0
	for _, x := range values {
		w.Write(x.v, x.n)
		total += x.n
	}
	w.Unary(70, false)
	w.Unary(3, true)
	if total += 75; w.Len() != total {
		t.Errorf("%d bits, want %d", w.Len(), total)
	}
	w.Align()
	if len(w.Data) != (total+7)/8 {
		t.Errorf("%d bytes of %d bits", len(w.Data), total)
	}
	r := Reader{Data: w.Data}
	for _, x := range values {
		if got := r.Read(x.n); got != x.v {
			t.Errorf("%d bits read back as %d, want %d", x.n, got, x.v)
		}
	}
	for i := range 70 {
		if r.Flag() {
			t.Fatalf("bit %d of the run is set", i)
		}
	}
	if !r.Flag() || r.Int(4) != 0b1110 || r.Over {
		t.Error("the runs don't read back")
	}
	if r.Skip(100); !r.Over {
		t.Error("skipping past the end goes unnoticed")
	}
}
