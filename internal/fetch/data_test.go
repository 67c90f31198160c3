package fetch

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestParseData(t *testing.T) {
	for _, tt := range []struct{ name, uri, kind, want string }{
		{"base64", "data:video/mp4;base64,aGVsbG8h", "video/mp4", "hello!"},
		{"base64 without padding", "data:video/mp4;base64,aGVsbG8", "video/mp4", "hello"},
		{"base64 with padding", "data:video/mp4;base64,aGVsbG8=", "video/mp4", "hello"},
		{"base64, percent-encoded", "data:;base64,%61GVsbG8%3D", "", "hello"},
		{"base64 for URLs", "data:;base64,-_-_", "", "\xfb\xff\xbf"},
		{"base64 in lines", "data:;base64,aGVs\r\n bG8=", "", "hello"},
		{"any case, parameters, spaces", "DATA:Video/MP4; codecs=avc1 ; BASE64,aGk", "video/mp4", "hi"},
		{"percent-encoded", "data:text/plain,a%20b%00%ff", "text/plain", "a b\x00\xff"},
		{"as it is", "data:,a+b", "", "a+b"},
		{"empty", "data:,", "", ""},
		{"base64 as a type", "data:base64,aGk", "base64", "aGk"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kind, data, err := parseData(tt.uri, 100)
			if err != nil || kind != tt.kind || string(data) != tt.want {
				t.Errorf("got %q, %q, %v; want %q, %q", kind, data, err, tt.kind, tt.want)
			}
		})
	}
	for _, uri := range []string{"", "data:", "data", "data:video/mp4;base64", "data:;base64,!!!", "data:;base64,aGVsb", "data:,%", "data:,%zz", "date:,x"} {
		if _, data, err := parseData(uri, 100); err == nil || errors.Is(err, errDataSize) {
			t.Errorf("%q: got %q, %v; want an error of form", uri, data, err)
		}
	}
}

func TestParseDataLimit(t *testing.T) {
	at := bytes.Repeat([]byte{0xfb}, 1000)
	over := append(at, 1)
	for name, encode := range map[string]func([]byte) string{
		"base64":  func(b []byte) string { return "data:;base64," + base64.StdEncoding.EncodeToString(b) },
		"percent": func(b []byte) string { return "data:," + url.PathEscape(string(b)) },
		"both": func(b []byte) string {
			return "data:;base64," + strings.ReplaceAll(base64.StdEncoding.EncodeToString(b), "+", "%2B")
		},
		"plain": func(b []byte) string { return "data:," + string(b) },
	} {
		if _, data, err := parseData(encode(at), 1000); err != nil || !bytes.Equal(data, at) {
			t.Errorf("%s at the limit: %d bytes, %v", name, len(data), err)
		}
		if _, _, err := parseData(encode(over), 1000); !errors.Is(err, errDataSize) {
			t.Errorf("%s over the limit: %v", name, err)
		}
	}
}

func FuzzParseData(f *testing.F) {
	f.Add("data:video/mp4;base64,aGVsbG8=")
	f.Add("data:text/plain;charset=utf-8,a%20b")
	f.Add("data:;;;base64 ,%61")
	f.Add("data:;base64,-_\n=%3d")
	f.Fuzz(func(t *testing.T, uri string) {
		const limit = 64
		_, data, err := parseData(uri, limit)
		if err != nil {
			return
		}
		if len(data) > limit {
			t.Errorf("%d bytes, over the limit of %d", len(data), limit)
		}
		_, again, err := parseData("data:;base64,"+base64.StdEncoding.EncodeToString(data), limit)
		if err != nil || !bytes.Equal(data, again) {
			t.Errorf("%q does not come back: %q, %v", data, again, err)
		}
	})
}
