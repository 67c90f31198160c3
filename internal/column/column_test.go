package column

import (
	"math"
	"math/rand/v2"
	"testing"
)

// lists are of every kind that tables are made of, and of the worst.
var lists = map[string]func(i int) int64{
	"constant":  func(int) int64 { return 1001 },
	"times":     func(i int) int64 { return int64(i) * 1001 },
	"reordered": func(i int) int64 { return int64(i ^ 3) },
	"rounded":   func(i int) int64 { return int64(i) * 100 / 3 },
	"falling":   func(i int) int64 { return -int64(i) * 512 },
	"sizes":     func(i int) int64 { return int64(rand.IntN(1 << 17)) },
	"one far":   func(i int) int64 { return int64(i/blockSize%2) * (int64(i%blockSize) / 127) * math.MaxInt64 },
	"anything":  func(int) int64 { return int64(rand.Uint64()) },
	"extremes":  func(i int) int64 { return []int64{math.MinInt64, math.MaxInt64, 0, -1}[i%4] },
}

func TestNumbersComeBack(t *testing.T) {
	for name, number := range lists {
		t.Run(name, func(t *testing.T) {
			var c Column
			var want []int64
			for i := range 10*blockSize + 7 {
				if c.Len() != i {
					t.Fatalf("%d numbers, want %d", c.Len(), i)
				}
				want = append(want, number(i))
				c.Append(want[i])
				if got := c.At(i); got != want[i] {
					t.Fatalf("number %d is %d right after it was added, want %d", i, got, want[i])
				}
			}
			for i, v := range want {
				if got := c.At(i); got != v {
					t.Fatalf("number %d is %d, want %d", i, got, v)
				}
			}
		})
	}
}

// What follows a line takes no bits, and nothing takes more than it has.
func TestRoom(t *testing.T) {
	for name, most := range map[string]int{"constant": 0, "times": 0, "reordered": 3, "rounded": 6, "sizes": 17, "anything": 64} {
		var c Column
		for i := range 100 * blockSize {
			c.Append(lists[name](i))
		}
		if got := len(c.packed) * 64; got > most*100*blockSize {
			t.Errorf("%s: %d bits for %d numbers, want at most %d each", name, got, c.Len(), most)
		}
	}
}

func FuzzColumn(f *testing.F) {
	f.Add(int64(0), int64(1001), uint64(0), uint8(3))
	f.Add(int64(math.MinInt64), int64(math.MaxInt64), uint64(1), uint8(64))
	f.Fuzz(func(t *testing.T, first, slope int64, seed uint64, width uint8) {
		r := rand.New(rand.NewPCG(seed, 0))
		var c Column
		want := make([]int64, 2*blockSize+1)
		for i := range want {
			want[i] = first + int64(i)*slope + int64(r.Uint64()&(1<<min(width, 63)-1))
			c.Append(want[i])
		}
		for i, v := range want {
			if got := c.At(i); got != v {
				t.Fatalf("number %d is %d, want %d", i, got, v)
			}
		}
	})
}

func BenchmarkAt(b *testing.B) {
	var c Column
	for i := range 100 * blockSize {
		c.Append(lists["sizes"](i))
	}
	for i := 0; b.Loop(); i = (i + 1) % (100 * blockSize) {
		c.At(i)
	}
}
