package httpapi

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"
)

// Pages are sent as small as the browser takes them: gzipped, the same page inside, or plain to whoever refuses that.
func TestPagesAreCompressed(t *testing.T) {
	w := newWorld(t)
	plain := w.do("GET", "/ai/workbench", "", "Accept-Encoding", "gzip;q=0")
	if plain.status != 200 || plain.header.Get("Content-Encoding") != "" {
		t.Fatalf("plain: %d, %v", plain.status, plain.header)
	}
	small := w.do("GET", "/ai/workbench", "", "Accept-Encoding", "gzip")
	if small.header.Get("Content-Encoding") != "gzip" || small.header.Get("Vary") != "Accept-Encoding" || len(small.body)*3 > len(plain.body) {
		t.Fatalf("gzipped: %d of %d bytes, %v", len(small.body), len(plain.body), small.header)
	}
	r, err := gzip.NewReader(bytes.NewReader([]byte(small.body)))
	must(t, err)
	page, err := io.ReadAll(r)
	must(t, err)
	if !bytes.Equal(page, []byte(plain.body)) {
		t.Error("the gzipped page is another one")
	}
}
