package httpapi

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
)

const folder = "/api/repos/ox/r/file/main/"

func TestFilesRoundTrip(t *testing.T) {
	w := newWorld(t)
	r := w.do("PUT", folder+"clips/a%20b.MP4", "hello, clip")
	commit := r.json(t)["commit"].(map[string]any)
	if r.status != http.StatusOK || r.json(t)["status_message"] != "resource_created" || len(commit["id"].(string)) != 64 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	etag := `"` + commit["id"].(string) + `"`
	get := func(headers ...string) reply { return w.do("GET", folder+"clips/a%20b.MP4", "", headers...) }
	r = get()
	if string(r.body) != "hello, clip" || r.header.Get("Content-Type") != "video/mp4" || r.header.Get("ETag") != etag {
		t.Errorf("%q %v", r.body, r.header)
	}
	if r := w.do("HEAD", folder+"clips/a%20b.MP4", ""); r.status != 200 || r.header.Get("Content-Length") != "11" || r.header.Get("Accept-Ranges") != "bytes" || len(r.body) != 0 {
		t.Errorf("HEAD: %d %v", r.status, r.header)
	}
	for header, want := range map[string]string{"bytes=0-4": "hello", "bytes=-4": "clip", "bytes=7-": "clip", "bytes=7-99": "clip"} {
		if r := get("Range", header); r.status != http.StatusPartialContent || string(r.body) != want {
			t.Errorf("%s: %d %q", header, r.status, r.body)
		}
	}
	for _, nonsense := range []string{"bytes=99-", "bytes=5-2", "bytes=x-y", "pages=1-2"} {
		get("Range", nonsense).expect(t, http.StatusRequestedRangeNotSatisfiable, "invalid_params", "range")
	}
	if r := get("If-None-Match", etag); r.status != http.StatusNotModified {
		t.Errorf("If-None-Match: %d", r.status)
	}
	if r := get("If-Match", etag); r.status != http.StatusOK {
		t.Errorf("If-Match: %d", r.status)
	}
	get("If-Match", `"other"`).expect(t, http.StatusPreconditionFailed, "invalid_params", "condition")
	if r := get("Range", "bytes=0-4", "If-Range", `"other"`); r.status != http.StatusOK || len(r.body) != 11 {
		t.Errorf("If-Range: %d %q", r.status, r.body)
	}
	if r := w.do("DELETE", folder+"clips/a%20b.MP4", ""); r.status != http.StatusOK || r.json(t)["status_message"] != "resource_deleted" {
		t.Errorf("DELETE: %d %s", r.status, r.body)
	}
	get().expect(t, 404, "resource_not_found", "File not found")
	w.do("DELETE", folder+"clips/a%20b.MP4", "").expect(t, 404, "resource_not_found", "File not found")
}

// A file filed as public stays so when its repository is no longer listed, for callers with a key as for those without.
func TestPublicFileOfAnotherRepository(t *testing.T) {
	w := newWorld(t)
	hash, size, err := w.blobs.Put(t.Context(), strings.NewReader("shown"))
	must(t, err)
	must(t, w.store.PutFile(t.Context(), retake.File{Namespace: "barn", Repo: "once", Branch: "main", Path: "a.mp4", Hash: hash, Size: size,
		ContentType: "video/mp4", Public: true}))
	for _, key := range []string{"", "Bearer " + oxKey, "Bearer " + ottoKey} {
		if r := w.do("GET", "/api/repos/barn/once/file/main/a.mp4", "", "Authorization", key); r.status != http.StatusOK {
			t.Errorf("with %q: %d", key, r.status)
		}
	}
	w.do("GET", "/api/repos/barn/once/file/main/none.mp4", "", "Authorization", "").expect(t, 401, "unauthenticated", "No API key")
}

