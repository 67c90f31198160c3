package storetest

import (
	"strings"
	"testing"

	"retake/internal/retake"
)

var listingTests = map[string]func(*testing.T, *suite){
	"pages, newest first": testPages,
	"filters":             testFilters,
	"rows one by one":     testSizes,
	"nothing matches": func(t *testing.T, s *suite) {
		s.create(generation("ox"))
		for _, f := range []retake.Filter{{MediaType: "image"}, {Model: "none"}, {Namespaces: []string{"herd"}}, {Search: "ra%n"}} {
			list, total, err := s.store.Generations(t.Context(), f, retake.Page{})
			if err != nil || len(list) != 0 || total != 0 {
				t.Fatalf("%+v: %d rows, total %d, %v; want none", f, len(list), total, err)
			}
			sizes, total, err := s.store.GenerationSizes(t.Context(), f, retake.Page{})
			if err != nil || len(sizes) != 0 || total != 0 {
				t.Fatalf("%+v: %d sizes, total %d, %v; want none", f, len(sizes), total, err)
			}
		}
	},
}

func testPages(t *testing.T, s *suite) {
	var want []string
	for range 7 {
		want = append([]string{s.create(generation("ox")).ID}, want...)
	}
	for _, c := range []struct {
		page retake.Page
		want []string
	}{
		{retake.Page{}, want},
		{retake.Page{Number: 1, Size: 3}, want[:3]},
		{retake.Page{Number: 2, Size: 3}, want[3:6]},
		{retake.Page{Number: 3, Size: 3}, want[6:]},
		{retake.Page{Number: 4, Size: 3}, []string{}},
		{retake.Page{Number: 0, Size: 2}, want[:2]},
	} {
		list, total, err := s.store.Generations(t.Context(), retake.Filter{}, c.page)
		if err != nil || total != 7 {
			t.Fatalf("page %+v: total %d, %v; want 7", c.page, total, err)
		}
		s.same(ids(list), c.want)
	}
}

