package webui

import (
	"io/fs"
	"path"
	"testing"
)

// The program stays small: all scripts and styles that the Workbench or the history may ever load, as they are sent.
func TestProgramIsSmall(t *testing.T) {
	if _, ok := builtProgram(); !ok {
		t.Skip("the program is not built: make web builds it")
	}
	const limit = 60_000 // bytes: what there is takes 52,000, so a feature fits and a library does not come in unseen
	total := 0
	for _, root := range []string{"built/assets", "pages"} {
		from := fs.FS(built)
		if root == "pages" {
			from = pages
		}
		files, err := fs.ReadDir(from, root)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if ext := path.Ext(f.Name()); ext != ".js" && ext != ".css" {
				continue
			}
			a, ok := FindAsset(f.Name())
			if !ok {
				t.Fatalf("%s is not served", f.Name())
			}
			sent := len(a.Content)
			if a.Gzipped != nil {
				sent = len(a.Gzipped)
			}
			t.Logf("%s: %d bytes", f.Name(), sent)
			total += sent
		}
	}
	if total == 0 || total > limit {
		t.Errorf("scripts and styles take %d bytes as they are sent, the limit is %d", total, limit)
	}
}
