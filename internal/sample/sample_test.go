package sample_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retake/internal/sample"
)

// probed writes the clip to a file and has ffprobe say what it is.
func probed(t *testing.T, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), sample.Name)
	if err := os.WriteFile(path, sample.Clip(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ffprobe", append(append([]string{"-v", "error", "-of", "json"}, args...), path)...).Output()
	if err != nil {
		t.Fatalf("ffprobe: %v", err)
	}
	return out
}

func TestClipIsWhatItSays(t *testing.T) {
	type stream struct {
		Kind      string `json:"codec_type"`
		Codec     string `json:"codec_name"`
		Profile   string `json:"profile"`
		Width     int    `json:"width"`
		Height    int    `json:"height"`
		PixFmt    string `json:"pix_fmt"`
		Rate      string `json:"r_frame_rate"`
		Frames    string `json:"nb_frames"`
		Matrix    string `json:"color_space"`
		Primaries string `json:"color_primaries"`
		Transfer  string `json:"color_transfer"`
		Range     string `json:"color_range"`
		Samples   string `json:"sample_rate"`
		Channels  int    `json:"channels"`
		Duration  string `json:"duration"`
	}
	var got struct{ Streams []stream }
	if err := json.Unmarshal(probed(t, "-show_streams"), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Streams) == 2 {
		got.Streams[1].Frames = "" // the number of sound packets is the encoder's affair
		got.Streams[1].Rate = ""
	}
	length := strconv.FormatFloat(sample.Duration, 'f', 6, 64)
	want := []stream{
		{Kind: "video", Codec: "h264", Profile: "High", Width: sample.Width, Height: sample.Height, PixFmt: "yuv420p", Rate: strconv.Itoa(sample.Rate) + "/1", Frames: strconv.Itoa(sample.Frames),
			Matrix: "bt709", Primaries: "bt709", Transfer: "bt709", Range: "tv", Duration: length},
		{Kind: "audio", Codec: "aac", Profile: "LC", Samples: "48000", Channels: 2, Duration: length},
	}
	if diff := cmp.Diff(want, got.Streams); diff != "" {
		t.Errorf("streams (-want +got):\n%s", diff)
	}
}

func TestClipHasSeveralGOPs(t *testing.T) {
	var got struct {
		Packets []struct {
			Flags string
			Size  string
		}
	}
	if err := json.Unmarshal(probed(t, "-select_streams", "v:0", "-show_entries", "packet=flags,size"), &got); err != nil {
		t.Fatal(err)
	}
	var keys []int
	for i, p := range got.Packets {
		if strings.HasPrefix(p.Flags, "K") {
			keys = append(keys, i)
		}
	}
	if len(keys) < 5 || keys[0] != 0 {
		t.Fatalf("keyframes at packets %v, want five or more from the first on", keys)
	}
	for i := 1; i < len(keys); i++ {
		if n := keys[i] - keys[i-1]; n > 75 {
			t.Errorf("a GOP of %d frames, want at most 75", n)
		}
	}
}

func TestClipIsSmallAndStreams(t *testing.T) {
	clip := sample.Clip()
	if n := len(clip); n > 4<<20 {
		t.Errorf("the clip has %d bytes, want at most 4 MB", n)
	}
	moov, mdat := bytes.Index(clip, []byte("moov")), bytes.Index(clip, []byte("mdat"))
	if moov < 0 || mdat < moov {
		t.Errorf("moov at %d, mdat at %d: the index must come first", moov, mdat)
	}
	clip[0]++
	if bytes.Equal(clip, sample.Clip()) {
		t.Error("a caller's change of its bytes changed the clip")
	}
}

func TestSoundStaysBelowFullScale(t *testing.T) {
	path := filepath.Join(t.TempDir(), sample.Name)
	if err := os.WriteFile(path, sample.Clip(), 0o600); err != nil {
		t.Fatal(err)
	}
	pcm, err := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:a", "-f", "s16le", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	top := 0
	for i := 0; i+1 < len(pcm); i += 2 {
		v := int(int16(uint16(pcm[i]) | uint16(pcm[i+1])<<8))
		top = max(top, v, -v)
	}
	if top > 23197 || top < 8000 { // -3 dBFS, and not silence either
		t.Errorf("the loudest sample is %d of 32767", top)
	}
}
