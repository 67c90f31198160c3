package media

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVersion(t *testing.T) {
	v, err := tools(t).Version(t.Context())
	if err != nil || v == "" || v == "version" {
		t.Errorf("got %q, %v", v, err)
	}
}

func TestMissing(t *testing.T) {
	got, err := tools(t).Missing(t.Context(), "libx264", "no-such-encoder", "aac", "H.264")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"no-such-encoder", "H.264"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
