package config

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSet(t *testing.T) {
	type all struct {
		S string        `koanf:"s"`
		B bool          `koanf:"b"`
		I int           `koanf:"i"`
		L int64         `koanf:"l"`
		F float64       `koanf:"f"`
		D time.Duration `koanf:"d"`
		A []string      `koanf:"a"`
		P []int         `koanf:"p"`
	}
	tests := []struct {
		key  string
		raw  any
		want any // nil: an error
	}{
		{"s", "x", "x"}, {"s", 8080, "8080"}, {"s", nil, ""}, {"s", []any{"x"}, nil},
		{"b", true, true}, {"b", "false", false}, {"b", "yes", nil},
		{"i", 3, 3}, {"i", "1_000", 1000}, {"i", "1.5", nil}, {"i", 1.5, nil},
		{"l", "2GB", int64(2 << 30)}, {"l", "512 mb", int64(512 << 20)}, {"l", "9999999999GB", nil}, {"l", "GB", nil},
		{"f", "0.5", 0.5}, {"f", "NaN", nil}, {"f", "Inf", nil}, {"f", 2, 2.0},
		{"d", "90s", 90 * time.Second}, {"d", 0, time.Duration(0)}, {"d", 30, nil}, {"d", "1 hour", nil},
		{"a", "a, b,,c", []string{"a", "b", "c"}}, {"a", "", []string{}}, {"a", []any{"a", 1}, []string{"a", "1"}}, {"a", 3, nil},
		{"p", "80, 443", []int{80, 443}}, {"p", []any{80}, []int{80}}, {"p", []any{}, []int{}}, {"p", "http", nil},
	}
	for _, tt := range tests {
		var dst all
		var fields []Field
		walk(reflect.ValueOf(&dst).Elem(), "", &fields)
		for _, f := range fields {
			if f.Key != tt.key {
				continue
			}
			err := f.set(tt.raw)
			if (err != nil) != (tt.want == nil) {
				t.Errorf("set(%s, %#v): error %v", tt.key, tt.raw, err)
			} else if err == nil {
				if d := cmp.Diff(tt.want, f.value.Interface()); d != "" {
					t.Errorf("set(%s, %#v): %s", tt.key, tt.raw, d)
				}
			}
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", time.Second: "1s", time.Minute: "1m", 2 * time.Hour: "2h", 90 * time.Minute: "1h30m", 90 * time.Second: "1m30s", 10 * time.Minute: "10m",
	} {
		if got := duration(d); got != want {
			t.Errorf("duration(%v) = %s, want %s", d, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"server.listen", "server.data", "log.level"}
	for in, want := range map[string]string{"server.lsten": "server.listen", "log.levels": "log.level", "x": "", "entirely.other.things": ""} {
		if got := nearest(in, words); got != want {
			t.Errorf("nearest(%q) = %q, want %q", in, got, want)
		}
	}
}
