package pipeline

import (
	"errors"
	"strings"

	"retake/internal/retake"
	"retake/internal/splice"
	"retake/internal/verify"
)

// preview says what an edit of the clip would do: all of a retake.Preview but what the engine and the model say.
func (k *known) preview(c Config, name string, req retake.Request) retake.Preview {
	p := retake.NoPreview()
	p.Clip = k.clip(name)
	problem := func(err error) {
		if e, ok := errors.AsType[*retake.Error](err); ok {
			p.Problems = append(p.Problems, retake.Problem{Field: e.Field, Message: e.Message})
		}
	}
	problem(c.checkLimits(k.info))
	if !req.Mode.Valid() {
		return p
	}
	if e := k.refused[req.Mode]; e != nil {
		problem(e)
		return p
	}
	fate := k.fate(req.Mode)
	p.Exact, p.Reasons = fate.Exact, fate.Reasons
	if req.Mode.Audio() && k.info.Audio() == nil {
		p.Warnings = append(p.Warnings, "The clip has no sound: it will get a track that is silent outside the segment.")
	}
	if k.frames == nil {
		p.Warnings = append(p.Warnings, "Which frames are replaced can't be told of this clip before the run.")
		return p
	}
	for _, e := range req.Mistakes() {
		if e.Field == "start_time" || e.Field == "duration" {
			return p // said by who asked
		}
	}
	segment, plan, err := settleSegment(k.frames, k.length, k.start, req)
	if err != nil {
		problem(err)
		return p
	}
	problem(checkSound(k.sound, segment, req.Mode))
	p.Segment = &retake.FrameSegment{Segment: segment, First: plan.Start, Frames: plan.Edit()}
	p.Spans.Video = listed(k.videoSpans(req.Mode, segment, plan))
	p.Spans.Audio = listed(k.audioSpans(req.Mode, segment))
	return p
}

// listed makes no spans a list without any, which JSON tells apart.
func listed(spans []retake.SpanReport) []retake.SpanReport {
	if spans == nil {
		return []retake.SpanReport{}
	}
	return spans
}

// videoSpans foretells what the proof will say of the pictures.
func (k *known) videoSpans(mode retake.Mode, segment retake.Segment, plan splice.Plan) []retake.SpanReport {
	fate := k.fates[mode]
	read := k.read && !k.moves(fate)
	switch {
	case read && !mode.Video():
		return k.frames.Whole(fate.KeepVideo)
	case read && k.whole == "":
		spans := plan.Spans(k.frames)
		for i := range spans {
			spans[i].Lossless = spans[i].Kind == retake.SpanBridge && plan.Carried < 0 && k.bridgesWithoutLoss()
		}
		return spans
	}
	times := make([]float64, k.frames.Len())
	for i := range times {
		times[i] = k.frames.Time(i)
	}
	spans := verify.WholeSpans(times, k.length, segment, mode)
	for i := range spans {
		s := &spans[i]
		switch s.Kind {
		case retake.SpanHead:
			s.Kept = fate.KeepVideo && (!mode.Video() || plan.LeadIn() == 0)
		case retake.SpanTail:
			s.Kept = fate.KeepVideo && (plan.Bridge() == 0 || k.bridgesWithoutLoss())
		}
	}
	return spans
}

func (k *known) bridgesWithoutLoss() bool {
	v := k.info.Video()
	bits := 8
	if strings.HasSuffix(v.PixFmt, "le") {
		bits = 16 // at most; 8 it is not
	}
	return splice.BridgesWithoutLoss(v.Codec, bits)
}

// moves reports whether the result is a file of another family than the clip, which is compared by what it shows.
func (k *known) moves(f Fate) bool {
	return k.info.DocType != "" && !f.Exact && f.Container != holdMKV
}

// audioSpans foretells what the proof will say of the sound, as far as it goes by packets.
func (k *known) audioSpans(mode retake.Mode, segment retake.Segment) []retake.SpanReport {
	if k.sound == nil || k.sound.Timeline == nil {
		return nil
	}
	fate := k.fates[mode]
	if k.moves(fate) {
		return nil
	}
	if !mode.Audio() {
		return k.sound.Whole(fate.KeepAudio)
	}
	if k.sound.Reason != "" || !fate.KeepAudio || checkSound(k.sound, segment, mode) != nil {
		return nil
	}
	p, q, err := k.sound.Settle(segment.Start, segment.End)
	if err != nil {
		return nil
	}
	from, to := k.sound.Bounds(segment.Start, segment.End)
	return k.sound.SoundSpans(min(p, from), from, to, max(q, to))
}
