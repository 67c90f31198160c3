package verify_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"retake/internal/retake"
	"retake/internal/splice"
	"retake/internal/verify"
)

const (
	short    = "-f lavfi -i testsrc2=size=160x90:rate=25 -f lavfi -i sine=frequency=330:sample_rate=48000 -t 3 -map 0:v -map 1:a "
	shortAAC = "-c:a aac -b:a 96k "
	subs     = "1\n00:00:00,500 --> 00:00:02,000\nAn ox.\n"
)

var shortSegment = retake.Segment{Start: 1, End: 2}

// shortClip makes a clip of three seconds.
func shortClip(t *testing.T, name, args string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	ffmpeg(t, append(strings.Fields(short+args), path)...)
	return path
}

// remux makes a result from a clip with ffmpeg.
func remux(t *testing.T, clip, name, args string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	ffmpeg(t, append(append([]string{"-i", clip}, strings.Fields(args)...), path)...)
	return path
}

// A container that is written anew states another duration of the last packet of sound.
func TestLastPacketsDuration(t *testing.T) {
	for _, c := range []struct{ name, args string }{
		{"10-bit HEVC", "-c:v libx265 -preset ultrafast -crf 12 -pix_fmt yuv420p10le -x265-params log-level=none -tag:v hvc1 "},
		{"10-bit H.264", "-c:v libx264 -preset ultrafast -crf 12 -pix_fmt yuv420p10le "},
	} {
		t.Run(c.name, func(t *testing.T) {
			original := shortClip(t, "clip.mp4", c.args+shortAAC)
			result := remux(t, original, "result.mp4", noDelay+"-pix_fmt yuv420p -profile:v high "+lossy+"-crf 6 -c:a copy")
			longer(t, result, -1)
			opt := verify.Options{Segment: shortSegment, Mode: retake.ReplaceVideo, AllowReencode: true}
			r := verified(t, original, result, opt)
			if !r.Holds || r.Audio.Identical != r.Audio.Total || !r.Audio.TimingIdentical || !strings.Contains(r.Summary, "all sound is the original's") {
				t.Errorf("%q, %s, %+v", r.Violations, r.Summary, r.Audio)
			}
			t.Log(r.Summary, r.Reasons)
			if strings.Contains(r.Summary, "or better") || !strings.Contains(r.Summary, "dB on average") {
				t.Errorf("summary %q", r.Summary)
			}
			opt.AllowReencode = false
			if r := verified(t, original, result, opt); r.Audio.Identical == r.Audio.Total {
				t.Error("the last duration does not count where nothing allows a rewritten container")
			}
			longer(t, result, 0)
			opt.AllowReencode = true
			if r := verified(t, original, result, opt); r.Holds {
				t.Errorf("the first packet's duration does not count: %s", r.Summary)
			}
		})
	}
}

// longer makes the first (0) or last (-1) run of packets of a file's sound track one tick longer.
func longer(t *testing.T, path string, run int) {
	t.Helper()
	src, err := splice.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	id := src.Audio.Track.Format
	src.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(data), id)
	at += strings.Index(string(data[at:]), "stts") + 8 // the table follows the sample description
	n := int(data[at+3])
	if n < 2 {
		t.Fatalf("%d runs of durations: the last packet has none of its own", n)
	}
	if run < 0 {
		run += n
	}
	data[at+4+8*run+7]++
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

const h264Short = "-c:v libx264 -preset ultrafast -crf 18 -pix_fmt yuv420p -g 10 "

func TestOriginalIsNoMP4(t *testing.T) {
	const twoKinds = "The original is a file of the kind Matroska and the result is not, so their packets can't be compared one by one; --allow-reencode compares what it shows instead."
	const noKind = "The original is no MP4, MOV, MKV or WebM file, so its packets can't be compared one by one; --allow-reencode compares what it shows instead."
	for name, want := range map[string]string{"clip.mkv": twoKinds, "clip.avi": noKind, "clip.ts": noKind} {
		original := shortClip(t, name, h264Short+shortAAC)
		result := remux(t, original, "result.mp4", "-c copy")
		r := verified(t, original, result, verify.Options{Segment: shortSegment, Mode: retake.ReplaceVideo})
		if r.Holds || len(r.Violations) != 1 || r.Violations[0] != want {
			t.Errorf("%s: %q", name, r.Violations)
		}
		r = verified(t, result, original, verify.Options{Segment: shortSegment, Mode: retake.ReplaceVideo})
		if name == "clip.mkv" {
			continue
		}
		if r.Holds || len(r.Violations) != 1 || r.Violations[0] != "The result can't be read as the original can: it is no MP4, MOV, MKV or WebM file." {
			t.Errorf("%s as a result: %q", name, r.Violations)
		}
	}
	fragmented := shortClip(t, "clip.mp4", h264Short+shortAAC+"-movflags frag_keyframe+empty_moov")
	r := verified(t, fragmented, fragmented, verify.Options{Segment: shortSegment, Mode: retake.ReplaceVideo})
	if s := strings.Join(r.Violations, " "); r.Holds || strings.Contains(s, "damaged") || strings.Contains(s, "no MP4") {
		t.Errorf("fragmented: %q", s)
	}
}

