package media

import (
	"bytes"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// Diffuse white of HDR is shown as package depth states it, at 76 % of the signal, and not washed out.
func TestViewsOfHDR(t *testing.T) {
	for transfer, code := range map[string]string{"smpte2084": "573", "arib-std-b67": "721"} { // 203 cd/m² in 10 bits
		path := clip(t, "hdr.mp4", "-f lavfi -i color=size=320x180:rate=10,format=yuv420p10le,geq=lum="+code+":cb=512:cr=512 -t 2 -c:v libx265 -preset ultrafast "+
			"-pix_fmt yuv420p10le -x265-params log-level=error:colorprim=bt2020:colormatrix=bt2020nc:transfer="+transfer)
		thumbnail, err := tools(t).Thumbnail(t.Context(), path, 1, 160, 0)
		if err != nil {
			t.Fatal(err)
		}
		strip, err := tools(t).Filmstrip(t.Context(), path, 4, 40)
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{"thumbnail": thumbnail, "filmstrip": strip} {
			img, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			r, g, b, _ := img.At(img.Bounds().Dx()/2, img.Bounds().Dy()/2).RGBA()
			for _, v := range []uint32{r, g, b} {
				if math.Abs(float64(v>>8)-0.76*255) > 4 {
					t.Errorf("%s, %s: white is shown as %d %d %d, want %.0f", transfer, name, r>>8, g>>8, b>>8, 0.76*255)
				}
			}
		}
	}
}

// Views of HDR clips write their table once where a folder is kept for it, again when it is gone, and leave nothing elsewhere.
func TestTonesAreKept(t *testing.T) {
	elsewhere, kept := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", elsewhere)
	own := &Tools{}
	v := &Stream{Transfer: "smpte2084", Primaries: "bt2020"}
	list := func(dir string) []string {
		names, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	path, done, err := own.toneFile(v)
	if err != nil || len(list(elsewhere)) != 1 {
		t.Fatalf("%q, %v", list(elsewhere), err)
	}
	if done(); len(list(elsewhere)) != 0 {
		t.Errorf("%s was left", path)
	}
	own.KeepIn(kept)
	for range 3 {
		if _, done, err = own.toneFile(v); err != nil {
			t.Fatal(err)
		}
		done()
	}
	if len(list(kept)) != 1 || len(list(elsewhere)) != 0 {
		t.Errorf("%q are kept, %q elsewhere, want one and none", list(kept), list(elsewhere))
	}
	os.Remove(list(kept)[0])
	if path, _, err = own.toneFile(v); err != nil || len(list(kept)) != 1 || path != list(kept)[0] {
		t.Errorf("after it was removed: %q, %v", path, err)
	}
}
