package sound

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"retake/internal/retake"
)

// SpeechConfig says who speaks: espeak-ng, or another program where Command names one.
type SpeechConfig struct {
	Program     string        `koanf:"program"`      // espeak-ng: a name looked up in PATH, or a path
	Command     []string      `koanf:"command"`      // a program that speaks instead, with its arguments; see command
	MemoryLimit int64         `koanf:"memory_limit"` // bytes of data that Command may use; 0: any. Linux
	Language    string        `koanf:"language"`     // of words for which none is named
	Timeout     time.Duration `koanf:"timeout"`      // for one run
}

// DefaultSpeechConfig returns espeak-ng from PATH, speaking American English.
func DefaultSpeechConfig() SpeechConfig {
	return SpeechConfig{Program: "espeak-ng", Language: "en-us", Timeout: 30 * time.Second}
}

// Validate reports every mistake, each naming its key.
func (c SpeechConfig) Validate() error {
	var errs []error
	if c.Program == "" && len(c.Command) == 0 {
		errs = append(errs, errors.New("program: must name the espeak-ng program"))
	}
	if len(c.Command) > 0 {
		errs = append(errs, checkCommand(c.Command))
	}
	if c.MemoryLimit != 0 && c.MemoryLimit < 16<<20 {
		errs = append(errs, fmt.Errorf("memory_limit: must be 0 or at least 16MB, got %d", c.MemoryLimit))
	}
	if !languageTag.MatchString(c.Language) {
		errs = append(errs, fmt.Errorf("language: %q is not a language tag such as en-us", c.Language))
	}
	if c.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("timeout: must be positive, got %v", c.Timeout))
	}
	return errors.Join(errs...)
}

// A language becomes part of an argument, and espeak-ng would take a path there.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$`)

const maxSpeechText = 16 << 10 // bytes

// Speech errors whose way out is the operator's or the user's.
var (
	errNoEspeak = retake.Errorf(retake.CodeUnavailable,
		"Speech needs espeak-ng, which is not installed on this server. Install it (on Debian and Ubuntu: apt install espeak-ng) or leave the spoken words out.")
	errNoSpeaker = retake.Errorf(retake.CodeUnavailable,
		"Speech is not possible now: the program that the settings name for it (engine.builtin.speech.command) is not there. Leave the spoken words out, or tell the operator.")
	errSpeech = retake.Errorf(retake.CodeEngine,
		"The words could not be spoken: the speech synthesiser failed. Try other words, or leave them out.")
)

// SpeechReady returns nil when the program that speaks can be started, or the error that Speaker's function would return.
func SpeechReady(cfg SpeechConfig) error {
	program, missing := cfg.Program, errNoEspeak
	if len(cfg.Command) > 0 {
		program, missing = cfg.Command[0], errNoSpeaker
	}
	if _, err := exec.LookPath(program); err != nil {
		return missing.Because(err)
	}
	return nil
}

// Speaker returns a SpeakFunc that runs the configured program, each time in a process group of its own.
func Speaker(cfg SpeechConfig) SpeakFunc {
	return func(ctx context.Context, text string, v Voice, tempDir string) ([]float32, int, error) {
		text = speakable(text)
		switch {
		case text == "":
			return nil, 0, retake.Invalid("prompt", "There is nothing to speak: the quoted words are empty.")
		case len(text) > maxSpeechText:
			return nil, 0, retake.Invalid("prompt", "The words to speak are too long.")
		}
		var mono []float32
		var rate int
		var err error
		if len(cfg.Command) > 0 {
			mono, rate, err = cfg.command(ctx, text, v, tempDir)
		} else {
			mono, rate, err = cfg.espeak(ctx, text, v)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("speak: %w", err)
		}
		return mono, rate, nil
	}
}

// Unheard names what of a voice the configured program can't be told, such as "whisper".
func (c SpeechConfig) Unheard(v Voice) []string {
	if len(c.Command) == 0 {
		return nil
	}
	var out []string
	deaf := func(said bool, slot, word string) {
		if said && !slices.ContainsFunc(c.Command, func(arg string) bool { return strings.Contains(arg, slot) }) {
			out = append(out, word)
		}
	}
	deaf(v.Sex != AnySex, "{sex}", string(v.Sex))
	deaf(v.Child, "{age}", "child")
	deaf(v.Old, "{age}", "old")
	deaf(v.Whisper, "{manner}", "whisper")
	deaf(v.Shout, "{manner}", "shout")
	return out
}

// speakable drops control characters and takes the meaning from "[[", which starts phoneme codes.
func speakable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, text)
	text = strings.NewReplacer("[", " ", "]", " ").Replace(text)
	return strings.Join(strings.Fields(text), " ")
}
