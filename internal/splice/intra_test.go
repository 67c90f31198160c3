package splice

import (
	"os/exec"
	"strings"
	"testing"

	"retake/internal/corpus"
	"retake/internal/nal"
)

// firstFrame encodes one picture with ffmpeg.
func firstFrame(t testing.TB, args string) []byte {
	t.Helper()
	out, err := exec.Command("ffmpeg", strings.Fields("-v error -f lavfi -i testsrc2=size=322x178 -map 0:v -frames:v 1 "+args+" -f data -")...).Output()
	if err != nil {
		t.Fatalf("ffmpeg %s: %v", args, err)
	}
	return out
}

func TestFrameHeaders(t *testing.T) {
	want := nal.Unsaid()
	want.Width, want.Height, want.Progressive = 322, 178, true
	with := func(f func(s *nal.Signal)) nal.Signal { s := want; f(&s); return s }
	prores := func(s *nal.Signal) { s.ChromaFormat, s.BitDepth = 2, 10 }
	for _, c := range []struct {
		format, args string
		want         nal.Signal
		unusual      string
	}{
		{"apcn", "-c:v prores_ks -profile:v 2 -pix_fmt yuv422p10le", with(prores), ""},
		{"apch", "-c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le -vf setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709",
			with(func(s *nal.Signal) { prores(s); s.Primaries, s.Transfer, s.Matrix = 1, 1, 1 }), ""},
		{"apcn", "-c:v prores_ks -profile:v 2 -pix_fmt yuv422p10le -flags +ildct", with(func(s *nal.Signal) { prores(s); s.Progressive = false }), ""},
		{"ap4h", "-c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le", with(func(s *nal.Signal) { s.ChromaFormat, s.BitDepth, s.Alpha = 3, 12, true }), ""},
		{"ap4h", "-c:v prores_ks -profile:v 2 -pix_fmt yuv422p10le", with(prores), "its ProRes profile and its colour sampling disagree"},
		{"AVdh", "-c:v dnxhd -profile:v dnxhr_hqx -pix_fmt yuv422p10le", with(prores), ""},
		{"AVdh", "-c:v dnxhd -profile:v dnxhr_444 -pix_fmt yuv444p10le", nal.Signal{}, "its pictures are DNxHD, or DNxHR 4:4:4"},
		{"jpeg", "-c:v mjpeg -pix_fmt yuvj420p", with(func(s *nal.Signal) { s.FullRange, s.Matrix = true, 5 }), ""},
		{"jpeg", "-c:v mjpeg -pix_fmt yuvj422p", with(func(s *nal.Signal) { s.FullRange, s.Matrix, s.ChromaFormat = true, 5, 2 }), ""},
		{"jpeg", "-c:v mjpeg -pix_fmt yuvj444p", with(func(s *nal.Signal) { s.FullRange, s.Matrix, s.ChromaFormat = true, 5, 3 }), ""},
	} {
		read := readProRes
		switch c.format {
		case "jpeg":
			read = readJPEG
		case "AVdh":
			read = func(_ string, head []byte) (nal.Signal, string) { s, _, unusual := readDNxHR(head); return s, unusual }
		}
		got, unusual := read(c.format, firstFrame(t, c.args))
		if got != c.want || unusual != c.unusual {
			t.Errorf("%s: %+v %q, want %+v %q", c.args, got, unusual, c.want, c.unusual)
		}
	}
}

func FuzzFrameHeaders(f *testing.F) {
	f.Add(firstFrame(f, "-c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le")[:256])
	f.Add(firstFrame(f, "-c:v dnxhd -profile:v dnxhr_hq -pix_fmt yuv422p")[:64])
	f.Add(firstFrame(f, "-c:v mjpeg -pix_fmt yuvj422p")[:700])
	for _, codec := range []string{"prores", "mjpeg", "jpeg"} {
		corpus.Each(f, corpus.Sample(codec), func(sample []byte) { f.Add(sample[:min(len(sample), 700)]) })
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		for _, format := range proresProfiles {
			readProRes(format, head)
		}
		readJPEG("jpeg", head)
		readDNxHR(head)
	})
}
