package hosted

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Whatever a provider says, a sentence stays a line, a recording holds no secret, and a pause has a bound.
func FuzzOutside(f *testing.F) {
	f.Add("https://x.example.com/a?sig=s3cr3tkey&b=1", "s3cr3tkey")
	f.Add(`{"token":"x","required_headers":{"a":"b"},"list":[{"upload_url":"https://u:s3cr3tkey@h/p?q=s3cr3tkey"}],"n":1e400}`, "s3cr3tkey")
	f.Add("120", "")
	f.Add("Wed, 21 Oct 2099 07:28:00 GMT", "x")
	f.Fuzz(func(t *testing.T, said, secret string) {
		line := oneLine(said, 300)
		if !utf8.ValidString(line) || utf8.RuneCountInString(line) > 301 || strings.ContainsFunc(line, unicode.IsControl) {
			t.Errorf("%q becomes %q", said, line)
		}
		if d := retryAfter(http.Header{"Retry-After": {said}}); d < 0 || d > maxRetryAfter {
			t.Errorf("%q is a pause of %s", said, d)
		}
		if n := readNote([]byte(said)); n.Mark == "" {
			t.Errorf("%q is a note without a mark", said)
		}
		if len(secret) < 8 || strings.Contains(removed, secret) {
			return
		}
		if got := cleanURL(said, secret); strings.Contains(got, secret) {
			t.Errorf("%q is recorded as %q", said, got)
		}
		var v any
		if json.Unmarshal([]byte(said), &v) != nil {
			return
		}
		if m, ok := cleanValue("", v, secret).(map[string]any); ok {
			if s, _ := m["token"].(string); m["token"] != nil && s != removed {
				t.Errorf("%q keeps a token: %v", said, m)
			}
		}
	})
}
