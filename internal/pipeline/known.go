package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"retake/internal/container"
	"retake/internal/media"
	"retake/internal/retake"
	"retake/internal/splice"
)

// known is what is worth remembering of a clip. It holds no open file.
type known struct {
	info    *media.Info
	fates   map[retake.Mode]Fate
	refused map[retake.Mode]*retake.Error
	read    bool // its packets can be read one by one, whether or not they can be replaced

	frames  *splice.Timeline // nil where the times of the frames can't be told
	length  float64          // seconds, of the pictures
	whole   string           // why the pictures can only be re-encoded as a whole, "" when they need not be
	resumes []splice.Resume  // where the original can go on after a segment

	sound *splice.Audio // its file is closed; nil: none, or not read

	beside string // which pictures outside a segment are encoded anew all the same

	told *retake.Clip // of a summary, which has no frames and no sound: what wholeClip says, but for the container
}

// summary is what to remember of a clip that is too long to be remembered as a whole.
func (k *known) summary() *known {
	return &known{info: k.info, told: k.wholeClip("")}
}

// Describe says what a clip is, and what edits of one of its sound tracks keep (0: the default one). A clip that no mode can edit is an error.
func Describe(ctx context.Context, tools *media.Tools, path string, audioTrack int) (*retake.Clip, error) {
	k, err := look(ctx, tools, path, audioTrack)
	if err != nil {
		return nil, err
	}
	return k.wholeClip(path), nil
}

