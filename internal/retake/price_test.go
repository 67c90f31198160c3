package retake

import "testing"

func TestPriceIsExact(t *testing.T) {
	second := &Price{Unit: PerSecond, Amount: "0.10", Currency: "USD"}
	for _, tt := range []struct {
		price  *Price
		frames int
		rate   Rate
		want   string
	}{
		{nil, 100, Rate{25, 1}, ""},
		{second, 75, Rate{25, 1}, "0.3"},
		{&Price{Unit: PerSecond, Amount: "0.1"}, 9 * 25, Rate{25, 1}, "0.9"}, // nine times 0.1 as floats is 0.8999999999999999
		{second, 121, Rate{30000, 1001}, "0.403737"},                         // 0.40373666…
		{second, 121, Rate{24, 1}, "0.504167"},
		{second, 0, Rate{24, 1}, ""},
		{second, 10, Rate{}, ""},
		{&Price{Unit: PerJob, Amount: "2"}, 121, Rate{24, 1}, "2"},
		{&Price{Unit: PerJob, Amount: "0.00"}, 121, Rate{24, 1}, ""},
		{&Price{Unit: "pixel", Amount: "1"}, 121, Rate{24, 1}, ""},
		{&Price{Unit: PerJob, Amount: "1e9"}, 121, Rate{24, 1}, ""},
		{&Price{Unit: PerJob, Amount: "1/3"}, 121, Rate{24, 1}, ""},
		{&Price{Unit: PerJob, Amount: "-1"}, 121, Rate{24, 1}, ""},
	} {
		if got := tt.price.Of(tt.frames, tt.rate); got != tt.want {
			t.Errorf("%+v of %d pictures at %v: %q, want %q", tt.price, tt.frames, tt.rate, got, tt.want)
		}
	}
}

func TestAddCosts(t *testing.T) {
	for _, tt := range []struct {
		list []string
		want string
	}{
		{nil, ""}, {[]string{"", "free"}, ""}, {[]string{"0.1", "0.2"}, "0.3"}, {[]string{"0.1", "", "0.9"}, "1"}, {[]string{"0"}, "0"},
		{[]string{"0.403737", "0.403737", "0.403737"}, "1.211211"},
	} {
		if got := AddCosts(tt.list...); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.list, got, tt.want)
		}
	}
	if got := Times("0.403737", 12); got != "4.844844" {
		t.Errorf("twelve takes cost %q", got)
	}
}
