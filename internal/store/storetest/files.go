package storetest

import (
	"testing"

	"retake/internal/retake"
)

var fileTests = map[string]func(*testing.T, *suite){
	"are put, replaced and removed": func(t *testing.T, s *suite) {
		f := retake.File{
			Namespace: "ox", Repo: "films", Branch: "main", Path: "a/b c/☃.mp4",
			Hash: "aa", Size: 1 << 40, ContentType: "video/mp4", Public: true, Created: s.now(),
		}
		s.putFile(f)
		s.same(s.fileAt(f), &f)
		f.Hash, f.Public, f.Size = "bb", false, 3
		s.putFile(f)
		s.same(s.fileAt(f), &f)
		s.wantReferenced("aa", false)
		s.wantReferenced("bb", true)
		if err := s.store.DeleteFile(t.Context(), f.Namespace, f.Repo, f.Branch, f.Path); err != nil {
			t.Fatal(err)
		}
		_, err := s.store.FileAt(t.Context(), f.Namespace, f.Repo, f.Branch, f.Path)
		s.wantErr(err, retake.ErrNotFound)
		s.wantErr(s.store.DeleteFile(t.Context(), f.Namespace, f.Repo, f.Branch, f.Path), retake.ErrNotFound)
		s.wantReferenced("bb", false)
	},
	"a blob stays referenced while one name is left": func(t *testing.T, s *suite) {
		a := retake.File{Namespace: "ox", Repo: "films", Branch: "main", Path: "a", Hash: "aa"}
		b := a
		b.Path = "b"
		s.putFile(a)
		s.putFile(b)
		if err := s.store.DeleteFile(t.Context(), "ox", "films", "main", "a"); err != nil {
			t.Fatal(err)
		}
		s.wantReferenced("aa", true)
	},
	"a name is exact": func(t *testing.T, s *suite) {
		f := retake.File{Namespace: "ox", Repo: "films", Branch: "main", Path: "a/B.mp4", Hash: "aa"}
		s.putFile(f)
		for _, o := range [][4]string{
			{"herd", "films", "main", "a/B.mp4"}, {"ox", "other", "main", "a/B.mp4"}, {"ox", "films", "dev", "a/B.mp4"},
			{"ox", "films", "main", "a/b.mp4"}, {"ox", "films", "main", "a"}, {"ox", "films", "main", "%"},
		} {
			_, err := s.store.FileAt(t.Context(), o[0], o[1], o[2], o[3])
			s.wantErr(err, retake.ErrNotFound)
		}
	},
	"are listed by path": testListFiles,
	"favourites": func(t *testing.T, s *suite) {
		set := func(ns, model string, on bool) {
			t.Helper()
			if err := s.store.SetFavorite(t.Context(), ns, model, on); err != nil {
				t.Fatal(err)
			}
		}
		set("ox", "b", true)
		set("ox", "a", true)
		set("ox", "a", true)
		set("herd", "c", true)
		set("ox", "none", false)
		got, err := s.store.FavoriteModels(t.Context(), "ox")
		if err != nil {
			t.Fatal(err)
		}
		s.same(got, []string{"a", "b"})
		set("ox", "a", false)
		if got, err = s.store.FavoriteModels(t.Context(), "ox"); err != nil {
			t.Fatal(err)
		}
		s.same(got, []string{"b"})
	},
}

func testListFiles(t *testing.T, s *suite) {
	for _, path := range []string{"b.mp4", "a/2.mp4", "a/1.mp4", "a/%_.mp4", "ab", "a/é.mp4"} {
		s.putFile(retake.File{Namespace: "ox", Repo: "films", Branch: "main", Path: path, Hash: "aa"})
	}
	s.putFile(retake.File{Namespace: "herd", Repo: "films", Branch: "main", Path: "a/other", Hash: "aa"})
	s.putFile(retake.File{Namespace: "ox", Repo: "films", Branch: "dev", Path: "a/other", Hash: "aa"})
	for prefix, want := range map[string][]string{
		"":      {"a/%_.mp4", "a/1.mp4", "a/2.mp4", "a/é.mp4", "ab", "b.mp4"},
		"a/":    {"a/%_.mp4", "a/1.mp4", "a/2.mp4", "a/é.mp4"},
		"a/1":   {"a/1.mp4"},
		"a/%":   {"a/%_.mp4"},
		"A/":    {},
		"a/é":   {"a/é.mp4"},
		"b.mp4": {"b.mp4"},
		"c":     {},
	} {
		list, err := s.store.ListFiles(t.Context(), "ox", "films", "main", prefix)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, f := range list {
			got = append(got, f.Path)
		}
		s.same(got, want)
	}
}

func (s *suite) putFile(f retake.File) {
	s.Helper()
	if err := s.store.PutFile(s.Context(), f); err != nil {
		s.Fatalf("PutFile: %v", err)
	}
}

func (s *suite) fileAt(f retake.File) *retake.File {
	s.Helper()
	got, err := s.store.FileAt(s.Context(), f.Namespace, f.Repo, f.Branch, f.Path)
	if err != nil {
		s.Fatalf("FileAt: %v", err)
	}
	return got
}

func (s *suite) wantReferenced(hash string, want bool) {
	s.Helper()
	got, err := s.store.BlobReferenced(s.Context(), hash)
	if err != nil || got != want {
		s.Fatalf("blob %s referenced: %v, %v; want %v", hash, got, err, want)
	}
}