func TestFilesOfOthers(t *testing.T) {
	w := newWorld(t)
	w.do("PUT", folder+"a.txt", "mine")
	otto := []string{"Authorization", "Bearer " + ottoKey}
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		w.do(method, folder+"a.txt", "theirs", otto...).expect(t, 404, "resource_not_found", "File not found")
		w.do(method, folder+"a.txt", "theirs", "Authorization", "").expect(t, 401, "unauthenticated", "No API key")
	}
	// A public repository is read without a key, and written with one only.
	if r := w.do("GET", sample, "", "Authorization", ""); r.status != http.StatusOK {
		t.Errorf("public: %d", r.status)
	}
	if r := w.do("GET", sample, "", otto...); r.status != http.StatusOK {
		t.Errorf("public, with another key: %d", r.status)
	}
	w.do("PUT", sample, "x", "Authorization", "").expect(t, 401, "unauthenticated", "")
	w.do("PUT", sample, "x", otto...).expect(t, 404, "resource_not_found", "")
	w.do("GET", "/api/repos/ox/Oxen-AI-Assets/file/main/nope.mp4", "", "Authorization", "").expect(t, 404, "resource_not_found", "")
}

func TestBadPaths(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", 256)
	tests := map[string]string{
		folder + "../../etc/passwd": `".."`,
		folder + "a/%2e%2e/b":       `".."`,
		folder + "a/%2E./b":         `".."`,
		folder + "./a":              `".."`,
		folder + "/etc/passwd":      "empty part",
		folder + "a//b":             "empty part",
		folder + "a/":               "empty part",
		folder + "a%2fb":            "slash",
		folder + "a%5cb":            "slash",
		folder + "..%2f..%2fb":      "slash",
		folder + "a%00.mp4":         "control",
		folder + "a%0ab":            "control",
		folder + "a%ff":             "UTF-8",
		folder + "a%E2%80%AEb":      "control",
		folder + "a%E2%80%8Bb":      "can't be seen", // a space of no width
		folder + "%EF%BB%BFa":       "can't be seen", // a byte order mark
		folder + "a%F3%A0%81%A1":    "can't be seen", // a tag
		folder + long:               "longer than 255",
		folder + strings.Repeat(long[:200]+"/", 6) + "x": "too long",
		folder + strings.Repeat(long+"/", 20):            "too long",
		"/api/repos/../r/file/main/a":                    `".."`,
		"/api/repos/%2e%2e/r/file/main/a":                `".."`,
		"/api/repos/ox/r/file/../a":                      `".."`,
		"/api/repos/ox%2Fr/file/file/main/a":             "slash",
		"/api/repos//r/file/main/a":                      "empty part",
	}
	for path, part := range tests {
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			r := w.do(method, path, "x")
			if r.status != 400 || !strings.Contains(r.detail(t), part) {
				t.Errorf("%s %.60s: %d %s, want a 400 with %q", method, path, r.status, r.body, part)
			}
		}
	}
	for _, path := range []string{"/api/repos/ox", "/api/repos/", "/api/repos/ox/r/dir/main/a"} {
		w.do("GET", path, "").expect(t, 404, "resource_not_found", "")
	}
	if r := w.do("PUT", folder+"%252e%252e", "x"); r.status != http.StatusOK {
		t.Errorf("a name is unescaped once, so this is a plain one: %d %s", r.status, r.body)
	}
}

