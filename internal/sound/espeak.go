package sound

import (
	"context"
	"math"
	"os/exec"
	"strconv"
	"strings"

	"retake/internal/retake"
)

const normalWords = 165 // a minute, at Voice.Speed 1

// espeak runs espeak-ng. The text goes through standard input and is spoken as it is: no SSML, no phoneme codes.
func (c SpeechConfig) espeak(ctx context.Context, text string, v Voice) ([]float32, int, error) {
	program, err := exec.LookPath(c.Program)
	if err != nil {
		return nil, 0, errNoEspeak.Because(err)
	}
	args, err := espeakArgs(c.Language, v)
	if err != nil {
		return nil, 0, err
	}
	out, err := synthesis{program: program, args: args, text: text, timeout: c.Timeout, confine: confineEspeak}.run(ctx)
	if err != nil {
		return nil, 0, err
	}
	return heard(out)
}

func espeakArgs(language string, v Voice) ([]string, error) {
	if v.Language != "" {
		language = v.Language
	}
	if !languageTag.MatchString(language) {
		return nil, retake.Invalid("prompt", "There is no voice for the language asked for.")
	}
	variant, pitch := "+m3", 45
	if v.Sex == Female || v.Child {
		variant, pitch = "+f2", 50
	}
	if v.Child {
		pitch = 85
	}
	pace := 1.0
	if v.Old {
		pitch, pace = pitch-12, 0.88
	}
	if v.Shout {
		pitch, pace = pitch+14, pace*1.05
	}
	if v.Pitch > 0 {
		pitch += int(math.Round(60 * math.Log2(v.Pitch)))
	}
	pitch = min(max(pitch, 0), 99)
	if v.Whisper {
		variant = "+whisper"
		if v.Sex == Female || v.Child {
			variant = "+whisperf"
		}
	}
	speed := v.Speed
	if speed == 0 {
		speed = 1
	}
	words := int(math.Round(normalWords * min(max(speed*pace, 0.5), 2.5)))
	return []string{
		"--stdin", "--stdout", "-z", "-b", "1", "-v", strings.ToLower(language) + variant,
		"-s", strconv.Itoa(words), "-p", strconv.Itoa(pitch), "--",
	}, nil
}
