package webui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// built holds the program as "make web" left it. Without it there is a note only, so that Go builds all the same.
//
//go:embed all:built
var built embed.FS

// Asset is a file that pages load.
type Asset struct {
	Content     []byte
	Gzipped     []byte // nil where it would not be smaller
	ContentType string
	ETag        string
	// Lasting: the name changes with the content, so a browser may keep the file for good.
	Lasting bool
}

var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

var assets sync.Map // name → *Asset

// FindAsset returns the file of that name, false when there is none.
func FindAsset(name string) (*Asset, bool) {
	if a, ok := assets.Load(name); ok {
		return a.(*Asset), true
	}
	kind, ok := assetTypes[path.Ext(name)]
	if !ok || !fs.ValidPath(name) {
		return nil, false
	}
	a := &Asset{ContentType: kind}
	var err error
	if a.Content, err = pages.ReadFile("pages/" + name); err != nil {
		if a.Content, err = built.ReadFile("built/assets/" + name); err != nil {
			return nil, false
		}
		a.Lasting = true
	}
	sum := sha256.Sum256(a.Content)
	a.ETag = `"` + hex.EncodeToString(sum[:8]) + `"`
	a.Gzipped = Compress(a.Content)
	assets.Store(name, a)
	return a, true
}

// Compress returns the content gzipped, nil when that is no smaller.
func Compress(content []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(content); err != nil {
		return nil
	}
	if err := w.Close(); err != nil || b.Len() >= len(content) {
		return nil
	}
	return b.Bytes()
}

// program names what the page of the built program loads first, as addresses.
type program struct{ Scripts, Styles []string }

// builtProgram reads the list that the build leaves beside its files.
var builtProgram = sync.OnceValues(func() (p program, ok bool) {
	list, err := built.ReadFile("built/assets/manifest.json")
	if err != nil {
		return p, false
	}
	var entries map[string]struct {
		File    string   `json:"file"`
		CSS     []string `json:"css"`
		IsEntry bool     `json:"isEntry"`
	}
	if err := json.Unmarshal(list, &entries); err != nil {
		return p, false
	}
	for _, e := range entries {
		if !e.IsEntry {
			continue
		}
		p.Scripts = append(p.Scripts, assetPath(e.File))
		for _, css := range e.CSS {
			p.Styles = append(p.Styles, assetPath(css))
		}
	}
	return p, len(p.Scripts) > 0
})

func assetPath(name string) string { return "/ai/assets/" + strings.TrimPrefix(name, "assets/") }
