package retake

import "math"

// WindowRate returns the rate at which an engine is shown a clip: its own one that is nearest by ratio, or the clip's.
func (i EngineInfo) WindowRate(own Rate) Rate {
	best := own
	for k, r := range i.Rates {
		if k == 0 || math.Abs(math.Log(r.FPS()/own.FPS())) < math.Abs(math.Log(best.FPS()/own.FPS())) {
			best = r
		}
	}
	return best
}

// MaxFrames returns how many pictures an engine can be shown of a clip with a rate.
func (i EngineInfo) MaxFrames(own Rate) int {
	longest := i.MaxWindow
	if longest <= 0 {
		longest = MaxWindow
	}
	most := int(longest*i.WindowRate(own).FPS() + 1e-6)
	if s := i.FrameStep; s > 1 {
		most = (most-1)/s*s + 1
	}
	return most
}

// CheckSegment refuses a segment, the pictures [start, end) of a clip with a rate and a total, that doesn't fit into what a
// generative engine can be shown, with the one real picture on either side that it has to see where there is one. The
// error is CodeInvalid and about the duration.
func (i EngineInfo) CheckSegment(own Rate, start, end, total int) error {
	beside := min(start, 1) + min(max(total-end, 0), 1)
	most := i.MaxFrames(own)
	if end-start+beside <= most {
		return nil
	}
	fits := math.Floor(float64(most-beside)/own.FPS()*100) / 100
	return Invalid("duration", "The segment has %d pictures, and the engine %s can be shown %d, with the ones beside it: choose a duration of at most %s s.",
		end-start, i.Name, most, trim(fits))
}

// Span returns which pictures [from, to) of a clip an engine is shown around the segment [start, end), and how many the window holds:
// with those that repeat the last one where the clip has too few for the engine.
func (i EngineInfo) Span(own Rate, start, end, total int) (from, to, frames int) {
	most := i.MaxFrames(own)
	handle := i.Handle
	if handle <= 0 {
		handle = DefaultHandle
	}
	from, to = max(start-handle, 0), min(end+handle, total)
	for to-from > most { // the longer handle gives way, down to one picture
		if start-from >= to-end && start-from > 1 {
			from++
		} else {
			to--
		}
	}
	frames = max(to-from, min(i.MinFrames, most))
	if s := i.FrameStep; s > 1 {
		frames = (frames+s-2)/s*s + 1
	}
	to = min(from+frames, total) // what fills up the count is real as far as it goes
	from = max(to-frames, 0)
	return from, to, frames
}
