package pipeline_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"retake/internal/pipeline"
	"retake/internal/retake"
)

// Clips that can't be spliced packet by packet are re-encoded as far as needed, and the report says so.
func TestEditSaysWhatItReencodes(t *testing.T) {
	e := newEditor(t)
	const interlaced = "-c:v libx264 -preset fast -flags +ilme+ildct -x264-params tff=1 -map 0:v -map 1:a -pix_fmt yuv420p -c:a aac"
	const sound = " -map 0:v -map 1:a -pix_fmt yuv420p -c:a aac "
	clips := []struct {
		name, args string
		mode       retake.Mode
		exact      bool
		reasons    int
	}{
		{"hevc.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none" + sound, retake.ReplaceVideo, true, 0},
		{"hevc-both.mov", "-c:v libx265 -preset ultrafast -tag:v hvc1 -x265-params log-level=none:keyint=30" + sound, retake.ReplaceAudioAndVideo, true, 0},
		{"hevc.mkv", "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=30" + sound, retake.ReplaceVideo, true, 0},
		{"hevc.ts", "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=30" + sound, retake.ReplaceVideo, false, 1},
		{"hevc-ten-bit.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none -map 0:v -map 1:a -pix_fmt yuv420p10le -c:a aac", retake.ReplaceVideo, true, 0},
		{"hevc-sound.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none" + sound, retake.ReplaceAudio, true, 0},
		{"h264.mkv", "-c:v libx264 -preset fast -g 30" + sound, retake.ReplaceAudioAndVideo, true, 0},
		{"h264.avi", "-c:v libx264 -preset fast -g 30" + sound, retake.ReplaceVideo, false, 2},
		{"fragmented.mp4", "-c:v libx264 -preset fast -g 30 -movflags frag_keyframe+empty_moov" + sound, retake.ReplaceVideo, false, 1},
		{"vp9-sound.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus -map 0:v -map 1:a -pix_fmt yuv420p", retake.ReplaceAudio, true, 0},
		{"vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus -map 0:v -map 1:a -pix_fmt yuv420p", retake.ReplaceAudioAndVideo, true, 0},
		{"mp3.mp4", "-c:v libx264 -preset fast -g 30 -map 0:v -map 1:a -pix_fmt yuv420p -c:a libmp3lame", retake.ReplaceAudio, true, 0},
		{"speech.ts", "-c:v libx264 -preset fast -bf 0 -g 30 -map 0:v -map 1:a -pix_fmt yuv420p -c:a libopus -ac 1 -application voip -b:a 16k", retake.ReplaceAudio, false, 2},
		{"speech.mkv", "-c:v libx264 -preset fast -g 30 -map 0:v -map 1:a -pix_fmt yuv420p -c:a libopus -ac 1 -application voip -b:a 16k", retake.ReplaceAudio, false, 2},
		{"speech.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -map 0:v -map 1:a -pix_fmt yuv420p -c:a libopus -ac 1 -application voip -b:a 16k", retake.ReplaceAudio, false, 2},
		{"mp3.avi", "-c:v libx264 -preset fast -bf 0 -g 30 -map 0:v -map 1:a -pix_fmt yuv420p -c:a libmp3lame", retake.ReplaceAudio, false, 1},
		{"mp3-pictures.mp4", "-c:v libx264 -preset fast -g 30 -map 0:v -map 1:a -pix_fmt yuv420p -c:a libmp3lame", retake.ReplaceVideo, true, 0},
		{"prores.mov", "-c:v prores_ks -profile:v 1 -map 0:v -map 1:a -pix_fmt yuv422p10le -c:a pcm_s24le", retake.ReplaceVideo, true, 0},
		{"prores-both.mov", "-c:v prores_ks -profile:v 1 -map 0:v -map 1:a -pix_fmt yuv422p10le -c:a pcm_s16le", retake.ReplaceAudioAndVideo, true, 0},
		{"mjpeg.avi", "-c:v mjpeg -map 0:v -map 1:a -pix_fmt yuvj422p -c:a pcm_s16le", retake.ReplaceVideo, false, 2},
		{"prores-sound.mov", "-c:v prores_ks -profile:v 1 -map 0:v -map 1:a -pix_fmt yuv422p10le -c:a pcm_s24be", retake.ReplaceAudio, true, 0},
		{"vp9-opus.mp4", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -map 0:v -map 1:a -pix_fmt yuv420p -c:a libopus -strict -2", retake.ReplaceVideo, true, 0},
		{"hevc-flac.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none -map 0:v -map 1:a -pix_fmt yuv420p -c:a flac -strict -2", retake.ReplaceVideo, true, 0},
		{"ten-bit.mp4", "-c:v libx264 -preset fast -map 0:v -map 1:a -pix_fmt yuv420p10le -c:a aac", retake.ReplaceVideo, true, 0},
		{"four-two-two.mov", "-c:v libx264 -preset veryfast -g 30 -map 0:v -map 1:a -pix_fmt yuv422p10le -c:a aac", retake.ReplaceAudioAndVideo, true, 0},
		{"hdr.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc -map 0:v -map 1:a -pix_fmt yuv420p10le -c:a aac", retake.ReplaceVideo, true, 0},
		{"hdr.mkv", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -map 0:v -pix_fmt yuv420p10le", retake.ReplaceVideo, true, 0},
		{"interlaced-sound.mp4", interlaced, retake.ReplaceAudio, true, 0},
	}
	// What the planner says of these before is held to the report, too.
	foretold := []string{"hevc.mp4", "hevc-both.mov", "hevc-sound.mp4", "fragmented.mp4", "vp9-sound.webm", "vp9.webm", "vp9-opus.mp4", "mp3.mp4", "mp3-pictures.mp4",
		"prores.mov", "prores-both.mov", "prores-sound.mov"}
	for _, c := range clips {
		t.Run(c.name, func(t *testing.T) {
			clip := makeClip(t, c.name, c.args)
			req := retake.Request{Prompt: "black and white, rain", Input: c.name, Start: 2.5, Duration: 2.5, Mode: c.mode}
			report, err := e.Edit(context.Background(), pipeline.Edit{Request: req, Source: clip, Out: filepath.Join(t.TempDir(), "out.mp4"), AnyKind: true}, nil)
			b, _ := json.MarshalIndent(report, "", " ")
			if err != nil {
				t.Fatalf("%v\n%s", err, b)
			}
			t.Log(report.Summary, report.Reasons)
			if slices.ContainsFunc(report.Reasons, func(r string) bool { return strings.HasPrefix(r, "All sound was") }) {
				t.Errorf("why the sound was re-encoded is said twice:\n%s", b)
			}
			if !report.Holds || report.Exact != c.exact || len(report.Reasons) < c.reasons || c.exact && len(report.Reasons) > 0 {
				t.Errorf("holds %v exact %v reasons %d, want true, %v, at least %d\n%s", report.Holds, report.Exact, len(report.Reasons), c.exact, c.reasons, b)
			}
			if !slices.Contains(foretold, c.name) {
				return
			}
			planner, hash := planFor(t, e, clip)
			ahead, err := planner.Preview(t.Context(), hash, c.name, req)
			if err != nil {
				t.Fatal(err)
			}
			sameAsReport(t, c.mode, ahead, report)
		})
	}
}

func TestEditRefusesWhatItCantKeep(t *testing.T) {
	e := newEditor(t)
	for name, args := range map[string]string{
		"interlaced.mp4": "-c:v libx264 -preset fast -flags +ilme+ildct -x264-params tff=1 -map 0:v -pix_fmt yuv420p",
		"fields.mov":     "-c:v prores_ks -profile:v 1 -pix_fmt yuv422p10le -flags +ildct -top 1 -map 0:v",
		"hdr.mkv":        "-c:v ffv1 -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -map 0:v -pix_fmt yuv420p10le",
	} {
		out := filepath.Join(t.TempDir(), "out.mp4")
		_, err := e.Edit(context.Background(), pipeline.Edit{
			Request: retake.Request{Prompt: "snow", Start: 2, Duration: 2, Mode: retake.ReplaceVideo},
			Source:  makeClip(t, name, args), Out: out, AnyKind: true,
		}, nil)
		if retake.CodeOf(err) != retake.CodeUnreadable {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: a result was left", name)
		}
	}
}
