package webui

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"retake/internal/model"
)

// outside matches what would make a browser ask another host, or run a script.
var outside = regexp.MustCompile(`(?i)(src|href)="(https?:)?//|<script|@import|url\(|\son[a-z]+=`)

func TestPagesStandAlone(t *testing.T) {
	c, err := model.Load(model.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	const base = "http://localhost:8000"
	pages := map[string][]byte{"style.css": Style()}
	if pages["workbench"], err = Workbench(c.Models(), "ltx-2-3-pro-retake", base, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	if pages["no models"], err = Workbench(nil, "", base, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	for name, page := range pages {
		if bad := outside.Find(page); bad != nil {
			t.Errorf("%s holds %q", name, bad)
		}
	}
	for _, want := range []string{base, "1.2.3", "retake_duration", "/docs/models/lightricks-ltx-2-retake"} {
		if !bytes.Contains(pages["workbench"], []byte(want)) {
			t.Errorf("the workbench does not show %q", want)
		}
	}
}

func TestPagesEscape(t *testing.T) {
	page, err := Workbench(nil, "", `http://x/"><script>alert(1)</script>`, "1")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(page), "<script>") {
		t.Error("an address became a script")
	}
}
