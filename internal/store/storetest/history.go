package storetest

import (
	"slices"
	"testing"
	"time"

	"retake/internal/retake"
)

var historyTests = map[string]func(*testing.T, *suite){
	"a row goes with its file": func(t *testing.T, s *suite) {
		g, f := s.succeeded("ox", "aa")
		s.same(s.get(g.ID).ResultSize, int64(12))
		s.same(s.fileAt(f).Generation, g.ID)
		s.wantDelete(g.ID, false, true)
		_, err := s.store.FileAt(t.Context(), f.Namespace, f.Repo, f.Branch, f.Path)
		s.wantErr(err, retake.ErrNotFound)
		s.wantReferenced("aa", false)
	},
	"a row goes and its file stays": func(t *testing.T, s *suite) {
		g, f := s.succeeded("ox", "aa")
		s.wantDelete(g.ID, true, false)
		s.same(s.fileAt(f).Generation, "")
		s.wantReferenced("aa", true)
	},
	"a file deleted before is no hindrance": func(t *testing.T, s *suite) {
		g, f := s.succeeded("ox", "aa")
		s.deleteFile(f)
		s.same(s.get(g.ID).ResultSize, int64(0))
		s.wantDelete(g.ID, false, false)
	},
	"a file put in the result's place stays": func(t *testing.T, s *suite) {
		for name, hash := range map[string]string{"other": "bb", "same": "aa"} {
			g, f := s.succeeded("ox", "aa")
			if name == "other" {
				s.deleteFile(f)
			}
			f.Hash, f.Generation = hash, ""
			s.putFile(f)
			s.same(s.get(g.ID).ResultSize, int64(0))
			s.wantDelete(g.ID, false, false)
			s.same(s.fileAt(f).Hash, hash)
		}
	},
	"a blob with another name stays": func(t *testing.T, s *suite) {
		g, f := s.succeeded("ox", "aa")
		f.Path, f.Generation = "copy.mp4", ""
		s.putFile(f)
		s.wantDelete(g.ID, false, true)
		s.wantReferenced("aa", true)
	},
	"a failed row has no file": func(t *testing.T, s *suite) {
		g := s.claimed("ox")
		s.finish(g, retake.Outcome{Status: retake.Failed, Error: "no"})
		s.wantDelete(g.ID, false, false)
	},
	"recent files":        testRecentFiles,
	"prompts of files":    testPrompts,
	"files, page by page": testFilePages,
	"storage":             testStorage,
}

// succeeded makes a generation with a result of 12 bytes.
func (s *suite) succeeded(namespace, hash string) (*retake.Generation, retake.File) {
	s.Helper()
	g := s.claimed(namespace)
	f := retake.File{Namespace: namespace, Repo: "generations", Branch: "main", Path: "2026-03-01/" + g.ID + ".mp4",
		Hash: hash, Size: 12, ContentType: "video/mp4"}
	s.finish(g, retake.Outcome{Status: retake.Succeeded, ResultFile: namespace + "/generations/file/main/" + f.Path, File: &f})
	return g, f
}

func (s *suite) wantDelete(id string, keepFile, wantFile bool) {
	s.Helper()
	got, err := s.store.DeleteGeneration(s.Context(), id, keepFile)
	if err != nil || got != wantFile {
		s.Fatalf("DeleteGeneration: file deleted %v, %v; want %v", got, err, wantFile)
	}
	_, err = s.store.Generation(s.Context(), id)
	s.wantErr(err, retake.ErrNotFound)
}

func (s *suite) deleteFile(f retake.File) {
	s.Helper()
	if err := s.store.DeleteFile(s.Context(), f.Namespace, f.Repo, f.Branch, f.Path); err != nil {
		s.Fatalf("DeleteFile: %v", err)
	}
}

