package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"retake/internal/media"
	"retake/internal/retake"
	"retake/internal/splice"
)

// holder is the container of a rewritten copy, by ffmpeg's name.
type holder string

// The holders. QuickTime takes uncompressed sound and the pictures of editors and cameras, which MP4 does not.
const (
	holdMP4 holder = "mp4"
	holdMOV holder = "mov"
	holdMKV holder = "matroska" // whatever there is
)

// What either holds as it is, by ffmpeg's names: what has its own entry in the list of registered codecs (mp4ra.org) or
// in the QuickTime File Format, as far as ffmpeg writes it.
var (
	picturesInMP4 = map[string]bool{"h264": true, "hevc": true, "av1": true, "vp9": true, "mpeg4": true, "mpeg2video": true, "mjpeg": true}
	picturesInMOV = map[string]bool{"prores": true, "dnxhd": true, "dvvideo": true, "rawvideo": true, "v210": true, "qtrle": true, "png": true,
		"cfhd": true, "hap": true, "svq3": true, "mjpegb": true}
	soundInMP4 = map[string]bool{"aac": true, "mp3": true, "ac3": true, "eac3": true, "alac": true, "flac": true, "opus": true}
	soundInMOV = map[string]bool{"aac": true, "mp3": true, "ac3": true, "eac3": true, "alac": true}
)

// isQuickTime reports whether a clip is a QuickTime file, which its rewritten copy then is, too.
func isQuickTime(info *media.Info) bool {
	brand := strings.TrimSpace(info.Brand)
	return brand == "qt" || brand == "" && info.Format == "mov,mp4,m4a,3gp,3g2,mj2"
}

// isMatroska reports whether a clip is a Matroska file that is no WebM one; ffprobe does not tell them apart.
func isMatroska(info *media.Info) bool { return info.DocType == "matroska" }

// holderOf chooses the container in which a clip's tracks are copied.
func holderOf(info *media.Info) holder {
	v, a := info.Video(), info.Audio()
	if isMatroska(info) || info.DocType != "" && !picturesInMP4[v.Codec] { // VP8 in WebM
		return holdMKV
	}
	pcm := a != nil && strings.HasPrefix(a.Codec, "pcm_")
	if isQuickTime(info) || pcm || picturesInMOV[v.Codec] && (a == nil || soundInMOV[a.Codec]) {
		return holdMOV
	}
	return holdMP4
}

func (h holder) holdsPictures(codec string) bool {
	return h == holdMKV || picturesInMP4[codec] || h == holdMOV && picturesInMOV[codec]
}

func (h holder) holdsSound(codec string) bool {
	switch h {
	case holdMKV:
		return true
	case holdMOV:
		return soundInMOV[codec] || strings.HasPrefix(codec, "pcm_")
	}
	return soundInMP4[codec]
}

// holdsCover reports whether a rewritten copy takes a cover picture: MP4 in its iTunes tags, which QuickTime has not, and
// Matroska as an attachment.
func (h holder) holdsCover(codec string) bool {
	return h != holdMOV && (codec == "mjpeg" || codec == "png")
}

// soundObstacle says why a sound stream can't be copied for an edit in a mode, "" when it can.
func (h holder) soundObstacle(info *media.Info, mode retake.Mode) string {
	a := info.Audio()
	name := soundName(a)
	// Matroska's times are whole milliseconds, so a copy in another container sounds at other fractions of one: AAC begins
	// on them.
	coarse := h != holdMKV && strings.HasPrefix(info.Format, "matroska") && !plainAAC(a) && !strings.HasPrefix(a.Codec, "pcm_")
	switch {
	case mode.Audio() && (coarse || !replaceable(a)):
		return fmt.Sprintf("its sound is %s, which can't be replaced packet by packet", name)
	case !h.holdsSound(a.Codec):
		return fmt.Sprintf("its sound is %s, which a rewritten file can't hold", name)
	}
	return ""
}

func soundName(a *media.Stream) string {
	if a.Codec == "aac" && a.Profile != "" {
		return a.Profile
	}
	return a.Codec
}

// replacedSound are the codecs, by ffmpeg's names, of which package splice replaces packets, but for AAC and PCM.
var replacedSound = map[string]bool{"flac": true, "alac": true, "ac3": true, "eac3": true, "mp3": true, "opus": true, "vorbis": true}

// replaceable reports whether package splice replaces packets of the stream's kind.
func replaceable(a *media.Stream) bool {
	return plainAAC(a) || strings.HasPrefix(a.Codec, "pcm_") || replacedSound[a.Codec]
}

func plainAAC(a *media.Stream) bool {
	return a.Codec == "aac" && (a.Profile == "LC" || a.Profile == "")
}

// Bit rate of re-encoded sound, bits a second: of a channel, and at least of a track.
const (
	normalisePerChannel = 128000
	normaliseBitRate    = 256000
)

