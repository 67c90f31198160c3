package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"retake/internal/aac"
	"retake/internal/container"
	"retake/internal/depth"
	"retake/internal/media"
	"retake/internal/retake"
	"retake/internal/splice"
)

// Limits of the hub, held to with Config.StrictLimits.
const (
	hubSeconds = 20
	hubLong    = 1920 // pixels of the longer side
	hubShort   = 1080
)

// probe looks at the clip and opens what will be spliced: the clip itself where its tracks allow it, else a copy
// with whole tracks re-encoded.
func (r *run) probe(ctx context.Context) error {
	info, err := r.Tools.Probe(ctx, r.job.Source)
	if err != nil {
		return err
	}
	if err := info.Choose(r.job.Request.Track); err != nil {
		return err
	}
	if err := r.Config.checkLimits(info); err != nil {
		return err
	}
	fate, src, err := Inspect(ctx, r.Tools, info, r.job.Source, r.job.Request.Track, r.job.Request.Mode)
	if err != nil {
		return err
	}
	if r.info, r.path = info, r.job.Source; fate.Exact {
		r.src = src
		return nil
	}
	r.recoded, r.damaged, r.reasons = true, fate.Damaged, fate.Reasons
	audio, err := r.openCopy(ctx, fate)
	if audio == "" || err != nil {
		return err
	}
	fate.KeepAudio = false // what only the copy's tables tell
	r.reasons = append(r.reasons, fate.Container.recodedSoundReason(info.Audio(), audio))
	if audio, err = r.openCopy(ctx, fate); audio != "" {
		err = fmt.Errorf("the re-encoded clip can't be spliced, because %s", audio)
	}
	return err
}

// openCopy writes a copy of the clip and opens it as what is spliced. audio says why its sound can't be, though it was
// copied: nothing is opened then.
func (r *run) openCopy(ctx context.Context, fate Fate) (audio string, err error) {
	name := "normalised." + string(fate.Container)
	what := fmt.Sprintf("%s track %d pictures %t sound %t", name, r.job.Request.Track, fate.KeepVideo, fate.KeepAudio)
	path, release, err := shared(ctx, r.job.share, what, r.dir, r.clock.tell, func(ctx context.Context, dir string, _ func(float64)) (string, error) {
		path := filepath.Join(dir, name)
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("make room for a copy: %w", err)
		}
		return path, normalise(ctx, r.Tools, r.Config.Quality, r.info, fate, r.job.Source, path, dir)
	})
	if err != nil {
		return "", err
	}
	r.path, r.shared = path, append(r.shared, release)
	if r.src, err = splice.OpenTrack(r.path, r.job.Request.Track); err != nil {
		return "", undecodable(fmt.Errorf("open the re-encoded clip: %w", err))
	}
	video, audio := r.src.Obstacles(r.job.Request.Mode)
	if video != "" {
		return "", fmt.Errorf("the re-encoded clip can't be spliced, because %s", video)
	}
	if audio != "" {
		err, r.src = r.src.Close(), nil
	} else if !fate.KeepVideo {
		err = r.checkDecoded(ctx)
	}
	return audio, err
}

// checkDecoded refuses a clip of which pictures were lost on the way to its re-encoded copy, as they can't be decoded.
func (r *run) checkDecoded(ctx context.Context) error {
	packets, err := r.Tools.Packets(ctx, r.job.Source, r.info.Video().Index)
	if err != nil {
		return err
	}
	total := len(packets)
	if own, err := splice.Open(r.job.Source); err == nil { // ffprobe passes over empty ones
		total = max(total, own.Video.Len())
		if err := own.Close(); err != nil {
			return err
		}
	}
	lost := total - r.src.Video.Len()
	if lost <= 0 {
		return nil
	}
	return (&retake.Error{Code: retake.CodeUnreadable, Field: "input_video",
		Message: fmt.Sprintf("The clip is damaged: %d of its %d pictures can't be decoded. Export it again, or repair it, and try once more.", lost, total)}).
		Because(fmt.Errorf("the pictures were re-encoded, because %s", r.reasons))
}

// checkLimits refuses clips that the hub would, if they are to be refused.
func (c Config) checkLimits(info *media.Info) error {
	if !c.StrictLimits {
		return nil
	}
	v := info.Video()
	if info.Duration > hubSeconds {
		return retake.Invalid("input_video", "the clip is %.1f s long; this server takes at most %d s", info.Duration, hubSeconds)
	}
	if max(v.Width, v.Height) > hubLong || min(v.Width, v.Height) > hubShort {
		return retake.Invalid("input_video", "the clip is %d×%d; this server takes at most 1920×1080", v.Width, v.Height)
	}
	return nil
}

