package media

import (
	"bytes"
	"image/jpeg"
	"math"
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
