package picture

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
)

func TestLevels(t *testing.T) {
	tests := map[string]struct {
		format               retake.PictureFormat
		black, white, spread float64
		kr, kb               float64
	}{
		"bt709":         {retake.PictureFormat{Width: 64, Height: 36, Matrix: "bt709"}, 16, 235, 224, 0.2126, 0.0722},
		"full bt601":    {retake.PictureFormat{Width: 64, Height: 36, Matrix: "smpte170m", FullRange: true}, 0, 255, 255, 0.299, 0.114},
		"pal":           {retake.PictureFormat{Width: 1920, Height: 1080, Matrix: "bt470bg"}, 16, 235, 224, 0.299, 0.114},
		"bt2020":        {retake.PictureFormat{Width: 64, Height: 36, Matrix: "bt2020nc"}, 16, 235, 224, 0.2627, 0.0593},
		"untold, large": {retake.PictureFormat{Width: 1280, Height: 720}, 16, 235, 224, 0.2126, 0.0722},
		"untold, tall":  {retake.PictureFormat{Width: 720, Height: 1280}, 16, 235, 224, 0.2126, 0.0722},
		"untold, small": {retake.PictureFormat{Width: 640, Height: 480}, 16, 235, 224, 0.299, 0.114},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l := levelsOf(tt.format)
			got := []float64{l.code(0), l.code(1), l.chroma, l.kr, l.kb}
			if diff := cmp.Diff([]float64{tt.black, tt.white, tt.spread, tt.kr, tt.kb}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestGains compares the matrix of gains with gains done in R'G'B', and holds that white balance keeps white's luma.
func TestGains(t *testing.T) {
	for name, format := range formats {
		l := levelsOf(format)
		kg := 1 - l.kr - l.kb
		m := gains(l, 1.1, 0.9, 0.7)
		for _, rgb := range [][3]float64{{1, 1, 1}, {1, 0, 0}, {0.2, 0.5, 0.9}} {
			ycc := func(r, g, b float64) [3]float64 {
				y := l.kr*r + kg*g + l.kb*b
				return [3]float64{y, (b - y) / (2 * (1 - l.kb)), (r - y) / (2 * (1 - l.kr))}
			}
			in, want := ycc(rgb[0], rgb[1], rgb[2]), ycc(1.1*rgb[0], 0.9*rgb[1], 0.7*rgb[2])
			for i := range m {
				got := m[i][0]*in[0] + m[i][1]*in[1] + m[i][2]*in[2]
				if math.Abs(got-want[i]) > 1e-9 {
					t.Errorf("%s: component %d of %v is %.4f, want %.4f", name, i, rgb, got, want[i])
				}
			}
		}
		for _, strength := range []float64{0.6, -1} {
			c := newTemperature(stage{format: format, levels: l}, strength)
			if y := c.target[0][0]; math.Abs(y-1) > 1e-9 {
				t.Errorf("%s: white's luma becomes %.4f", name, y)
			}
		}
	}
}
