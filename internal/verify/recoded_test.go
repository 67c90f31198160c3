package verify_test

import (
	"strings"
	"testing"

	"retake/internal/retake"
	"retake/internal/verify"
)

// A block drawn from 2 s to 4 s stands for the edit; times are those of the filter, which counts frames.
const (
	block   = "-vf drawbox=x=40:y=40:w=40:h=30:c=gray:t=fill:enable='between(n\\,50\\,99)' "
	lossy   = "-c:v libx264 -preset ultrafast -bf 0 "
	beep    = "-af volume=0:enable='between(t\\,2\\,4)' "
	toAAC   = "-c:a aac -b:a 256k "
	noDelay = "-fps_mode passthrough "
)

func TestRecodedTracks(t *testing.T) {
	cases := []struct {
		name, clip, args string
		mode             retake.Mode
		want             string // of the violation; "" when it holds
		reason           string
	}{
		{"MPEG-4 to H.264", "mpeg4.mp4", block + noDelay + lossy + "-crf 8 -c:a copy", retake.ReplaceVideo, "", "its pictures are MPEG-4 part 2"},
		{"MPEG-4 to poor H.264", "mpeg4.mp4", block + noDelay + lossy + "-crf 34 -c:a copy", retake.ReplaceVideo, "not near-lossless", ""},
		{"MPEG-4, a frame less", "mpeg4.mp4", noDelay + lossy + "-crf 8 -c:a copy -frames:v 149", retake.ReplaceVideo, "149 frames where the original has 150", ""},
		{"MPEG-4, a frame late", "mpeg4.mp4", "-vf setpts=PTS+0.02/TB*gte(N\\,60) -enc_time_base 1:1000 " + noDelay + lossy + "-crf 8 -c:a copy", retake.ReplaceVideo, "not at the original's time", ""},
		{"MPEG-4, halved in size", "mpeg4.mp4", "-vf scale=160:90 " + noDelay + lossy + "-crf 8 -c:a copy", retake.ReplaceVideo, "160 by 90 pixels", ""},
		{"MP3 to AAC", "mpeg4.mp4", beep + "-c:v copy " + toAAC, retake.ReplaceAudio, "", "All sound was re-encoded"},
		{"MP3 to AAC, late", "mpeg4.mp4", "-af adelay=40:all=1 -c:v copy " + toAAC, retake.ReplaceAudio, "that was to stay is not the original's", ""},
		{"MP3 to mono AAC", "mpeg4.mp4", "-ac 1 -c:v copy " + toAAC, retake.ReplaceAudio, "1 channel where the original has 2", ""},
		{"MKV to MP4", "foreign.mkv", block + noDelay + lossy + "-crf 8 -c:a copy", retake.ReplaceVideo, "", ""},
		{"MKV to MP4, no sound", "foreign.mkv", block + noDelay + lossy + "-crf 8 -an", retake.ReplaceVideo, "sound track is missing", ""},
		{"MKV to MP4 as it is", "foreign.mkv", "-c copy", retake.ReplaceVideo, "", "-"},
		{"MKV to MP4, sound edited", "foreign.mkv", beep + "-c:v copy " + toAAC, retake.ReplaceAudio, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			original := clip(t, c.clip)
			result := remade(c.args+" -y")(t, original)
			opt := verify.Options{Segment: segment, Mode: c.mode, AllowReencode: true}
			r := verified(t, original, result, opt)
			if c.want == "" {
				if !r.Holds || r.Exact {
					t.Fatalf("holds %v, exact %v: %q", r.Holds, r.Exact, r.Violations)
				}
				t.Log(r.Summary, r.Reasons)
				if got := r.Seams != nil && r.Seams.LumaIn != nil && r.Seams.ChromaOut != nil; got != c.mode.Video() {
					t.Errorf("seams of the pictures measured: %v", got)
				}
				for _, track := range []*retake.TrackReport{r.Video, r.Audio} {
					if track != nil && track.Spans == nil {
						t.Error("a track's spans are null in JSON, rather than a list")
					}
				}
				if c.reason == "-" { // nothing to give a reason for
					c.reason = ""
				} else if !strings.Contains(strings.Join(r.Reasons, " "), "re-encoded") {
					t.Errorf("reasons %q", r.Reasons)
				}
				if !strings.Contains(strings.Join(r.Reasons, " "), c.reason) {
					t.Errorf("reasons %q", r.Reasons)
				}
				opt.AllowReencode = false
				if r := verified(t, original, result, opt); r.Holds {
					t.Errorf("holds although nothing allows a re-encode: %s", r.Summary)
				}
				return
			}
			if r.Holds || !strings.Contains(strings.Join(r.Violations, " "), c.want) {
				t.Errorf("holds %v: %q, want %q", r.Holds, r.Violations, c.want)
			}
		})
	}
}
