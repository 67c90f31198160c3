package comfyui

import (
	"maps"
	"math"

	"retake/internal/retake"
)

// LTX-2's grid: latent 0 is picture 0, latent k holds the pictures 8k-7 to 8k; sound has 25 latents a second.
const (
	latentPictures = 8
	soundLatents   = 25
)

// videoMask returns a span in seconds for which KJNodes' LTXVAudioVideoMask, which rounds to latents inward, marks every
// latent of the pictures [first, first+n).
func videoMask(first, n int, fps float64) retake.Segment {
	latent := func(picture int) int { return (picture + latentPictures - 1) / latentPictures }
	start := max(latentPictures*(latent(first)-1)+1, 0)
	if first == 0 {
		start = 0
	}
	return retake.Segment{Start: float64(start) / fps, End: float64(latentPictures*latent(first+n-1)+1) / fps}
}

// soundMask returns a span for which that node, which marks one latent more than it is asked for, marks every latent that s touches.
func soundMask(s retake.Segment) retake.Segment {
	const slack = 1e-6
	return retake.Segment{Start: math.Floor(s.Start*soundLatents+slack) / soundLatents, End: (math.Ceil(s.End*soundLatents-slack) - 1) / soundLatents}
}

// edited is what that mask has the model make anew, in the file's time.
func edited(job retake.Job) retake.Segment {
	fps := job.Window.Picture.Rate.FPS()
	n := job.WindowFrames()
	s := job.Window.Mark(n)
	if job.Mode.Video() {
		m := videoMask(job.Window.First, n, fps)
		s = retake.Segment{Start: min(s.Start, m.Start), End: max(s.End, m.End)}
	}
	if job.Mode.Audio() {
		m := soundMask(job.Window.Mark(n))
		s = retake.Segment{Start: min(s.Start, m.Start), End: max(s.End, m.End+1.0/soundLatents)}
	}
	return s
}

// values are what the marks stand for in a job whose window was uploaded under a name.
func (e *Engine) values(job retake.Job, video, id string) map[string]any {
	w, n := job.Window, job.WindowFrames()
	fps := w.Picture.Rate.FPS()
	mark := w.Mark(n)
	length := float64(w.Frames) / fps
	// An empty span marks nothing only if it begins behind its end: that node marks the latent of the end, too.
	none := retake.Segment{Start: length + 1, End: 0}
	pictures, sound := none, none
	if job.Mode.Video() {
		pictures = videoMask(w.First, n, fps)
	}
	if job.Mode.Audio() {
		sound = soundMask(mark)
	}
	return map[string]any{
		"video": video, "prompt": job.Prompt, "seed": uint64(job.Seed) & math.MaxInt64, "fps": number(fps),
		"width": w.Picture.Width, "height": w.Picture.Height, "frames": w.Frames, "duration": number(length),
		"start": number(mark.Start), "end": number(mark.End), "first_frame": w.First, "end_frame": w.First + n, "segment_frames": n,
		"mask_start": number(pictures.Start), "mask_end": number(pictures.End), "sound_mask_start": number(sound.Start), "sound_mask_end": number(sound.End),
		"replace_video": job.Mode.Video(), "replace_audio": job.Mode.Audio(), "has_sound": w.Sound.Rate > 0,
		"checkpoint": e.cfg.Checkpoint, "text_encoder": e.cfg.TextEncoder, "name": "retake/" + id,
	}
}

// number is a whole number where it can be: some inputs take no others.
func number(f float64) any {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return int64(f)
	}
	return f
}

// build fills the template.
func (t *template) build(values map[string]any) map[string]node {
	prompt := map[string]node{}
	for id, n := range t.nodes {
		n.Inputs = maps.Clone(n.Inputs)
		prompt[id] = n
	}
	for _, f := range t.fills {
		prompt[f.node].Inputs[f.input] = values[f.mark]
	}
	if t.sound == "" {
		return prompt
	}
	unused, used := t.silence, t.sound
	if values["has_sound"] == false {
		unused, used = used, unused
		for _, n := range prompt {
			for input, v := range n.Inputs {
				if link, ok := v.([]any); ok && len(link) == 2 && link[0] == unused {
					n.Inputs[input] = []any{used, link[1]}
				}
			}
		}
	}
	delete(prompt, unused)
	return prompt
}
