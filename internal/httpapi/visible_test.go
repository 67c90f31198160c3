package httpapi

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	for _, name := range []string{
		"clip.mp4", "Screen Recording at 9.41.00\u202fAM.mov", "Überfahrt\u00a0über den Fluß.mp4", "映画\u3000一.mp4", "e\u0301te\u0301.mp4",
		"👩\u200d💻 at work.mp4", "❤\ufe0f.mp4", "👩\u200d❤\ufe0f\u200d💋\u200d👨.mp4", "👍🏽.mp4", "🏳\ufe0f\u200d🌈.mp4", "1\ufe0f\u20e3.mp4", "🇩🇪.mp4",
		"می\u200cخواهم.mp4", "葛\U000e0100.mp4",
	} {
		if err := checkSegment(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for name, want := range map[string]string{
		"a\u200bb": "ab", "\ufeffa": "a", "a\U000e0001b": "ab", "🏴\U000e0067\U000e0062\U000e007f": "🏴", "a\u2060b": "ab", "a\u00adb": "ab",
		"a\u200db": "ab", "a\u200d": "a", "\u200cب": "ب", "a\ufe0f.mp4": "a.mp4", "1\ufe0f": "1", "a\u034fb": "ab", "a\u3164b": "ab", "a\u2028b": "ab",
		"a\u202eb": "ab", "a\x00b": "ab", "👩\u200d\u200d💻": "👩\u200d💻", "a\u200b\u200b": "a", "\u200b": "",
	} {
		if got := visible(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
		if err := checkSegment(name); err == nil || !strings.Contains(err.Error(), "can't be seen") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("👩\u200d❤\ufe0f\u200d💋\u200d👨 1\ufe0f\u20e3 a\u200b\u200db")
	f.Fuzz(func(t *testing.T, name string) {
		if !utf8.ValidString(name) {
			return
		}
		once := visible(name)
		if again := visible(once); again != once {
			t.Errorf("%q becomes %q, and that %q", name, once, again)
		}
	})
}
