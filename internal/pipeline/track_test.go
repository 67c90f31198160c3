package pipeline_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/pipeline"
	"retake/internal/retake"
)

// packetSum is a checksum of all packets of a sound track, by ffmpeg.
func packetSum(t *testing.T, path, stream string) string {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-map", "0:"+stream, "-c", "copy", "-f", "md5", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Of several sound tracks the one that was asked for is edited, and the others stay as they are.
func TestEditChoosesASoundTrack(t *testing.T) {
	e := newEditor(t)
	clip := makeClip(t, "tracks.mp4", "-map 0:v -map 1:a -map 1:a -map 1:a -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a:0 aac -c:a:1 flac -c:a:2 ac3 -strict -2")
	for track, name := range map[int]string{0: "AAC by default", 2: "FLAC", 3: "AC-3"} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out.mp4")
			report, err := e.Edit(context.Background(), pipeline.Edit{
				Request: retake.Request{Prompt: "rain", Start: 2.5, Duration: 2.5, Mode: retake.ReplaceAudio, Track: track}, Source: clip, Out: out}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !report.Holds || !report.Exact || len(report.Others) != 2 || !report.Others[0].Identical || !report.Others[1].Identical {
				t.Errorf("holds %v, exact %v, %+v", report.Holds, report.Exact, report.Others)
			}
			for n := range 3 {
				stream := "a:" + string(rune('0'+n))
				if same, edited := packetSum(t, clip, stream) == packetSum(t, out, stream), n == max(track-1, 0); same == edited {
					t.Errorf("track %d: edited %v, the same %v", n+1, edited, same)
				}
			}
		})
	}
	_, err := e.Edit(context.Background(), pipeline.Edit{
		Request: retake.Request{Prompt: "rain", Start: 2.5, Duration: 2.5, Mode: retake.ReplaceAudio, Track: 4}, Source: clip, Out: filepath.Join(t.TempDir(), "out.mp4")}, nil)
	if retake.CodeOf(err) != retake.CodeInvalid || retake.FieldOf(err) != "audio_track" || !strings.Contains(retake.UserMessage(err), "3 sound tracks") {
		t.Errorf("a fourth track: %v", err)
	}
	c, err := pipeline.Describe(context.Background(), e.Tools, clip, 3)
	if err != nil || len(c.Tracks) != 3 || c.Audio.Codec != "ac3" || !c.Tracks[2].Edited || c.Tracks[0].Edited || c.Tracks[1].Codec != "flac" {
		t.Errorf("%+v, %v", c, err)
	}
}

// A clip without sound gets a track that is silent outside the segment, in every container that is written.
func TestEditAddsSound(t *testing.T) {
	e := newEditor(t)
	const x264 = "-map 0:v -c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 0"
	for name, clip := range map[string]struct{ out, args string }{
		"silent.mp4": {"out.mp4", x264}, "silent.mov": {"out.mov", x264}, "silent.ts": {"out.mp4", x264}, "silent.avi": {"out.mp4", x264},
		"silent.webm": {"out.webm", "-map 0:v -c:v libvpx -deadline realtime -cpu-used 8 -pix_fmt yuv420p"},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), clip.out)
			report, err := e.Edit(context.Background(), pipeline.Edit{
				Request: retake.Request{Prompt: "rain", Start: 2.5, Duration: 2.5, Mode: retake.ReplaceAudio},
				Source:  makeClip(t, name, clip.args), Out: out}, nil)
			if err != nil || !report.Holds {
				t.Fatalf("%v\n%+v", err, report)
			}
			for _, part := range []struct {
				from, to string
				loud     bool
			}{{"0", "2.3", false}, {"3", "4.5", true}, {"5.2", "5.9", false}} {
				got, err := exec.Command("ffmpeg", "-i", out, "-map", "0:a", "-af", "atrim="+part.from+":"+part.to+",volumedetect", "-f", "null", "-").CombinedOutput()
				if err != nil {
					t.Fatalf("%v\n%s", err, got)
				}
				_, level, _ := strings.Cut(string(got), "max_volume: ")
				level, _, _ = strings.Cut(level, " ")
				if quiet := level == "-91.0" || strings.HasPrefix(level, "-8") || strings.HasPrefix(level, "-7"); quiet == part.loud || level == "" {
					t.Errorf("from %s to %s s the loudest sample has %s dB", part.from, part.to, level)
				}
			}
		})
	}
}