// Fate says before an edit what it will keep.
type Fate struct {
	Exact     bool     // packets outside the segment and its bridge are kept
	Damaged   bool     // the file is not as its format has it: ffmpeg makes of it what it can
	KeepVideo bool     // else: the pictures' packets are copied all the same
	KeepAudio bool     // and the sound's
	Container holder   // of the copy that is edited then
	Captions  []int    // subtitle streams that are carried over as text
	Covers    []int    // streams of cover pictures that are carried over
	Reasons   []string // why not, a sentence each
}

// Inspect says what an edit of the clip in a mode will keep. track is the sound track to edit, as info.Choose was told.
// With an exact fate it returns the opened clip, for the caller to close. A clip that can't be edited at all is a
// *retake.Error.
func Inspect(ctx context.Context, tools *media.Tools, info *media.Info, path string, track int, mode retake.Mode) (Fate, *splice.Source, error) {
	src, openErr := splice.OpenTrack(path, track)
	uneven := false
	if openErr != nil && mode.Audio() {
		var err error
		if uneven, err = unevenSound(ctx, tools, info, path); err != nil {
			return Fate{}, nil, err
		}
	}
	fate, err := fateOf(info, src, openErr, uneven, mode)
	if src != nil && (err != nil || !fate.Exact) {
		src.Close()
		src = nil
	}
	return fate, src, err
}

// unevenSound reports whether the packets of a clip that splice.Open refused could not be replaced in a copy either,
// because they do not follow each other as AAC does: the copy has their times. splice.Audio judges the tables of others.
func unevenSound(ctx context.Context, tools *media.Tools, info *media.Info, path string) (bool, error) {
	a := info.Audio()
	if a == nil || !plainAAC(a) || a.SampleRate == 0 {
		return false, nil
	}
	packets, err := tools.Packets(ctx, path, a.Index)
	if err != nil {
		return false, err
	}
	if len(packets) < 2 {
		return false, nil
	}
	for i, p := range packets[1:] { // a gap behind the first one is no matter, see splice.Audio
		if math.Abs(p.Time-packets[1].Time-float64(i*aac.BlockSize)/float64(a.SampleRate)) > splice.SoundSlack {
			return true, nil
		}
	}
	return false, nil
}

// fateOf is Inspect for a clip that splice.Open has opened, or refused with an error. uneven is what unevenSound found.
func fateOf(info *media.Info, src *splice.Source, openErr error, uneven bool, mode retake.Mode) (Fate, error) {
	if openErr == nil {
		video, audio := src.Obstacles(mode)
		if a := info.Audio(); mode.Audio() && a != nil && audio == "" && a.Codec == "aac" && !plainAAC(a) {
			audio = "its sound is " + a.Profile + ", not AAC-LC" // HE-AAC may say so only inside its packets
		}
		if video == "" && audio == "" {
			return Fate{Exact: true, KeepVideo: true, KeepAudio: true}, nil
		}
		fate, err := recodeFate(info, mode, video, audio)
		if src.File.Kind() == container.WebM {
			into := "an MP4"
			if fate.Container == holdMKV {
				into = "a Matroska"
			}
			fate.Reasons = append([]string{"The clip was moved to " + into + " file, because WebM can't hold what was re-encoded."}, fate.Reasons...)
		}
		return fate, err
	}
	if errors.Is(openErr, container.ErrEncrypted) {
		return Fate{}, (&retake.Error{Code: retake.CodeUnreadable, Field: "input_video",
			Message: "The clip is encrypted, so its pictures or sound can't be read here. Export it without protection and try once more."}).Because(openErr)
	}
	isMP4 := info.Brand != "" || info.Format == "mov,mp4,m4a,3gp,3g2,mj2"
	switch {
	case isMP4 && errors.Is(openErr, container.ErrMalformed):
		return Fate{}, (&retake.Error{Code: retake.CodeUnreadable, Field: "input_video",
			Message: "The clip is damaged: its index does not agree with the file. Export it again, or repair it, and try once more."}).Because(openErr)
	case errors.Is(openErr, container.ErrTooMany):
		return Fate{}, media.TooLong(openErr)
	}
	moved := "The clip was moved to an MP4 file, because packets can be put in place in MP4, MOV, MKV and WebM only."
	switch holderOf(info) {
	case holdMOV:
		moved = "The clip was moved to a QuickTime file, because packets can be put in place in MP4, MOV, MKV and WebM only, and MP4 can't hold its tracks."
	case holdMKV:
		moved = "The clip was rewritten as a plain Matroska file, because its own has a structure that can't be patched."
	}
	if isMP4 {
		moved = "The clip was rewritten as a plain MP4 file, because its own has a structure that can't be patched (fragments, or an edit list that cuts)."
	}
	video, audio := "", ""
	switch {
	case errors.Is(openErr, splice.ErrCut): // what is copied has no way to leave pictures out
		if err := checkCut(info); err != nil {
			return Fate{}, err
		}
		video, audio = cutPictures, "its times follow those of the pictures"
	case uneven && mode.Audio():
		audio = "its sound has gaps, or packets of uneven length"
	}
	fate, err := recodeFate(info, mode, video, audio)
	fate.Reasons = append([]string{moved}, fate.Reasons...)
	fate.Damaged = errors.Is(openErr, container.ErrMalformed)
	return fate, err
}

