package retake

import "testing"

func TestSizeInWords(t *testing.T) {
	for n, want := range map[int64]string{5: "5 bytes", 1 << 10: "1 KiB", 3 << 19: "1.5 MiB", 64 << 20: "64 MiB", 2 << 30: "2 GiB"} {
		if got := SizeInWords(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}