// look finds out all there is to know of a clip.
func look(ctx context.Context, tools *media.Tools, path string, audioTrack int) (k *known, err error) {
	info, err := tools.Probe(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := info.Choose(audioTrack); err != nil {
		return nil, err
	}
	k = &known{info: info, fates: map[retake.Mode]Fate{}, refused: map[retake.Mode]*retake.Error{}}
	src, openErr := splice.OpenTrack(path, audioTrack)
	if src != nil {
		defer func() { err = errors.Join(err, src.Close()) }()
	}
	uneven := false
	if openErr != nil {
		if uneven, err = unevenSound(ctx, tools, info, path); err != nil {
			return nil, err
		}
	}
	for _, mode := range retake.Modes() {
		fate, err := fateOf(info, src, openErr, uneven, mode)
		if e, ok := errors.AsType[*retake.Error](err); ok {
			k.refused[mode] = e
		} else if err != nil {
			return nil, err
		}
		k.fates[mode] = fate
	}
	if len(k.refused) == len(k.fates) {
		return nil, k.refused[retake.ReplaceAudioAndVideo]
	}
	if src != nil {
		return k, k.readTracks(src)
	}
	if errors.Is(openErr, splice.ErrCut) {
		k.whole = cutPictures
	}
	return k, k.readPackets(ctx, tools, path)
}

// readTracks takes note of what an opened clip's tables say.
func (k *known) readTracks(src *splice.Source) (err error) {
	k.read, k.frames, k.length, k.whole = true, src.Video.Timeline, src.Duration(), src.Video.Reason
	if k.whole == "" {
		if k.resumes, err = k.frames.Resumes(src.Video.Start); err != nil {
			return fmt.Errorf("look for keyframes: %w", err)
		}
		k.beside = src.Video.Beside()
	}
	if a := src.Audio; a != nil {
		k.sound, err = a, a.Outline()
	}
	return err
}

// microsecond is the unit of the timelines of clips whose own clock isn't read.
const microsecond = 1_000_000

// readPackets lays the frames out by what ffprobe sees of them. Where that isn't enough, only frames stays nil.
func (k *known) readPackets(ctx context.Context, tools *media.Tools, path string) error {
	v := k.info.Video()
	packets, err := tools.Packets(ctx, path, v.Index)
	if err != nil {
		return err
	}
	if len(packets) == 0 {
		return nil
	}
	ticks := func(seconds float64) int64 { return int64(math.Round(seconds * microsecond)) }
	first := slices.MinFunc(packets, func(a, b media.Packet) int { return cmp.Compare(a.Time, b.Time) }).Time
	list := make([]container.Sample, len(packets))
	for i, p := range packets {
		list[i] = container.Sample{DTS: ticks(p.Time - first), Duration: uint32(ticks(min(max(p.Duration, 0), 1000))), Sync: p.Key}
	}
	// A rewritten file begins with its earliest track, and states in whole milliseconds how much later another begins.
	delay := max(0, ticks(first-k.info.Start)/1000*1000)
	frames, err := splice.LayOut(container.NewSamples(list), microsecond, 0, delay)
	if err != nil {
		return nil
	}
	if last := frames.Display(frames.Len() - 1); frames.Len() > 1 && list[last].Duration == 0 {
		list[last].Duration = uint32(frames.PTS(frames.Len()-1) - frames.PTS(frames.Len()-2))
		frames.Samples = container.NewSamples(list)
	}
	k.frames, k.length, k.whole = frames, frames.Time(frames.Len()), cmp.Or(k.whole, obstacle(v))
	if k.whole == "" {
		k.resumes, err = frames.Resumes(func(i int) (splice.Start, error) {
			if v.Codec == "hevc" && frames.Rank(i) != i { // packets do not tell which of the others are open
				return splice.OpenStart, nil
			}
			return splice.ClosedStart, nil
		})
	}
	return err
}

// start stands for splice.Video.Start as far as a plan's spans depend on it.
func (k *known) start(decode int) (splice.Start, error) {
	i, found := slices.BinarySearchFunc(k.resumes, decode, func(r splice.Resume, d int) int { return cmp.Compare(r.Decode, d) })
	if !found {
		return splice.NoStart, nil
	}
	return k.resumes[i].Start, nil
}

// weight is about how much memory it takes, in samples of a track.
func (k *known) weight() int {
	n := perClip + perTrack*len(k.info.Streams)
	if k.told != nil {
		n += len(k.told.KeyframeTimes)
	}
	if k.frames != nil {
		n += k.frames.Len()
	}
	if k.sound != nil && k.sound.Timeline != nil {
		n += 2 * k.sound.Len() // what Outline keeps of each
	}
	return n
}

// clip tells what is known, but for the times of keyframes. The name's extension tells formats apart that have the same container.
func (k *known) clip(name string) *retake.Clip {
	info := k.info
	c := &retake.Clip{
		Format: info.Format, Container: containerName(info, name), Duration: info.Duration, Size: info.Size,
		Exact: true, Modes: map[retake.Mode]retake.Fate{}, Others: len(info.Streams) - 1,
	}
	v := info.Video()
	c.FPS = v.Rate.FPS()
	c.Video = &retake.Pictures{
		Codec: v.Codec, Profile: v.Profile, Width: v.Width, Height: v.Height, Rotation: v.Rotation,
		Rate: v.Rate, Frames: v.Frames, PixFmt: v.PixFmt, Matrix: v.Matrix, Interlaced: !v.Progressive() || k.whole == splice.Interlaced,
	}
	if v.Frames == 0 && k.frames != nil {
		c.Video.Frames = k.frames.Len()
	}
	if a := info.Audio(); a != nil {
		c.Others--
		sound := toldSound(a)
		c.Audio = &sound
	}
	for i := range info.Streams {
		if s := &info.Streams[i]; s != v && s != info.Audio() {
			c.OtherKind = append(c.OtherKind, s.Name())
		}
	}
	for i, s := range info.Sounds() {
		c.Tracks = append(c.Tracks, retake.SoundTrack{Number: i + 1, Sound: toldSound(s), Language: s.Language, Title: s.Title, Edited: s == info.Audio()})
	}
	if k.read && k.whole == "" {
		c.Keyframes = k.keyframes()
	}
	for mode := range k.fates {
		c.Modes[mode] = k.fate(mode)
		c.Exact = c.Exact && c.Modes[mode].Exact
	}
	return c
}

func toldSound(s *media.Stream) retake.Sound {
	return retake.Sound{Codec: s.Codec, Profile: s.Profile, SampleRate: s.SampleRate, Channels: s.Channels}
}

// wholeClip tells all that is known.
func (k *known) wholeClip(name string) *retake.Clip {
	if k.told != nil {
		c := *k.told
		c.Container = containerName(k.info, name)
		return &c
	}
	c := k.clip(name)
	c.KeyframeTimes = k.keyframeTimes()
	return c
}

// fate words what an edit in one mode keeps for the time before the edit.
func (k *known) fate(mode retake.Mode) retake.Fate {
	fate := k.fates[mode]
	f := retake.Fate{Exact: fate.Exact, KeepVideo: fate.KeepVideo, KeepAudio: fate.KeepAudio, Reasons: []string{}}
	for _, reason := range fate.Reasons {
		f.Reasons = append(f.Reasons, ahead(reason))
	}
	if e := k.refused[mode]; e != nil {
		f.Refused = e.Message
		return f
	}
	if mode.Video() && fate.KeepVideo && k.beside != "" {
		f.Beside = append(f.Beside, k.beside)
	}
	if a := k.sound; mode.Audio() && fate.KeepAudio && a != nil && a.Beside() != "" {
		f.Beside = append(f.Beside, a.Beside())
	}
	return f
}

func (k *known) keyframes() *retake.Keyframes {
	all := &retake.Keyframes{Count: len(k.resumes)}
	before := k.frames.Time(0)
	for _, t := range append(k.resumeTimes(1), k.frames.Time(k.frames.Len())) {
		all.Apart, before = max(all.Apart, t-before), t
	}
	return all
}

func (k *known) keyframeTimes() []float64 {
	step := 1 + (len(k.resumes)-1)/retake.MaxKeyframeTimes
	return k.resumeTimes(step)
}

// resumeTimes lists when every so many of the starts is shown, seconds.
func (k *known) resumeTimes(step int) []float64 {
	times := []float64{}
	for i := 0; i < len(k.resumes); i += step {
		times = append(times, k.frames.Time(k.frames.Rank(k.resumes[i].Decode)))
	}
	return times
}