// cutPictures is the obstacle of a clip of which an edit list shows parts. ffmpeg decodes what it shows; a copy of the packets
// would show all of them.
const cutPictures = "an edit list shows parts of the clip only, or some at another speed"

// checkCut refuses clips with such an edit list whose pictures can't be re-encoded.
func checkCut(info *media.Info) error {
	v, what := info.Video(), ""
	switch {
	case !v.Progressive():
		what = "interlaced"
	case v.DolbyAlone:
		what = "Dolby Vision"
	case (depth.Format{Transfer: v.Transfer}).HDR():
		what = "HDR"
	default:
		return nil
	}
	return &retake.Error{Code: retake.CodeUnreadable, Field: "input_video",
		Message: fmt.Sprintf("The clip's pictures would have to be re-encoded, because %s; and they are %s, of which too much would be lost. Export it without cuts first.", cutPictures, what)}
}

// recodeFate decides which tracks of a clip that can't be spliced as it is are copied and which are re-encoded, and
// says why. video and audio are the known obstacles, "" for none.
func recodeFate(info *media.Info, mode retake.Mode, video, audio string) (Fate, error) {
	v := info.Video()
	if mode.Video() && strings.Contains(video, "MV-HEVC") {
		return Fate{}, &retake.Error{Code: retake.CodeUnreadable, Field: "input_video",
			Message: "The clip is stereo (MV-HEVC), of which only one eye would be edited. Export it for one eye first, or change its sound only."}
	}
	if (!v.Progressive() || video == splice.Interlaced) && mode.Video() {
		return Fate{}, &retake.Error{Code: retake.CodeUnreadable, Field: "input_video",
			Message: "The clip is interlaced, which can't be kept. Deinterlace it first (ffmpeg -i clip -vf bwdif …), or change its sound only."}
	}
	if video == "" && info.Format == "avi" && v.Reorder > 0 {
		video = "AVI files do not say when pictures are shown that are stored in another order"
	}
	f := Fate{KeepAudio: true, Container: holderOf(info)}
	if video == "" && spliceable(v) && !f.Container.holdsPictures(v.Codec) {
		video = "its pictures are " + v.Codec + ", which a rewritten file can't hold"
	}
	f.KeepVideo = video == "" && spliceable(v)
	if v.DolbyAlone && mode.Video() {
		return Fate{}, &retake.Error{Code: retake.CodeUnreadable, Field: "input_video",
			Message: "The clip is Dolby Vision without a base layer that stands alone (profile 5 or 7), which can't be edited. Export it as HDR10, HLG or Dolby Vision 8."}
	}
	if !f.KeepVideo && mode.Video() && (depth.Format{Transfer: v.Transfer}).HDR() {
		return Fate{}, &retake.Error{Code: retake.CodeUnreadable, Field: "input_video",
			Message: fmt.Sprintf("The clip is HDR, which is kept only where pictures are replaced packet by packet, and %s. Convert it to HEVC Main 10 first.", cmp.Or(video, obstacle(v)))}
	}
	if !mode.Video() && video == "" && f.Container.holdsPictures(v.Codec) {
		f.KeepVideo = true
	}
	if !f.KeepVideo {
		f.Reasons = append(f.Reasons, fmt.Sprintf("The whole picture track was re-encoded at visually lossless quality, because %s.", cmp.Or(video, obstacle(v))))
	}
	if a := info.Audio(); a != nil {
		if audio = cmp.Or(audio, f.Container.soundObstacle(info, mode)); audio != "" {
			f.KeepAudio = false
			f.Reasons = append(f.Reasons, f.Container.recodedSoundReason(a, audio))
		}
	}
	f.carryCaptions(info)
	return f, nil
}