func recodedBitRate(a *media.Stream) int {
	return max(normaliseBitRate, normalisePerChannel*a.Channels)
}

func (h holder) recodedSoundReason(a *media.Stream, why string) string {
	if h == holdMKV {
		return fmt.Sprintf("The whole sound track was re-encoded as FLAC, without loss, because %s.", why)
	}
	return fmt.Sprintf("The whole sound track was re-encoded at %d kbit/s, because %s.", recodedBitRate(a)/1000, why)
}

// undecodable is what a clip gets that looked sound until it was decoded.
func undecodable(cause error) error {
	e := &retake.Error{Code: retake.CodeUnreadable, Field: "input_video",
		Message: "The clip can't be decoded: it is damaged, or of a kind that can't be read here. Export it again as H.264 in MP4."}
	return e.Because(cause)
}

// recodedPixels returns ffmpeg's name of the pictures as x264 encodes them: 8-bit 4:2:0, which plays everywhere, and of
// deeper clips 10 bits of the clip's own colour sampling.
func recodedPixels(v *media.Stream) string {
	if !strings.HasSuffix(v.PixFmt, "le") && !strings.HasSuffix(v.PixFmt, "be") {
		if v.FullRange {
			return "yuvj420p"
		}
		return "yuv420p"
	}
	for _, kind := range []string{"422", "444"} {
		if strings.HasPrefix(v.PixFmt, "yuv"+kind) || strings.HasPrefix(v.PixFmt, "yuva"+kind) {
			return "yuv" + kind + "p10le"
		}
	}
	return "yuv420p10le"
}

// normalise writes a copy of the clip, in the fate's container, that can be spliced.
func normalise(ctx context.Context, tools *media.Tools, q splice.Quality, info *media.Info, f Fate, from, to, dir string) error {
	v := info.Video()
	args := []string{"-i", from, "-map", fmt.Sprintf("0:%d", v.Index), "-map_metadata", "0", "-map_chapters", "0",
		"-fps_mode", "passthrough", "-enc_time_base:v", "-1", "-strict", "-2"}
	if f.KeepVideo {
		args = append(args, "-c:v:0", "copy")
		if v.Codec == "hevc" {
			args = append(args, "-tag:v:0", "hvc1") // the one that Apple's players take
		}
	} else {
		args = append(args, recodePictures(v, q, tools.Threads())...)
	}
	args = append(args, f.soundTracks(info)...)
	for _, i := range f.Captions {
		args = append(args, "-map", fmt.Sprintf("0:%d", i))
	}
	switch {
	case f.Container == holdMKV:
		args = append(args, "-map", "0:t?", "-c:s", "copy", "-c:t", "copy")
	case len(f.Captions) > 0:
		args = append(args, "-c:s", "mov_text")
	}
	covers, err := f.covers(ctx, tools, info, from, dir)
	if err != nil {
		return err
	}
	args = append(append(args, covers...), "-f", string(f.Container), to)
	if _, err := tools.Run(ctx, media.Command{Args: args, WriteDirs: []string{dir}}); err != nil {
		if _, failed := errors.AsType[*media.ExitError](err); failed && retake.CodeOf(err) == retake.CodeInternal {
			return undecodable(err)
		}
		return fmt.Errorf("re-encode the clip: %w", err)
	}
	return nil
}

func recodePictures(v *media.Stream, q splice.Quality, threads int) []string {
	return []string{"-c:v:0", "libx264", "-crf:v:0", fmt.Sprint(q.LeadInCRF), "-preset:v:0", q.Preset, "-x264-params:v:0", splice.Repeatable,
		"-threads", fmt.Sprint(threads), "-filter:v:0", "format=" + recodedPixels(v)}
}

// soundTracks returns the options by which each sound track is copied or, where it can't be kept, re-encoded.
func (f *Fate) soundTracks(info *media.Info) (args []string) {
	edited, n := info.Audio(), 0
	for i := range info.Streams {
		s := &info.Streams[i]
		if s.Kind != "audio" {
			continue
		}
		args = append(args, "-map", fmt.Sprintf("0:%d", s.Index))
		if s == edited && f.KeepAudio || s != edited && f.Container.holdsSound(s.Codec) {
			args = append(args, fmt.Sprintf("-c:a:%d", n), "copy")
		} else {
			// Gaps are filled, then samples are counted: times in whole milliseconds, as Matroska has them, would make
			// packets of uneven length.
			args = append(args, fmt.Sprintf("-filter:a:%d", n), "aresample=async=1:first_pts=0,asetpts=N/SR/TB",
				fmt.Sprintf("-c:a:%d", n))
			if f.Container == holdMKV { // Matroska can't leave out what AAC begins with, and would be late by that
				args = append(args, "flac")
			} else {
				args = append(args, "aac", fmt.Sprintf("-b:a:%d", n), fmt.Sprint(recodedBitRate(s)))
			}
		}
		n++
	}
	return args
}
