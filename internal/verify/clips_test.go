package verify_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"retake/internal/container"
	"retake/internal/depth"
	"retake/internal/media"
	"retake/internal/mediatest"
	"retake/internal/retake"
	"retake/internal/splice"
	"retake/internal/verify"
)

var folder string // of the clips all tests share

func TestMain(m *testing.M) {
	media.Main()
	os.Exit(func() int {
		var err error
		if folder, err = os.MkdirTemp("", "verify"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(folder)
		return m.Run()
	}())
}

func ffmpeg(t testing.TB, args ...string) {
	t.Helper()
	if out, err := exec.Command("ffmpeg", append([]string{"-y", "-v", "error"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
	}
}

// sources are ffmpeg's inputs of every clip: a moving picture without cuts, a chord with a voice-like wobble.
const sources = "-f lavfi -i mandelbrot=size=320x180:rate=25:start_scale=0.8:end_scale=0.2:end_pts=200 " +
	"-f lavfi -i aevalsrc=0.2*sin(2*PI*220*t)+0.1*sin(2*PI*331*t+3*sin(5*t))|0.2*sin(2*PI*277*t)+0.1*sin(2*PI*415*t):s=48000 -t 6 "

const x264 = "-map 0:v -c:v libx264 -preset veryfast -crf 20 -pix_fmt yuv420p -x264-params bframes=3:scenecut=0 "

var clips = map[string]string{
	"single.mp4":   x264 + "-g 250 -map 1:a -c:a aac -b:a 128k -metadata title=Ox -metadata:s:a language=fra",
	"gops.mp4":     x264 + "-g 40 -map 1:a -c:a aac -b:a 128k",
	"rain.mp4":     x264 + "-g 250 -map 1:a -filter:a aeval=val(0)*0.02+0.3*(random(0)-0.5)|val(1)*0.02+0.3*(random(1)-0.5),aformat=channel_layouts=stereo -c:a aac -b:a 64k",
	"silent.mp4":   x264 + "-g 40",
	"slides.mp4":   x264 + "-g 4 -vf setpts=50*PTS -r 1/2 -t 40",
	"tagged.mp4":   x264 + "-g 40 -color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709",
	"stranger.mp4": x264 + "-g 40 -vf negate,hflip",
	"rotated.mov":  x264 + "-g 40 -map 1:a -c:a aac -b:a 128k -metadata:s:v rotate=90 -timecode 01:00:00:00",
	"hevc.mp4":     "-map 0:v -c:v libx265 -preset ultrafast -crf 20 -pix_fmt yuv420p -x265-params log-level=none:open-gop=1:keyint=40:min-keyint=40:scenecut=0 -map 1:a -c:a aac -b:a 128k",
	"deep.mp4":     "-map 0:v -c:v libx264 -preset veryfast -crf 20 -pix_fmt yuv422p10le -x264-params bframes=3:scenecut=0 -g 250 -map 1:a -c:a aac -b:a 128k",
	"mpeg4.mp4":    "-map 0:v -c:v mpeg4 -q:v 2 -pix_fmt yuv420p -map 1:a -c:a libmp3lame -b:a 192k",
	"pcm.mov":      "-map 0:v -c:v mpeg4 -q:v 5 -map 1:a -c:a pcm_s24le",
	"flac.mp4":     "-map 0:v -c:v mpeg4 -q:v 5 -map 1:a -c:a flac -strict -2",
	"ac3.mp4":      "-map 0:v -c:v mpeg4 -q:v 5 -map 1:a -c:a ac3 -b:a 256k",
	"opus.mp4":     "-map 0:v -c:v mpeg4 -q:v 5 -map 1:a -c:a libopus -b:a 128k -strict -2",
	"foreign.mkv":  x264 + "-g 40 -map 1:a -c:a aac -b:a 128k",
}

var made = struct {
	sync.Mutex
	paths map[string]string
}{paths: map[string]string{}}

// clip returns the path of one of the clips, made on first use.
func clip(t testing.TB, name string) string {
	t.Helper()
	made.Lock()
	defer made.Unlock()
	if p, ok := made.paths[name]; ok {
		return p
	}
	path := filepath.Join(folder, name)
	ffmpeg(t, append(strings.Fields(sources+clips[name]), path)...)
	made.paths[name] = path
	return path
}

// edit says how a result is made; the zero value with a span makes one that keeps the promise.
type edit struct {
	start, end float64
	video      bool
	audio      bool
	bridgeCRF  int   // 0: 10
	luma       int   // added to the segment's pictures
	chroma     int   // added to their Cb and taken from their Cr
	bare       bool  // no block is drawn
	fullRange  bool  // the new pictures are said to be of full range
	bridgeLuma int   // added to the bridge's pictures
	stutter    bool  // the bridge shows its first frame twice in place of its second
	shift      int   // the sound track's packets move by so many
	early      int64 // sample frames by which the new sound begins before the segment
	raw        bool  // the new sound is encoded on its own and dropped in
}

// editOf is an edit of a clip.
type editOf struct {
	edit
	original string
}

var results = struct {
	sync.Mutex
	files map[editOf][]byte
}{files: map[editOf][]byte{}}

// make writes an edited copy of a clip, which is the caller's to spoil. Each edit is made once.
func (e edit) make(t testing.TB, original string) string {
	t.Helper()
	results.Lock()
	defer results.Unlock()
	path := filepath.Join(t.TempDir(), "result"+filepath.Ext(original))
	data, ok := results.files[editOf{e, original}]
	if !ok {
		e.write(t, original, path)
		var err error
		if data, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
		results.files[editOf{e, original}] = data
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (e edit) write(t testing.TB, original, path string) {
	t.Helper()
	ctx, tools := context.Background(), mediatest.Open(t)
	src, err := splice.Open(original)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	dst, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	var changes []container.Change
	var reps []container.Replacement
	if e.video {
		p, middle := e.pictures(ctx, t, tools, src.Video)
		changes = append(changes, container.Change{Track: src.Video.Track.Index, First: p.N, Count: p.M - p.N})
		reps = append(reps, middle)
	}
	if e.audio || e.shift != 0 || e.raw {
		change, rep := e.sound(ctx, t, tools, src)
		changes, reps = append(changes, change), append(reps, rep)
	}
	patcher, err := src.File.Patch(dst, changes, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := patcher.Finish(ctx, reps); err != nil {
		t.Fatal(err)
	}
}

// pictures draws a grey block into the segment's pictures.
func (e edit) pictures(ctx context.Context, t testing.TB, tools *media.Tools, v *splice.Video) (splice.Plan, container.Replacement) {
	t.Helper()
	p, err := v.Plan(e.start, e.end, v.Start)
	if err != nil {
		t.Fatal(err)
	}
	dec, err := v.Decode(ctx, tools, p.From, p.N, p.M)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	frame, before := depth.New(v.Format()), depth.New(v.Format())
	bridge := 10
	if e.bridgeCRF > 0 {
		bridge = e.bridgeCRF
	}
	if e.fullRange {
		v.Signal.FullRange = true
	}
	var parts []*splice.Part
	for i, n := range []int{p.LeadIn(), p.Edit(), p.Encoded()} {
		if n == 0 {
			continue
		}
		enc, err := v.Encode(ctx, tools, p, splice.Coding{Preset: "veryfast", CRF: []int{8, 17, bridge}[i]}, dir, []string{"a", "b", "c"}[i])
		if err != nil {
			t.Fatal(err)
		}
		for k := range n {
			before.CopyFrom(frame)
			if err := dec.Next(ctx, frame); err != nil {
				t.Fatal(err)
			}
			out := frame
			switch {
			case i == 1:
				e.draw(frame)
			case i == 2 && e.bridgeLuma != 0:
				edit{bare: true, luma: e.bridgeLuma}.draw(frame)
			case i == 2 && k == 1 && e.stutter:
				out = before
			}
			if err := enc.Write(out); err != nil {
				t.Fatal(err)
			}
		}
		part, err := enc.Finish()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { part.Close() })
		parts = append(parts, part)
	}
	if p.Carried >= 0 {
		if err := dec.Next(ctx, frame); err != nil {
			t.Fatal(err)
		}
	}
	if err := dec.Next(ctx, frame); !errors.Is(err, io.EOF) {
		t.Fatalf("after the last frame: %v", err)
	}
	dec.Close()
	middle, err := v.Join(p, parts)
	if err != nil {
		t.Fatal(err)
	}
	return p, middle
}

func (e edit) draw(p *depth.Picture) {
	f := p.Frame()
	if f == nil { // deeper: the block alone, in words
		for y := 40; y < 70; y++ {
			for x := 40; x < 80; x++ {
				binary.LittleEndian.PutUint16(p.Luma()[2*(y*p.Format.Width+x):], 480)
			}
		}
		return
	}
	for y := 40; y < 70 && !e.bare; y++ {
		for x := 40; x < 80; x++ {
			f.Y[y*f.Format.Width+x] = 120
		}
	}
	for i, v := range f.Y {
		f.Y[i] = byte(min(max(int(v)+e.luma, 0), 255))
	}
	for i := range f.Cb {
		f.Cb[i], f.Cr[i] = byte(int(f.Cb[i])+e.chroma), byte(int(f.Cr[i])-e.chroma)
	}
}

func verified(t testing.TB, original, result string, opt verify.Options) *retake.Report {
	t.Helper()
	r, err := verify.Files(context.Background(), mediatest.Open(t), original, result, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mode(e edit) retake.Mode {
	switch {
	case e.video && e.audio:
		return retake.ReplaceAudioAndVideo
	case e.video:
		return retake.ReplaceVideo
	}
	return retake.ReplaceAudio
}
