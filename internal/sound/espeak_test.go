package sound

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retake/internal/retake"
	"retake/internal/wish"
)

func needEspeak(t *testing.T) SpeakFunc {
	t.Helper()
	if err := SpeechReady(DefaultSpeechConfig()); err != nil {
		t.Skip("espeak-ng is not installed")
	}
	return Speaker(DefaultSpeechConfig())
}

func TestEspeakSpeaks(t *testing.T) {
	say := needEspeak(t)
	length := func(text string, v Voice) float64 {
		t.Helper()
		x, rate, err := say(context.Background(), text, v, "")
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		between(t, "peak of "+text, planes{x}.peak(), 0.1, 1)
		return float64(len(trimmed(x, rate))) / float64(rate)
	}
	plain := length("The quick brown fox jumps over the lazy dog.", Voice{})
	between(t, "seconds", plain, 1.8, 4)
	near(t, "half as fast again", length("The quick brown fox jumps over the lazy dog.", Voice{Speed: 1.5}), plain/1.5, 0.35)
	for _, v := range []Voice{{Sex: Female}, {Sex: Male, Whisper: true}, {Sex: Female, Whisper: true}, {Child: true}, {Language: "de"}} {
		between(t, "seconds", length("Hello there my friend", v), 0.5, 3)
	}
	// Words that look like options, markup or codes are words.
	between(t, "an option", length("--version is not an option here", Voice{}), 1, 5)
	between(t, "a phoneme code", length("one [[h@'loU]] two", Voice{}), 0.8, 4)
	between(t, "markup", length(`before <break time="9s"/> after`, Voice{}), 0.8, 7)
	between(t, "lines", length("one\ntwo\x00\x1b three", Voice{}), 0.6, 2.5)
}

func TestEspeakIsTheSameTwice(t *testing.T) {
	say := needEspeak(t)
	a, _, err := say(context.Background(), "twice the same", Voice{Sex: Female}, "")
	if err != nil {
		t.Fatal(err)
	}
	b, _, _ := say(context.Background(), "twice the same", Voice{Sex: Female}, "")
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error("two runs differ")
	}
}

func TestEspeakRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		text  string
		voice Voice
		code  retake.Code
	}{
		"empty":           {" \n\x00", Voice{}, retake.CodeInvalid},
		"huge":            {strings.Repeat("word ", 5000), Voice{}, retake.CodeInvalid},
		"a path":          {"hello", Voice{Language: "../../etc/passwd"}, retake.CodeInvalid},
		"an option":       {"hello", Voice{Language: "-w"}, retake.CodeInvalid},
		"unknown tongue":  {"hello", Voice{Language: "zzz"}, retake.CodeEngine},
		"another unknown": {"hello", Voice{Language: "qq-qq"}, retake.CodeEngine},
	} {
		_, _, err := needEspeak(t)(context.Background(), test.text, test.voice, "")
		if err == nil || retake.CodeOf(err) != test.code {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
	}
}

func TestEspeakAbsent(t *testing.T) {
	cfg := DefaultSpeechConfig()
	cfg.Program = "no-such-program-here"
	_, _, err := Speaker(cfg)(context.Background(), "hello", Voice{}, "")
	for _, err := range []error{err, SpeechReady(cfg)} {
		e, ok := errors.AsType[*retake.Error](err)
		if !ok || e.Code != retake.CodeUnavailable || !strings.Contains(e.Message, "espeak-ng") || !strings.Contains(e.Message, "nstall") {
			t.Errorf("%v does not say what to install", err)
		}
	}
}

// script makes a program that stands in for espeak-ng.
func script(t *testing.T, body string) SpeechConfig {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fake-espeak")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return SpeechConfig{Program: path, Language: "en", Timeout: 20 * time.Second}
}

func TestEspeakGetsTextByStdin(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("RETAKE_SECRET", "do not pass on")
	cfg := script(t, "cat >"+dir+"/in; echo \"$@\" >"+dir+"/args; env >"+dir+"/env; exit 3")
	_, _, err := Speaker(cfg)(context.Background(), "$(touch x); `id` --help", Voice{Sex: Female, Speed: 2}, "")
	if retake.CodeOf(err) != retake.CodeEngine {
		t.Errorf("a failing program: %v", err)
	}
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(b))
	}
	if diff := cmp.Diff("$(touch x); `id` --help", read("in")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("--stdin --stdout -z -b 1 -v en+f2 -s 330 -p 50 --", read("args")); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(read("env"), "RETAKE_SECRET") {
		t.Error("the environment is passed on")
	}
}

func TestEspeakStopsWithItsChildren(t *testing.T) {
	dir := t.TempDir()
	cfg := script(t, "sleep 60 & echo $! >"+dir+"/tmp; mv "+dir+"/tmp "+dir+"/child; wait")
	ctx, stop := context.WithCancelCause(context.Background())
	child := make(chan int, 1)
	go func() {
		defer stop(retake.ErrCancelled)
		defer close(child)
		for range 1000 {
			if b, err := os.ReadFile(dir + "/child"); err == nil {
				pid, _ := strconv.Atoi(strings.TrimSpace(string(b)))
				child <- pid
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	_, _, err := Speaker(cfg)(ctx, "hello", Voice{}, "")
	if !errors.Is(err, retake.ErrCancelled) {
		t.Errorf("%v, want the cause", err)
	}
	pid, ok := <-child
	if !ok || pid < 2 {
		t.Fatal("the program did not start")
	}
	// A killed orphan is gone once its new parent has waited for it; until then it is a zombie.
	for range 500 {
		state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the child process %d still runs: %v", pid, syscall.Kill(pid, 0))
}

func TestEspeakOutputIsBounded(t *testing.T) {
	if _, err := exec.LookPath("yes"); err != nil {
		t.Skip("no endless writer here")
	}
	_, _, err := Speaker(script(t, "exec yes"))(context.Background(), "hello", Voice{}, "")
	if retake.CodeOf(err) != retake.CodeInvalid {
		t.Errorf("endless output: %v", err)
	}
	_, _, err = Speaker(script(t, "echo this is no WAV"))(context.Background(), "hello", Voice{}, "")
	if retake.CodeOf(err) != retake.CodeEngine {
		t.Errorf("no WAV: %v", err)
	}
	cfg := script(t, "exec sleep 60")
	cfg.Timeout = 50 * time.Millisecond
	if _, _, err = Speaker(cfg)(context.Background(), "hello", Voice{}, ""); retake.CodeOf(err) != retake.CodeEngine {
		t.Errorf("a program that hangs: %v", err)
	}
}

func TestSpeechConfig(t *testing.T) {
	if err := DefaultSpeechConfig().Validate(); err != nil {
		t.Error(err)
	}
	err := SpeechConfig{Language: "../x"}.Validate()
	for _, key := range []string{"program", "language", "timeout"} {
		if err == nil || !strings.Contains(err.Error(), key+":") {
			t.Errorf("%v does not name %s", err, key)
		}
	}
}

func TestRealWordsInAClip(t *testing.T) {
	in := clip(retake.SoundFormat{Rate: 48000, Channels: 2}, 4, 1)
	in.Speak = needEspeak(t)
	out := render(t, in, Item{Kind: Speech, Strength: 0.5, Detail: wish.Detail{Text: "Look, it is raining again."}})
	checkSeams(t, "espeak", in, out)
	between(t, "share of a voice's band", bandShare(out.cut(48000, 96000), 48000, 80, 5000), 0.9, 1)
}
