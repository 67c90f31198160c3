package h264

import (
	"bytes"
	"errors"
	"testing"

	"retake/internal/nal"
)

// encoded is a configuration as encoders write: x264's sets with an id.
func encoded(t *testing.T, id uint32, level byte) *Config {
	t.Helper()
	sps, err := renameSPS(spsZero, id)
	if err != nil {
		t.Fatal(err)
	}
	sps[3] = level
	pps, err := renamePPS(ppsZero, IDs{id, id})
	if err != nil {
		t.Fatal(err)
	}
	return &Config{Profile: 100, Level: level, LengthSize: 4, SPS: [][]byte{sps}, PPS: [][]byte{pps}}
}

func TestAdopt(t *testing.T) {
	c := encoded(t, 0, 13)
	adopt := func(c, other *Config, sps int, spare nal.SetIDs, want IDs, sets int) *Config {
		t.Helper()
		joined, ids, err := c.Adopt(other, sps, spare)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(joined.SPS) + len(joined.PPS); ids != want || n != sets {
			t.Errorf("ids %v and %d sets, want %v and %d", ids, n, want, sets)
		}
		if of := joined.Of(ids); len(of) != 2 {
			t.Errorf("%d sets of %v", len(of), ids)
		}
		if all, err := joined.ids(); err != nil || len(all) != sets {
			t.Errorf("ids %v, %v", all, err)
		}
		return joined
	}
	adopt(c, encoded(t, 5, 13), Own, nil, IDs{0, 0}, 2) // the same again
	adopt(c, encoded(t, 5, 13), 0, nil, IDs{0, 0}, 2)
	one := adopt(c, encoded(t, 5, 21), Own, nil, IDs{5, 5}, 4)
	if one.Level != 21 || !bytes.Equal(one.SPS[0], spsZero) {
		t.Errorf("%+v", one)
	}
	adopt(one, encoded(t, 9, 21), Own, nil, IDs{5, 5}, 4)
	two := adopt(one, encoded(t, 5, 22), Own, nil, IDs{1, 1}, 6)
	adopt(two, encoded(t, 0, 22), Own, nil, IDs{1, 1}, 6)

	full := c
	for id := range uint32(31) {
		next, ids, err := full.Adopt(encoded(t, id, 40+byte(id)), Own, nil)
		if err != nil {
			if id < 30 {
				t.Fatalf("set %d: %v", id, err)
			}
			break
		}
		if id == 30 {
			t.Fatalf("more sequence parameter sets than a record counts: %v", ids)
		}
		full = next
	}
	if full.Room(1, nil) {
		t.Error("a full configuration has room")
	}
	if _, _, err := full.Adopt(encoded(t, 0, 200), Own, nil); !errors.Is(err, nal.ErrMalformed) {
		t.Errorf("a full configuration: %v", err)
	}
	spare, err := full.Spare(must(full.Referred(map[uint32]bool{0: true, 1: true, 2: true}, [][]byte{full.SPS[3]})))
	if err != nil || spare[nal.SetID{Kind: TypeSPS, ID: 3}] || len(spare) != 2*31-7 || !full.Room(2, spare) {
		t.Fatalf("spare %v, %v", spare, err)
	}
	freed, ids, err := full.Adopt(encoded(t, 0, 200), Own, spare)
	if err != nil || len(freed.SPS) != 31 || len(freed.PPS) != 31 || spare[nal.SetID{Kind: TypeSPS, ID: ids.SPS}] {
		t.Fatalf("%v, %v", ids, err)
	}
	for i := range 4 {
		if !freed.Has(full.SPS[i]) || i < 3 && !freed.Has(full.PPS[i]) {
			t.Errorf("set %d, which is needed, is gone", i)
		}
	}
	if sets, err := freed.Sets(); err != nil || sets.Stream(ids.SPS).Level != 200 {
		t.Errorf("%v", err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
