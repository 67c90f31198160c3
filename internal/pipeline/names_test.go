package pipeline

import (
	"testing"

	"retake/internal/media"
)

func TestAhead(t *testing.T) {
	for reason, want := range map[string]string{
		`The whole sound track was re-encoded at 256 kbit/s, because its sound is "sowt", not AAC.`: "The whole sound track would be re-encoded at 256 kbit/s, because its sound is PCM, not AAC.",
		"The clip was moved to an MP4 file, because that was so.":                                   "The clip would be moved to an MP4 file, because that was so.",
		"The rewritten file leaves out a data track (1).":                                           "The rewritten file would leave out a data track (1).",
	} {
		if got := ahead(reason); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestContainerName(t *testing.T) {
	const mp4, mkv = "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"
	for _, tt := range []struct{ format, brand, path, want string }{
		{mp4, "isom", "a.mov", "MP4"}, {mp4, "qt  ", "a.mp4", "MOV"}, {mkv, "", "a.mkv", "Matroska"}, {mkv, "", "a.WEBM", "WebM"},
		{"avi", "", "a", "AVI"}, {"mpegts", "", "a.ts", "MPEG-TS"},
	} {
		if got := containerName(&media.Info{Format: tt.format, Brand: tt.brand}, tt.path); got != tt.want {
			t.Errorf("%s, brand %q: got %q, want %q", tt.format, tt.brand, got, tt.want)
		}
	}
}