// carryCaptions decides which further streams go along, and names those that don't.
func (f *Fate) carryCaptions(info *media.Info) {
	v := info.Video()
	lost := map[string]int{}
	n, timecodes := 0, 0
	for i, s := range info.Streams {
		if s.Kind == "audio" {
			n++
		}
		switch {
		case s.Kind == "audio" && &info.Streams[i] != info.Audio() && !f.Container.holdsSound(s.Codec):
			f.Reasons = append(f.Reasons, fmt.Sprintf("Sound track %d was re-encoded at %d kbit/s, because it is %s, which a rewritten file can't hold.",
				n, recodedBitRate(&info.Streams[i])/1000, soundName(&info.Streams[i])))
		case f.Container == holdMKV && s.Kind == "subtitle":
			f.Captions = append(f.Captions, s.Index)
		case s.Index == v.Index || s.Kind == "audio":
		case s.Kind == "subtitle" && textCaptions[s.Codec]:
			f.Captions = append(f.Captions, s.Index)
			if s.Codec != "mov_text" {
				lost["the styling of a "+s.Codec+" subtitle track"]++
			}
		case s.AttachedPic && f.Container.holdsCover(s.Codec):
			f.Covers = append(f.Covers, s.Index)
		case s.AttachedPic:
			lost["its cover picture"]++
		case s.Kind == "attachment" && f.Container == holdMKV:
		case s.CodecTag == "tmcd" && s.Timecode != "" && s.Timecode == v.Timecode && timecodes == 0:
			timecodes++ // written anew from what the pictures' track says
		default:
			lost["a "+info.Streams[i].Name()]++
		}
	}
	for _, what := range slices.Sorted(maps.Keys(lost)) {
		f.Reasons = append(f.Reasons, fmt.Sprintf("The rewritten file leaves out %s (%d).", what, lost[what]))
	}
}

// textCaptions are the subtitles that can be written as an MP4 file's own.
var textCaptions = map[string]bool{"mov_text": true, "subrip": true, "srt": true, "ass": true, "ssa": true, "webvtt": true, "text": true}

// spliceable reports whether a picture stream can be spliced once it is in an MP4 file.
func spliceable(v *media.Stream) bool { return obstacle(v) == "" }

// spliceablePixels are ffmpeg's names of the pictures that can be encoded anew as they are.
var spliceablePixels = map[string]map[string]bool{
	"h264": {"yuv420p": true, "yuvj420p": true, "yuv422p": true, "yuvj422p": true, "yuv444p": true, "yuvj444p": true,
		"yuv420p10le": true, "yuv422p10le": true, "yuv444p10le": true},
	"hevc": {"yuv420p": true, "yuvj420p": true, "yuv422p": true, "yuvj422p": true, "yuv444p": true, "yuvj444p": true,
		"yuv420p10le": true, "yuv422p10le": true, "yuv444p10le": true, "yuv420p12le": true, "yuv422p12le": true, "yuv444p12le": true},
	"vp8": {"yuv420p": true},
	"vp9": {"yuv420p": true, "yuv422p": true, "yuv444p": true, "yuv420p10le": true, "yuv422p10le": true, "yuv444p10le": true,
		"yuv420p12le": true, "yuv422p12le": true, "yuv444p12le": true},
	"av1": {"yuv420p": true, "yuv444p": true, "yuv420p10le": true, "yuv422p10le": true, "yuv444p10le": true, "yuv420p12le": true, "yuv422p12le": true, "yuv444p12le": true},
}

// obstacle says why a picture stream can't be spliced, "" when it can.
func obstacle(v *media.Stream) string {
	switch {
	case spliceablePixels[v.Codec] == nil:
		return "its pictures are " + v.Codec
	case !v.Progressive():
		return splice.Interlaced
	case !spliceablePixels[v.Codec][v.PixFmt]:
		return "its pictures are " + v.PixFmt
	}
	return ""
}
