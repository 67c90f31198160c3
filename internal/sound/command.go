package sound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Slots of SpeechConfig.Command, which stand for what each run is told. The words themselves are never part of a command line: they
// come on standard input, or in the file that {text} names.
const (
	slotOut  = "{out}"  // a WAV file to write; without it the WAV is read from standard output
	slotText = "{text}" // a file with the words
)

var slotNames = []string{slotOut, slotText, "{language}", "{sex}", "{age}", "{manner}", "{speed}", "{length}", "{pitch}"}

var slot = regexp.MustCompile(`\{[a-z_]*\}`)

// checkCommand reports what is wrong with a Command, naming its key.
func checkCommand(command []string) error {
	if command[0] == "" || slot.MatchString(command[0]) {
		return errors.New("command: must begin with the name of a program")
	}
	for _, arg := range command[1:] {
		for _, name := range slot.FindAllString(arg, -1) {
			if !slices.Contains(slotNames, name) {
				return fmt.Errorf("command: there is no %s; there are %s", name, strings.Join(slotNames, " "))
			}
		}
	}
	return nil
}

// command runs the program that the operator chose, with a folder for its files below tempDir that is removed afterwards.
func (c SpeechConfig) command(ctx context.Context, text string, v Voice, tempDir string) ([]float32, int, error) {
	program, err := exec.LookPath(c.Command[0])
	if err != nil {
		return nil, 0, errNoSpeaker.Because(err)
	}
	dir, err := os.MkdirTemp(tempDir, "speech-")
	if err != nil {
		return nil, 0, fmt.Errorf("make a folder for the words: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "text"), []byte(text+"\n"), 0o600); err != nil {
		return nil, 0, fmt.Errorf("write the words: %w", err)
	}
	out := filepath.Join(dir, "out.wav")
	told := strings.NewReplacer(c.slots(v, out, filepath.Join(dir, "text"))...)
	s := synthesis{program: program, text: text, timeout: c.Timeout, env: []string{"TMPDIR=" + dir, "HOME=" + os.Getenv("HOME")},
		confine: func(pid int) { confineCommand(pid, c.MemoryLimit) }}
	writes := false
	for _, arg := range c.Command[1:] {
		writes = writes || strings.Contains(arg, slotOut)
		s.args = append(s.args, told.Replace(arg))
	}
	wav, err := s.run(ctx)
	if err == nil && writes {
		wav, err = readWAV(out)
	}
	if err != nil {
		return nil, 0, err
	}
	return heard(wav)
}

// slots lists each slot and what it stands for in one run.
func (c SpeechConfig) slots(v Voice, out, text string) []string {
	language, age, manner := c.Language, "adult", "plain"
	if v.Language != "" {
		language = v.Language
	}
	switch {
	case v.Child:
		age = "child"
	case v.Old:
		age = "old"
	}
	switch {
	case v.Whisper:
		manner = "whisper"
	case v.Shout:
		manner = "shout"
	}
	times := func(x float64) float64 {
		if x > 0 {
			return x
		}
		return 1
	}
	sex := v.Sex
	if sex == AnySex {
		sex = "any"
	}
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) }
	return []string{slotOut, out, slotText, text, "{language}", language, "{sex}", string(sex), "{age}", age, "{manner}", manner,
		"{speed}", number(times(v.Speed)), "{length}", number(1 / times(v.Speed)), "{pitch}", number(times(v.Pitch))}
}

// readWAV reads what the program wrote, within the bound.
func readWAV(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errSpeech.Because(fmt.Errorf("the program wrote no %s", slotOut))
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errSpeech.Because(errors.New("what the program wrote is no file"))
	}
	wav, err := io.ReadAll(io.LimitReader(f, maxSpeechWAV+1))
	switch {
	case err != nil:
		return nil, errSpeech.Because(err)
	case len(wav) > maxSpeechWAV:
		return nil, errTooLong
	}
	return wav, nil
}
