package sound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"retake/internal/retake"
)

// EspeakConfig says how to run espeak-ng.
type EspeakConfig struct {
	Program  string        `koanf:"program"`  // a name looked up in PATH, or a path
	Language string        `koanf:"language"` // for an Item that names none
	Timeout  time.Duration `koanf:"timeout"`  // for one run
}

// DefaultEspeakConfig returns espeak-ng from PATH, speaking American English.
func DefaultEspeakConfig() EspeakConfig {
	return EspeakConfig{Program: "espeak-ng", Language: "en-us", Timeout: 30 * time.Second}
}

// Validate reports every mistake, each naming its key.
func (c EspeakConfig) Validate() error {
	var errs []error
	if c.Program == "" {
		errs = append(errs, errors.New("program: must name the espeak-ng program"))
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

const (
	normalWords   = 165      // a minute, at Voice.Speed 1
	maxSpeechWAV  = 32 << 20 // bytes espeak-ng may write: 12 minutes
	maxSpeechText = 16 << 10 // bytes of text
)

// Speech errors whose way out is the operator's or the user's.
var (
	errNoEspeak = retake.Errorf(retake.CodeUnavailable,
		"Speech needs espeak-ng, which is not installed on this server. Install it (on Debian and Ubuntu: apt install espeak-ng) or leave the spoken words out.")
	errSpeech = retake.Errorf(retake.CodeEngine,
		"The words could not be spoken: the speech synthesiser failed. Try other words, or leave them out.")
)

// EspeakReady returns nil when espeak-ng can be started, or the error that Espeak's function would return.
func EspeakReady(cfg EspeakConfig) error {
	if _, err := exec.LookPath(cfg.Program); err != nil {
		return errNoEspeak.Because(err)
	}
	return nil
}

// Espeak returns a SpeakFunc that runs espeak-ng in a process group of its own. The text goes through standard input
// and is spoken as it is: no SSML, no phoneme codes.
func Espeak(cfg EspeakConfig) SpeakFunc {
	return func(ctx context.Context, text string, v Voice) ([]float32, int, error) {
		text = speakable(text)
		switch {
		case text == "":
			return nil, 0, retake.Invalid("prompt", "There is nothing to speak: the quoted words are empty.")
		case len(text) > maxSpeechText:
			return nil, 0, retake.Invalid("prompt", "The words to speak are too long.")
		}
		program, err := exec.LookPath(cfg.Program)
		if err != nil {
			return nil, 0, errNoEspeak.Because(err)
		}
		args, err := espeakArgs(cfg, v)
		if err != nil {
			return nil, 0, err
		}
		wav, err := runEspeak(ctx, cfg.Timeout, program, args, text)
		if err != nil {
			return nil, 0, fmt.Errorf("speak: %w", err)
		}
		mono, rate, err := parseWAV(wav)
		if err != nil {
			return nil, 0, fmt.Errorf("speak: %w", errSpeech.Because(err))
		}
		return mono, rate, nil
	}
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

func espeakArgs(cfg EspeakConfig, v Voice) ([]string, error) {
	language := cfg.Language
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

func runEspeak(ctx context.Context, timeout time.Duration, program string, args []string, text string) ([]byte, error) {
	run, stop := context.WithTimeoutCause(ctx, timeout, errors.New("speech timeout"))
	defer stop()
	cmd := exec.CommandContext(run, program, args...)
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=" + os.Getenv("PATH")}
	cmd.Stdin = strings.NewReader(text + "\n")
	out, log := &bounded{limit: maxSpeechWAV}, &bounded{limit: 4 << 10}
	cmd.Stdout, cmd.Stderr = out, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return nil, errSpeech.Because(err)
	}
	confine(cmd.Process.Pid)
	err := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case out.full:
		return nil, retake.Invalid("prompt", "The words to speak are too long.")
	case err != nil:
		return nil, errSpeech.Because(fmt.Errorf("%w: %s", err, bytes.TrimSpace(log.buffer.Bytes())))
	}
	return out.buffer.Bytes(), nil
}

// bounded takes up to limit bytes and refuses more, which ends the writer. It must not embed its buffer: io.Copy
// would find ReadFrom and go around the limit.
type bounded struct {
	buffer bytes.Buffer
	limit  int
	full   bool
}

var errFull = errors.New("output limit reached")

func (b *bounded) Write(p []byte) (int, error) {
	if b.buffer.Len()+len(p) > b.limit {
		b.full = true
		return 0, errFull
	}
	return b.buffer.Write(p)
}