// testSizes lists rows by their sizes first, and then reads those it has room for.
func testSizes(t *testing.T, s *suite) {
	var want []string
	for i := range 5 {
		g := generation("ox")
		g.Params["note"] = strings.Repeat("x", 1000*i)
		want = append([]string{s.create(g).ID}, want...)
	}
	s.create(generation("herd"))
	var got []string
	for page := 1; page <= 3; page++ {
		list, total, err := s.store.GenerationSizes(t.Context(), retake.Filter{Namespaces: []string{"ox"}}, retake.Page{Number: page, Size: 2})
		if err != nil || total != 5 {
			t.Fatalf("page %d: total %d, %v; want 5", page, total, err)
		}
		for _, row := range list {
			got = append(got, row.ID)
			if least := int64(1000 * (5 - len(got))); row.Bytes <= least || row.Bytes > least+500 {
				t.Errorf("row %d takes %d bytes, want about %d", len(got), row.Bytes, least)
			}
		}
	}
	s.same(got, want)
	asked := []string{want[3], "gone", want[0], want[4]}
	list, err := s.store.GenerationsByID(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	s.same(ids(list), []string{want[3], want[0], want[4]})
	s.same(list[0], s.get(want[3]))
	if list, err := s.store.GenerationsByID(t.Context(), nil); err != nil || len(list) != 0 {
		t.Errorf("of no ids: %d rows, %v", len(list), err)
	}
}

func testFilters(t *testing.T, s *suite) {
	add := func(change func(*retake.Generation)) string {
		g := generation("ox")
		change(g)
		return s.create(g).ID
	}
	done := s.claimed("ox")
	s.finish(done, retake.Outcome{Status: retake.Succeeded, ResultFile: "ox/generations/file/main/2026-03-01/" + done.ID + ".mp4"})
	running := s.claimed("ox")
	gone := add(func(*retake.Generation) {})
	s.cancel(gone)
	other := add(func(g *retake.Generation) { g.Namespace, g.TargetNamespace = "herd", "herd" })
	granted := add(func(g *retake.Generation) { g.Namespace = "herd" }) // into ox
	model := add(func(g *retake.Generation) { g.Model = "ltx-2-3-pro-retake" })
	repo := add(func(g *retake.Generation) { g.TargetRepo = "films" })
	folder := add(func(g *retake.Generation) { g.TargetDirectory = "winter/2026" })
	prompt := add(func(g *retake.Generation) { g.Prompt = "100% RAIN_drops" })
	input := add(func(g *retake.Generation) { g.Input, g.Engine, g.Request = "/api/a%.mp4", "ltx2", "r1" })
	theirs := add(func(g *retake.Generation) { g.Namespace, g.Input = "herd", "/api/a%.mp4" })

	all := []string{theirs, input, prompt, folder, repo, model, granted, other, gone, running.ID, done.ID}
	without := func(drop ...string) []string {
		kept := []string{}
		for _, id := range all {
			keep := true
			for _, d := range drop {
				keep = keep && id != d
			}
			if keep {
				kept = append(kept, id)
			}
		}
		return kept
	}
	for name, c := range map[string]struct {
		filter retake.Filter
		want   []string
	}{
		"everything":             {retake.Filter{}, all},
		"video":                  {retake.Filter{MediaType: "video"}, all},
		"namespace":              {retake.Filter{Namespaces: []string{"ox"}}, without(other)},
		"several namespaces":     {retake.Filter{Namespaces: []string{"none", "herd"}}, []string{theirs, granted, other}},
		"each row once":          {retake.Filter{Namespaces: []string{"herd", "ox"}}, all},
		"model":                  {retake.Filter{Model: "ltx-2-3-pro-retake"}, []string{model}},
		"succeeded":              {retake.Filter{Statuses: []retake.Status{retake.Succeeded}}, []string{done.ID}},
		"processing":             {retake.Filter{Statuses: []retake.Status{retake.Processing}}, []string{running.ID}},
		"active":                 {retake.Filter{Statuses: []retake.Status{retake.Queued, retake.Processing}}, without(gone, done.ID)},
		"ended":                  {retake.Filter{Statuses: []retake.Status{retake.Cancelled, retake.Succeeded}}, []string{gone, done.ID}},
		"active of namespace":    {retake.Filter{Namespaces: []string{"herd"}, Statuses: []retake.Status{retake.Queued}}, []string{theirs, granted, other}},
		"processing of several":  {retake.Filter{Namespaces: []string{"herd", "ox"}, Statuses: []retake.Status{retake.Processing, retake.Queued}}, without(gone, done.ID)},
		"engine":                 {retake.Filter{Engine: "ltx2"}, []string{input}},
		"request":                {retake.Filter{Request: "r1"}, []string{input}},
		"input":                  {retake.Filter{Input: "/api/a%.mp4", Namespaces: []string{"herd"}}, []string{theirs}},
		"input into a namespace": {retake.Filter{Input: "/api/a%.mp4", Namespaces: []string{"ox"}}, []string{theirs, input}},
		"input, active":          {retake.Filter{Input: "/api/a%.mp4", Namespaces: []string{"ox"}, Statuses: []retake.Status{retake.Queued}}, []string{theirs, input}},
		"input is whole":         {retake.Filter{Input: "/api/a"}, []string{}},
		"input is no pattern":    {retake.Filter{Input: "/API/%"}, []string{}},
		"repo":                   {retake.Filter{Repo: "films"}, []string{repo}},
		"default repo":           {retake.Filter{Repo: "generations"}, without(repo)},
		"folder":                 {retake.Filter{Folder: "winter/2026"}, []string{folder}},
		"folder with slashes":    {retake.Filter{Folder: "/winter/2026/"}, []string{folder}},
		"folder of the date":     {retake.Filter{Folder: "2026-03-01"}, []string{done.ID}},
		"search":                 {retake.Filter{Search: "rain"}, []string{prompt}},
		"search for a sign":      {retake.Filter{Search: "0% R"}, []string{prompt}},
		"search underscore":      {retake.Filter{Search: "N_d"}, []string{prompt}},
		"two at once":            {retake.Filter{Search: "snow", Repo: "films"}, []string{repo}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &suite{T: t, clock: s.clock, store: s.store}
			list, total, err := s.store.Generations(t.Context(), c.filter, retake.Page{})
			if err != nil {
				t.Fatal(err)
			}
			s.same(ids(list), c.want)
			if total != len(c.want) {
				t.Fatalf("total %d, want %d", total, len(c.want))
			}
		})
	}
}