// form writes a multipart body of name, filename, content triples.
func form(t *testing.T, parts ...string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i < len(parts); i += 3 {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename=%q`, parts[i], parts[i+1]))
		p, err := m.CreatePart(h)
		must(t, err)
		_, err = io.WriteString(p, parts[i+2])
		must(t, err)
	}
	must(t, m.Close())
	return b.String(), m.FormDataContentType()
}

func TestMultipart(t *testing.T) {
	w := newWorld(t)
	put := func(path string, parts ...string) reply {
		body, kind := form(t, parts...)
		return w.do("PUT", path, body, "Content-Type", kind)
	}
	read := func(path string) string { return string(w.do("GET", path, "").body) }
	if r := put(folder+"here.mp4", "file", "elsewhere.mp4", "one"); r.status != http.StatusOK || read(folder+"here.mp4") != "one" {
		t.Errorf("%d %s", r.status, r.body)
	}
	r := put(folder+"in/side", "message", "", "ignored", "files[]", "a.txt", "A", "files[]", "b.txt", "B")
	if diff := cmp.Diff([]any{"ox/r/file/main/in/side/a.txt", "ox/r/file/main/in/side/b.txt"}, r.json(t)["files"]); diff != "" {
		t.Error(diff)
	}
	if read(folder+"in/side/a.txt") != "A" || read(folder+"in/side/b.txt") != "B" {
		t.Error("the files of a folder are wrong")
	}
	if r := put(strings.TrimSuffix(folder, "/"), "files[]", "root.txt", "R"); r.status != http.StatusOK || read(folder+"root.txt") != "R" {
		t.Errorf("%d %s", r.status, r.body)
	}
	put(folder+"x", "message", "", "no file").expect(t, 400, "invalid_params", "no file")
	put(folder+"x").expect(t, 400, "invalid_params", "no file")
	put(folder+"x", "files[]", "../up.txt", "x").expect(t, 400, "invalid_params", "slash")
	put(folder+"x", "files[]", "", "x").expect(t, 400, "invalid_params", "empty")
	put(folder, "file", "a", "x").expect(t, 400, "invalid_params", "names no file")
	w.do("PUT", folder, "x").expect(t, 400, "invalid_params", "names no file")
	body, kind := form(t, "file", "a", "content that is cut short")
	w.do("PUT", folder+"cut", body[:len(body)-40], "Content-Type", kind).expect(t, 400, "invalid_params", "")
	w.do("PUT", folder+"x", "x", "Content-Type", "multipart/form-data").expect(t, 400, "invalid_params", "boundary")
	w.do("GET", folder+"cut", "").expect(t, 404, "resource_not_found", "")
}

func TestUploadLimit(t *testing.T) {
	w := newWorld(t, func(c *Config, _ *Deps) { c.MaxFile = 1 << 10 })
	w.do("PUT", folder+"a", strings.Repeat("x", 2<<10)).expect(t, http.StatusRequestEntityTooLarge, "payload_too_large", "1 KiB")
	// A body whose length is not announced is cut off when it goes too far.
	w.send("PUT", folder+"a", io.MultiReader(strings.NewReader(strings.Repeat("x", 2<<10)))).
		expect(t, http.StatusRequestEntityTooLarge, "payload_too_large", "1 KiB")
	body, kind := form(t, "file", "a", strings.Repeat("x", 2<<10))
	w.send("PUT", folder+"a", io.MultiReader(strings.NewReader(body)), "Content-Type", kind).
		expect(t, http.StatusRequestEntityTooLarge, "payload_too_large", "1 KiB")
	w.do("GET", folder+"a", "").expect(t, 404, "resource_not_found", "")
}

func TestServedFilesRunNoScripts(t *testing.T) {
	w := newWorld(t)
	for name, inline := range map[string]bool{"a.html": false, "a.svg": false, "a.js": false, "a.mp4": true, "a.png": true} {
		w.do("PUT", folder+name, "<script>alert(1)</script>")
		r := w.do("GET", folder+name, "")
		if got := r.header.Get("Content-Disposition") == ""; got != inline {
			t.Errorf("%s inline: %v", name, got)
		}
		if strings.Contains(r.header.Get("Content-Type"), "html") || !strings.Contains(r.header.Get("Content-Security-Policy"), "sandbox") || r.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, r.header)
		}
	}
}

func TestThumbnails(t *testing.T) {
	w := newWorld(t)
	r := w.do("GET", sample+"?thumbnail=true&timestamp=2.5&width=320&height=180", "", "Authorization", "")
	if string(r.body) != "JPEG at 2.5, 320x180" || r.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("%d %q %v", r.status, r.body, r.header)
	}
	if r := w.do("GET", sample+"?thumbnail=true", ""); string(r.body) != "JPEG at 1, 0x0" {
		t.Errorf("defaults: %q", r.body)
	}
	etag := r.header.Get("ETag")
	if r := w.do("GET", sample+"?thumbnail=true&timestamp=2.5&width=320&height=180", "", "If-None-Match", etag); r.status != http.StatusNotModified {
		t.Errorf("If-None-Match: %d", r.status)
	}
	for query, part := range map[string]string{
		"timestamp=-1": "timestamp must be", "timestamp=x": "timestamp must be", "timestamp=NaN": "timestamp must be",
		"timestamp=Inf": "timestamp must be", "width=0": "width must be", "width=9999": "width must be", "height=1.5": "height must be",
	} {
		w.do("GET", sample+"?thumbnail=true&"+query, "").expect(t, 400, "invalid_params", part)
	}
	w.do("PUT", folder+"a.txt", "x")
	w.do("GET", folder+"a.txt?thumbnail=true", "").expect(t, 400, "invalid_params", "Only a video")
}

func TestThumbnailCacheIsBounded(t *testing.T) {
	c := newViews(&stills{}, 1)
	for i := range 100 {
		c.keep(fmt.Sprint(i), make([]byte, viewCache/10))
	}
	if c.size > viewCache || c.get("0") != nil || c.get("99") == nil || len(c.order) != len(c.done) {
		t.Errorf("size %d of %d, %d entries, %d in order", c.size, viewCache, len(c.done), len(c.order))
	}
}

func TestSignedLinks(t *testing.T) {
	w := newWorld(t)
	w.do("PUT", folder+"secret.mp4", "the secret clip")
	w.do("PUT", folder+"other.mp4", "another")
	f := FileName{"ox", "r", "main", "secret.mp4"}
	link := w.s.signer.Link(f, time.Hour)
	anonymous := func(path string) reply { return w.do("GET", path, "", "Authorization", "") }
	if r := anonymous(link); string(r.body) != "the secret clip" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := anonymous(strings.Replace(link, "?", "?thumbnail=true&", 1)); r.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("a link's thumbnail: %d", r.status)
	}
	flip := "A"
	if strings.HasSuffix(link, "A") {
		flip = "E"
	}
	_, token, _ := strings.Cut(link, "token=")
	expires, sum, _ := strings.Cut(token, ".")
	for name, bad := range map[string]string{
		"altered signature": link[:len(link)-1] + flip,
		"another file":      strings.Replace(link, "secret", "other", 1),
		"a later end":       strings.Replace(link, expires, "9"+expires, 1),
		"no signature":      strings.TrimSuffix(link, sum),
		"nonsense":          folder + "secret.mp4?token=x",
		"a negative end":    strings.Replace(link, expires, "-"+expires, 1),
	} {
		t.Run(name, func(t *testing.T) { anonymous(bad).expect(t, 401, "unauthenticated", "signature") })
	}
	anonymous(w.s.signer.Link(f, -time.Second)).expect(t, 401, "unauthenticated", "expired")
	// A link is for reading alone, and a key outweighs a bad one.
	w.do("DELETE", link, "", "Authorization", "").expect(t, 401, "unauthenticated", "")
	w.do("PUT", link, "x", "Authorization", "").expect(t, 401, "unauthenticated", "")
	if r := w.do("GET", link+"x", ""); r.status != http.StatusOK {
		t.Errorf("with a key: %d", r.status)
	}
	if strings.Contains(w.log.String(), sum) {
		t.Error("a signature is in the log")
	}
}

func TestSignerWantsAKey(t *testing.T) {
	if _, err := NewSigner([]byte("short")); err == nil {
		t.Error("a short key was taken")
	}
}

func TestParseFileURL(t *testing.T) {
	want := FileName{"ox", "r", "main", "a b/c.mp4"}
	const path = "/api/repos/ox/r/file/main/a%20b/c.mp4"
	for raw, ok := range map[string]bool{
		path: true, path + "?token=1.x": true, "http://me:8000" + path: true, "http://me:8000" + path + "#t=1": true,
		"http://other" + path: false, "https://me:8000" + path: false, "http://me:8000.evil.example" + path: false,
		"/api/repos/ox/r/file/main/": false, "/etc/passwd": false, "": false, folder + "../x": false,
	} {
		got, gotOK := ParseFileURL(raw, "http://me:8000/", "")
		if gotOK != ok || ok && got != want {
			t.Errorf("%s: %+v %v", raw, got, gotOK)
		}
	}
}
