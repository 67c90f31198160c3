package httpapi

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"retake/internal/retake"
)

func FuzzDecodeObject(f *testing.F) {
	for _, seed := range []string{request(""), `{"a":[1e999]}`, `{"a":{"b":{"c":"\u0000"}}}`, `[]`, "", "{}x", `{"a":1}{"b":2}`, "\xff{"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		object, err := decodeObject(body)
		if err != nil {
			if retake.CodeOf(err) != retake.CodeInvalid {
				t.Fatalf("%v is not an error of the caller", err)
			}
			return
		}
		if _, err := json.Marshal(object); err != nil {
			t.Fatalf("what was accepted can't be stored: %v", err)
		}
		if bytes.Contains(body, []byte(`\u0000`)) && strings.ContainsRune(strings.Join(stringsOf(object), ""), 0) {
			t.Fatal("a NUL came through")
		}
	})
}

func stringsOf(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, e := range v {
			all = append(all, stringsOf(e)...)
		}
	case map[string]any:
		for k, e := range v {
			all = append(append(all, k), stringsOf(e)...)
		}
	}
	return all
}

func FuzzParseFilePath(f *testing.F) {
	for _, seed := range []string{sample, folder + "../x", folder + "%2e%2e/x", folder + "a%2fb", folder + "a%00", "/api/repos/////", folder + "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, escaped string) {
		name, err := parseFilePath(escaped)
		if err != nil {
			return
		}
		for _, part := range strings.Split(name.String(), "/") {
			if part == ".." || part == "." || strings.ContainsAny(part, "\\\x00\n") {
				t.Fatalf("%q became %q", escaped, name)
			}
		}
		if again, err := parseFilePath(name.URLPath()); err != nil || again != name {
			t.Fatalf("%q became %+v and then %+v (%v)", escaped, name, again, err)
		}
	})
}

func FuzzSignedLink(f *testing.F) {
	signer, err := NewSigner(bytes.Repeat([]byte("k"), 32))
	must(f, err)
	name := FileName{"ox", "r", "main", "a.mp4"}
	_, good, _ := strings.Cut(signer.Link(name, time.Hour), "token=")
	for _, seed := range []string{good, good + "=", "." + good, "1.", ".", "", strings.ToUpper(good)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if token != good && signer.Check(name, token) == nil {
			t.Fatalf("%q was let in", token)
		}
	})
}

func FuzzRange(f *testing.F) {
	w := newWorld(f)
	put := httptest.NewRequest("PUT", folder+"a.bin", bytes.NewReader(clipBytes))
	put.Header.Set("Authorization", "Bearer "+oxKey)
	w.s.ServeHTTP(httptest.NewRecorder(), put)
	for _, seed := range []string{"bytes=0-", "bytes=-1", "bytes=0-0,2-3", "bytes=99999-", "bytes=--", "bytes=" + strings.Repeat("0-,", 100)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequest("GET", folder+"a.bin", nil)
		r.Header["Authorization"], r.Header["Range"] = []string{"Bearer " + oxKey}, []string{header}
		rec := httptest.NewRecorder()
		w.s.ServeHTTP(rec, r)
		switch rec.Code {
		case http.StatusOK, http.StatusPartialContent:
			if rec.Body.Len() > 2*len(clipBytes)+1<<16 {
				t.Fatalf("%q asks for %d bytes of %d and gets them", header, rec.Body.Len(), len(clipBytes))
			}
		case http.StatusRequestedRangeNotSatisfiable:
			var e errorBody
			if err := json.Unmarshal(rec.Body.Bytes(), &e); err != nil || e.Error.Detail == "" {
				t.Fatalf("%q: %v %s", header, err, rec.Body)
			}
		default:
			t.Fatalf("%q: status %d", header, rec.Code)
		}
	})
}

func FuzzMultipart(f *testing.F) {
	for _, seed := range []string{
		"--B\r\nContent-Disposition: form-data; name=\"files[]\"; filename=\"a.txt\"\r\n\r\nx\r\n--B--\r\n",
		"--B\r\nContent-Disposition: form-data; name=\"files[]\"; filename=\"../a\"\r\n\r\nx\r\n--B--\r\n",
		"--B\r\nContent-Disposition: form-data; name=file; filename*=UTF-8''%2e%2e%2fa\r\n\r\nx\r\n--B--", "--B--", "",
	} {
		f.Add([]byte(seed))
	}
	root := FileName{"ox", "r", "main", "in"}
	f.Fuzz(func(t *testing.T, body []byte) {
		parts := multipart.NewReader(bytes.NewReader(body), "B")
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			name, err := partTarget(root, part)
			if err != nil || name == nil {
				continue
			}
			if *name != root {
				dir, file, ok := strings.Cut(name.Path, "/")
				if !ok || dir != "in" || checkSegment(file) != nil {
					t.Fatalf("a part is stored as %q", name.Path)
				}
			}
		}
	})
}
