package hevc

import (
	"errors"
	"testing"

	"retake/internal/nal"
)

// Sets that are there already are shared, from the first one that differs on others are added.
func TestAdopt(t *testing.T) {
	c := config(IDs{0, 0, 0})
	other := func(video, sequence, picture byte) *Config {
		o := config(IDs{0, 0, 0})
		for i, last := range []byte{video, sequence, picture} {
			if last > 0 {
				u := &o.arrays[i].units[0]
				*u = append((*u)[:len(*u):len(*u)], last) // as if it said more
			}
		}
		return o
	}
	joined := c
	for i, step := range []struct {
		other *Config
		want  IDs
		sets  int
	}{
		{other(0, 0, 0), IDs{0, 0, 0}, 3},
		{other(0, 0, 7), IDs{0, 0, 30}, 4},
		{other(0, 0, 7), IDs{0, 0, 30}, 4},
		{other(0, 7, 7), IDs{0, 15, 29}, 6},
		{other(7, 7, 7), IDs{15, 14, 28}, 9},
		{other(0, 7, 9), IDs{0, 15, 27}, 10},
		{other(7, 7, 7), IDs{15, 14, 28}, 10},
	} {
		next, ids, err := joined.Adopt(step.other, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(next.sets()); ids != step.want || n != step.sets {
			t.Errorf("step %d: %v and %d sets, want %v and %d", i, ids, n, step.want, step.sets)
		}
		for _, set := range joined.Units() {
			if !next.Has(set) {
				t.Errorf("step %d: a set is gone", i)
			}
		}
		if sets, err := next.Sets(); err != nil || sets.of[ids.PPS].sequence != ids.SPS {
			t.Errorf("step %d: %v", i, err)
		}
		if again, err := ParseConfig(next.Bytes()); err != nil || !again.Equal(next) {
			t.Errorf("step %d: it does not survive writing: %v", i, err)
		}
		joined = next
	}
	twice := config(IDs{0, 0, 0})
	twice.arrays[2].units = append(twice.arrays[2].units, pps(1, 0))
	if _, _, err := c.Adopt(twice, nil); !errors.Is(err, nal.ErrMalformed) {
		t.Errorf("an encoder's two picture parameter sets: %v", err)
	}
}

// Where ids are short, those of sets that nothing refers to are taken.
func TestAdoptWhereIDsAreShort(t *testing.T) {
	full := config(IDs{0, 0, 0})
	for n := range byte(15) {
		o := config(IDs{0, 0, 0})
		for i := range 3 {
			u := &o.arrays[i].units[0]
			*u = append((*u)[:len(*u):len(*u)], n+1)
		}
		var err error
		if full, _, err = full.Adopt(o, nil); err != nil {
			t.Fatalf("set %d: %v", n, err)
		}
	}
	more := config(IDs{0, 0, 0})
	for i := range 3 {
		u := &more.arrays[i].units[0]
		*u = append((*u)[:len(*u):len(*u)], 99)
	}
	if _, _, err := full.Adopt(more, nil); !errors.Is(err, nal.ErrMalformed) || full.Room(1, nil) {
		t.Fatalf("all ids are taken: %v", err)
	}
	named := map[uint32]bool{0: true}
	for id := uint32(18); id <= 30; id++ {
		named[id] = true
	}
	spare, err := full.Spare(named, nil)
	if err != nil || len(spare) != 6 || !full.Room(2, spare) || full.Room(3, spare) {
		t.Fatalf("spare %v, %v", spare, err)
	}
	in, _ := full.Spare(named, [][]byte{full.arrays[2].units[15]}) // PPS 16, which needs its other sets
	if len(in) != 3 {
		t.Fatalf("with a set inside the stream, %v are spare", in)
	}
	joined, ids, err := full.Adopt(more, spare)
	if err != nil || len(spare) != 4 || len(joined.sets()) != len(full.sets())+1 { // there was one more id of pictures
		t.Fatalf("%v, %v, %d sets", err, spare, len(joined.sets()))
	}
	if sets, err := joined.Sets(); err != nil || sets.of[ids.PPS].sequence != ids.SPS {
		t.Error(err)
	}
	for _, a := range full.arrays {
		for _, u := range a.units {
			p, err := placeOf(u)
			if err != nil {
				continue
			}
			if was := (nal.SetID{Kind: typeOf(u), ID: p.id}); !joined.Has(u) && *ids.of(was.Kind) != was.ID {
				t.Errorf("set %v is gone", was)
			}
		}
	}
}