// A clip is moved to MP4 and edited there, as the pipeline does it.
func TestForeignEditedInMP4(t *testing.T) {
	for _, name := range []string{"clip.mkv", "clip.ts"} {
		t.Run(name, func(t *testing.T) {
			original := shortClip(t, name, h264Short+shortAAC)
			moved := remux(t, original, "moved.mp4", "-c copy")
			for _, e := range []edit{{start: 1, end: 2.2, video: true}, {start: 1, end: 2, audio: true}} {
				r := verified(t, original, e.make(t, moved), verify.Options{
					Segment: retake.Segment{Start: e.start, End: e.end}, Mode: mode(e), AllowReencode: true})
				if !r.Holds {
					t.Fatalf("%q", r.Violations)
				}
				t.Logf("%s %q\n%+v\n%+v", r.Summary, r.Reasons, r.Video, r.Audio)
				if end := r.Video.Spans[len(r.Video.Spans)-1].End; end < 2.99 || end > 3.03 { // the sound begins up to 21 ms before the pictures
					t.Errorf("the table ends at %.3f s", end)
				}
				if r.Video.MetadataKept || !strings.Contains(strings.Join(r.Reasons, " "), "container was rewritten") {
					t.Errorf("metadata kept %v: %q", r.Video.MetadataKept, r.Reasons)
				}
				if e.audio {
					a := r.Audio
					if a.OutsideIdentical < 80 || a.OutsideTotal < a.OutsideIdentical || a.OutsideTotal-a.OutsideIdentical > 6 || a.Identical < a.OutsideIdentical {
						t.Errorf("%+v", a)
					}
					if strings.Contains(r.Summary, "all sound was") || strings.Contains(strings.Join(r.Reasons, " "), "All sound") {
						t.Errorf("%s %q", r.Summary, r.Reasons)
					}
				} else if !strings.Contains(r.Summary, "the other ") || !strings.Contains(r.Summary, "all sound is the original's") {
					t.Errorf("summary %q", r.Summary)
				}
			}
		})
	}
}

func TestLostTracksAreNamed(t *testing.T) {
	srt := filepath.Join(t.TempDir(), "s.srt")
	if err := os.WriteFile(srt, []byte(subs), 0o600); err != nil {
		t.Fatal(err)
	}
	base := shortClip(t, "clip.mp4", h264Short+shortAAC)
	cases := []struct{ name, args, want string }{
		{"subtitled.mkv", "-i " + srt + " -map 0:v -map 0:a -map 1 -c copy -metadata:s:s:0 language=fra", "subtitle track (fra)"},
		{"subtitled.mp4", "-i " + srt + " -map 0:v -map 0:a -map 1 -c copy -c:s mov_text", "subtitle track"},
		{"timecode.mov", "-map 0 -c copy -timecode 01:00:00:00", "timecode track"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			original := remux(t, base, c.name, c.args)
			result := remux(t, original, "result.mp4", "-map 0:v -map 0:a -c copy -write_tmcd 0")
			r := verified(t, original, result, verify.Options{Segment: shortSegment, Mode: retake.ReplaceVideo, AllowReencode: true})
			t.Log(r.Summary, r.Reasons, r.Others)
			if !r.Holds || !strings.Contains(strings.Join(r.Reasons, " "), c.want) || !strings.Contains(strings.Join(r.Reasons, " "), "could not be kept") {
				t.Errorf("holds %v %q: %q", r.Holds, r.Violations, r.Reasons)
			}
			if len(r.Others) != 1 || r.Others[0].Identical || !strings.Contains(r.Others[0].Kind, c.want) {
				t.Errorf("other tracks %+v", r.Others)
			}
		})
	}
}

func TestRewrittenContainer(t *testing.T) {
	original := shortClip(t, "pcm.mov", h264Short+"-c:a pcm_s16le -metadata title=Ox -video_track_timescale 600")
	result := remux(t, original, "result.mp4", "-c:v copy -c:a aac -b:a 256k")
	r := verified(t, original, result, verify.Options{Segment: shortSegment, Mode: retake.ReplaceAudio, AllowReencode: true})
	t.Log(r.Summary, r.Reasons)
	if !r.Holds || r.Video.Identical != 75 || !strings.HasPrefix(r.Summary, "All 75 frames are bit-for-bit the original; all sound was re-encoded") {
		t.Errorf("%s %q %+v", r.Summary, r.Violations, r.Video)
	}
	if r.Video.MetadataKept || !strings.Contains(strings.Join(r.Reasons, " "), "container was rewritten") {
		t.Errorf("metadata kept %v: %q", r.Video.MetadataKept, r.Reasons)
	}
}

// A track that no mode edits may be re-encoded where its codec does not go along, and only there.
func TestRecodedAlthoughUntouched(t *testing.T) {
	adpcm := shortClip(t, "adpcm.mov", h264Short+"-c:a adpcm_ima_qt")
	pcm := shortClip(t, "pcm.mov", h264Short+"-c:a pcm_s16le")
	aac := shortClip(t, "aac.mp4", h264Short+"-c:a aac -b:a 256k")
	for _, c := range []struct {
		original, args string
		holds          bool
	}{
		{adpcm, "-c:v copy -c:a aac -b:a 256k", true},
		{adpcm, "-c:v copy -af volume=0.5 -c:a aac -b:a 256k", false},
		{pcm, "-c:v copy -c:a aac -b:a 256k", false},
		{aac, "-c:v copy -c:a alac", false},
	} {
		result := remux(t, c.original, "result.mp4", c.args)
		r := verified(t, c.original, result, verify.Options{Segment: shortSegment, Mode: retake.ReplaceVideo, AllowReencode: true})
		if r.Holds != c.holds || r.Exact {
			t.Errorf("%s: holds %v, exact %v: %q", c.args, r.Holds, r.Exact, r.Violations)
		}
	}
}
