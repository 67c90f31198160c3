package sound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"retake/internal/retake"
)

const maxSpeechWAV = 32 << 20 // bytes that a synthesiser may write: 12 minutes of espeak-ng

// synthesis is one run of a program that speaks.
type synthesis struct {
	program string
	args    []string
	env     []string // besides PATH and a locale of UTF-8
	text    string   // on standard input
	timeout time.Duration
	confine func(pid int)
}

// run returns what the program wrote to standard output.
func (s synthesis) run(ctx context.Context) ([]byte, error) {
	run, stop := context.WithTimeoutCause(ctx, s.timeout, errors.New("speech timeout"))
	defer stop()
	cmd := exec.CommandContext(run, s.program, s.args...)
	cmd.Env = append([]string{"LC_ALL=C.UTF-8", "PATH=" + os.Getenv("PATH")}, s.env...)
	cmd.Stdin = strings.NewReader(s.text + "\n")
	out, log := &bounded{limit: maxSpeechWAV}, &bounded{limit: 4 << 10, rest: true}
	cmd.Stdout, cmd.Stderr = out, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return nil, errSpeech.Because(err)
	}
	s.confine(cmd.Process.Pid)
	err := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case out.full:
		return nil, errTooLong
	case err != nil:
		return nil, errSpeech.Because(fmt.Errorf("%w: %s", err, bytes.TrimSpace(log.buffer.Bytes())))
	}
	return out.buffer.Bytes(), nil
}

var errTooLong = retake.Invalid("prompt", "The words to speak are too long.")

// heard reads what a synthesiser wrote.
func heard(wav []byte) ([]float32, int, error) {
	mono, rate, err := parseWAV(wav)
	if err != nil {
		return nil, 0, errSpeech.Because(err)
	}
	return mono, rate, nil
}

// bounded takes up to limit bytes. It refuses more, which ends the writer, or takes the rest and forgets it. It must not embed its
// buffer: io.Copy would find ReadFrom and go around the limit.
type bounded struct {
	buffer bytes.Buffer
	limit  int
	rest   bool // what is over the limit is forgotten
	full   bool
}

var errFull = errors.New("output limit reached")

func (b *bounded) Write(p []byte) (int, error) {
	if room := b.limit - b.buffer.Len(); len(p) > room {
		b.full = true
		if !b.rest {
			return 0, errFull
		}
		b.buffer.Write(p[:room])
		return len(p), nil
	}
	return b.buffer.Write(p)
}
