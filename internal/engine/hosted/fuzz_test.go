package hosted

import (
	"encoding/json"
	"strings"
	"testing"

	"retake/internal/engine/outside"
)

// Whatever a provider says, a recording holds no secret.
func FuzzOutside(f *testing.F) {
	f.Add("https://x.example.com/a?sig=s3cr3tkey&b=1", "s3cr3tkey")
	f.Add(`{"token":"x","required_headers":{"a":"b"},"list":[{"upload_url":"https://u:s3cr3tkey@h/p?q=s3cr3tkey"}],"n":1e400}`, "s3cr3tkey")
	f.Fuzz(func(t *testing.T, said, secret string) {
		if n := readNote([]byte(said)); n.Mark == "" {
			t.Errorf("%q is a note without a mark", said)
		}
		if len(secret) < 8 || strings.Contains(outside.Removed, secret) {
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
			if s, _ := m["token"].(string); m["token"] != nil && s != outside.Removed {
				t.Errorf("%q keeps a token: %v", said, m)
			}
		}
	})
}
