package retake

import "testing"

func TestMayRead(t *testing.T) {
	g := &Generation{Namespace: "otto", TargetNamespace: "barn", InputNamespace: "herd"}
	for namespace, want := range map[string]bool{"otto": true, "barn": true, "herd": true, "ox": false, "": false} {
		if got := g.MayRead(&File{Namespace: namespace}); got != want {
			t.Errorf("a file of %q: %v", namespace, got)
		}
	}
	if !g.MayRead(&File{Namespace: "ox", Public: true}) {
		t.Error("a public file can't be read")
	}
}