func testRecentFiles(t *testing.T, s *suite) {
	for _, f := range []retake.File{
		{Namespace: "ox", Repo: "films", Path: "winter/a_b.mp4", ContentType: "video/mp4"},
		{Namespace: "ox", Repo: "assets", Path: "ox.png", ContentType: "image/png"},
		{Namespace: "barn", Repo: "films", Path: "moo%.wav", ContentType: "audio/wav"},
		{Namespace: "otto", Repo: "films", Path: "secret.mp4", ContentType: "video/mp4"},
		{Namespace: "otto", Repo: "open", Path: "a.mp4", ContentType: "video/mp4"},
		{Namespace: "otto", Repo: "films", Path: "shown.txt", ContentType: "text/plain", Public: true},
		{Namespace: "ox", Repo: "films", Path: "own.MP4", ContentType: "video/mp4", Public: true},
	} {
		f.Branch, f.Hash, f.Size, f.Created = "main", "aa", 3, s.now()
		s.putFile(f)
		s.advance(time.Second)
	}
	ox := []string{"ox"}
	for name, c := range map[string]struct {
		filter retake.FileFilter
		want   []string
	}{
		"own and public":       {retake.FileFilter{Namespaces: ox}, []string{"own.MP4", "shown.txt", "ox.png", "winter/a_b.mp4"}},
		"granted":              {retake.FileFilter{Namespaces: []string{"ox", "barn"}}, []string{"own.MP4", "shown.txt", "moo%.wav", "ox.png", "winter/a_b.mp4"}},
		"public repositories":  {retake.FileFilter{Namespaces: ox, PublicRepos: []string{"otto/open", "ox/films"}}, []string{"own.MP4", "shown.txt", "a.mp4", "ox.png", "winter/a_b.mp4"}},
		"each file once":       {retake.FileFilter{Namespaces: ox, PublicRepos: []string{"otto/films"}, Namespace: "otto"}, []string{"shown.txt", "secret.mp4"}},
		"nobody":               {retake.FileFilter{}, []string{"own.MP4", "shown.txt"}},
		"of one namespace":     {retake.FileFilter{Namespaces: ox, Namespace: "ox"}, []string{"own.MP4", "ox.png", "winter/a_b.mp4"}},
		"of another namespace": {retake.FileFilter{Namespaces: ox, Namespace: "otto"}, []string{"shown.txt"}},
		"repository":           {retake.FileFilter{Namespaces: ox, Repo: "films"}, []string{"own.MP4", "shown.txt", "winter/a_b.mp4"}},
		"video":                {retake.FileFilter{Namespaces: ox, MediaType: "video"}, []string{"own.MP4", "winter/a_b.mp4"}},
		"image":                {retake.FileFilter{Namespaces: ox, MediaType: "image"}, []string{"ox.png"}},
		"audio":                {retake.FileFilter{Namespaces: []string{"barn"}, MediaType: "audio"}, []string{"moo%.wav"}},
		"search":               {retake.FileFilter{Namespaces: ox, Search: "mp4"}, []string{"own.MP4", "winter/a_b.mp4"}},
		"search underscore":    {retake.FileFilter{Namespaces: ox, Search: "_"}, []string{"winter/a_b.mp4"}},
		"search percent":       {retake.FileFilter{Namespaces: []string{"barn"}, Search: "%"}, []string{"moo%.wav"}},
		"search backslash":     {retake.FileFilter{Namespaces: ox, Search: `\`}, []string{}},
	} {
		list, total, err := s.store.RecentFiles(t.Context(), c.filter, retake.Page{})
		if err != nil || total != len(c.want) {
			t.Fatalf("%s: total %d, %v; want %d", name, total, err, len(c.want))
		}
		got := []string{}
		for _, f := range list {
			got = append(got, f.Path)
		}
		if !slices.Equal(got, c.want) {
			t.Fatalf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// testPrompts has the result of a generation beside a file that is none.
func testPrompts(t *testing.T, s *suite) {
	g, _ := s.succeeded("ox", "aa")
	s.putFile(retake.File{Namespace: "ox", Repo: "films", Branch: "main", Path: "a.mp4", Hash: "aa"})
	list, _, err := s.store.RecentFiles(t.Context(), retake.FileFilter{Namespaces: []string{"ox"}}, retake.Page{})
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, f := range list {
		want := ""
		if f.Generation == g.ID {
			want = g.Prompt
		}
		if f.Prompt != want {
			t.Errorf("%s has the prompt %q, want %q", f.Path, f.Prompt, want)
		}
	}
}

// testFilePages has files of the same moment, which still come in one order, each once.
func testFilePages(t *testing.T, s *suite) {
	want := []string{}
	for _, ns := range []string{"ox", "barn"} {
		for _, path := range []string{"c", "b", "a"} {
			s.putFile(retake.File{Namespace: ns, Repo: "films", Branch: "main", Path: path, Hash: "aa", Created: s.now()})
			want = append(want, ns+path)
		}
	}
	got := []string{}
	for page := 1; page <= 4; page++ {
		list, total, err := s.store.RecentFiles(t.Context(), retake.FileFilter{Namespaces: []string{"barn", "ox"}}, retake.Page{Number: page, Size: 2})
		if err != nil || total != 6 {
			t.Fatalf("total %d, %v; want 6", total, err)
		}
		for _, f := range list {
			got = append(got, f.Namespace+f.Path)
		}
	}
	s.same(got, want)
}

func testStorage(t *testing.T, s *suite) {
	want := func(namespace string, want retake.Storage) {
		t.Helper()
		got, err := s.store.Storage(t.Context(), namespace)
		if err != nil {
			t.Fatal(err)
		}
		s.same(got, want)
	}
	want("ox", retake.Storage{})
	for path, hash := range map[string]string{"a": "up", "b": "up", "c": "aa"} {
		s.putFile(retake.File{Namespace: "ox", Repo: "films", Branch: "main", Path: path, Hash: hash, Size: map[string]int64{"up": 100, "aa": 12}[hash]})
	}
	s.succeeded("ox", "aa")
	g, _ := s.succeeded("ox", "aa")
	last, _ := s.succeeded("ox", "bb")
	s.succeeded("herd", "bb")
	s.create(generation("ox"))
	want("ox", retake.Storage{Files: 6, Bytes: 124, ResultFiles: 3, ResultBytes: 24, Generations: 4})
	s.wantDelete(g.ID, true, false)
	s.wantDelete(last.ID, false, true)
	want("ox", retake.Storage{Files: 5, Bytes: 112, ResultFiles: 1, ResultBytes: 12, Generations: 2})
	want("herd", retake.Storage{Files: 1, Bytes: 12, ResultFiles: 1, ResultBytes: 12, Generations: 1})
}
