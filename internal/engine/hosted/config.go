package hosted

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"retake/internal/engine/outside"
	"retake/internal/retake"
)

// Config is one provider.
type Config struct {
	Enabled       bool          `koanf:"enabled"`        // whether the engine is listed
	URL           string        `koanf:"url"`            // of the provider's API
	Model         string        `koanf:"model"`          // the provider's name of the model
	KeyEnv        string        `koanf:"key_env"`        // name of the variable that holds the key
	KeyFile       string        `koanf:"key_file"`       // file that holds it, instead
	Slots         int           `koanf:"slots"`          // jobs at once
	PerMinute     int           `koanf:"per_minute"`     // jobs handed in per minute; 0: any number
	Price         string        `koanf:"price"`          // decimal, for one unit; "" for unknown
	RequestWithin time.Duration `koanf:"request_within"` // for one exchange, but for files
	FileWithin    time.Duration `koanf:"file_within"`    // for one file, up or down
	JobWithin     time.Duration `koanf:"job_within"`     // for a job, from when it is handed in
	PollEvery     time.Duration `koanf:"poll_every"`     // while a job runs
	LostWithin    time.Duration `koanf:"lost_within"`    // without an answer, before the generation goes back to the queue
	AnswerLimit   int64         `koanf:"answer_limit"`   // bytes of a result
}

// DefaultConfig is what the providers have in common.
func DefaultConfig(address, model, keyEnv, price string) Config {
	return Config{
		URL: address, Model: model, KeyEnv: keyEnv, Price: price, Slots: 2, RequestWithin: 30 * time.Second, FileWithin: 10 * time.Minute, JobWithin: 30 * time.Minute,
		PollEvery: 3 * time.Second, LostWithin: 2 * time.Minute, AnswerLimit: 4 << 30,
	}
}

// Validate reports all mistakes at once. What an engine lacks that is not enabled is none.
func (c Config) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		bad("url must be an address such as https://api.example.com, without a key in it")
	}
	if strings.ContainsAny(c.KeyEnv, "= \x00") {
		bad("key_env must be the name of a variable, not a key")
	}
	if c.PerMinute < 0 {
		bad("per_minute must not be negative, got %d", c.PerMinute)
	}
	if c.Price != "" && !retake.IsDecimal(c.Price) {
		bad("price must be a decimal number such as 0.10, got %q", c.Price)
	}
	errs = append(errs, outside.Check(c.Slots, c.AnswerLimit, map[string]time.Duration{"request_within": c.RequestWithin, "file_within": c.FileWithin,
		"job_within": c.JobWithin, "poll_every": c.PollEvery, "lost_within": c.LostWithin}))
	return errors.Join(errs...)
}

// key reads the key anew for each job, so that one that was replaced is taken without a restart.
func (c Config) key() (string, error) {
	if c.KeyFile != "" {
		raw, err := os.ReadFile(c.KeyFile)
		if err != nil {
			return "", fmt.Errorf("read the key's file: %w", err)
		}
		if k := strings.TrimSpace(string(raw)); k != "" && len(k) < 4096 && !strings.ContainsAny(k, "\r\n") {
			return k, nil
		}
		return "", errors.New("the key's file holds no key")
	}
	if k := strings.TrimSpace(os.Getenv(c.KeyEnv)); k != "" {
		return k, nil
	}
	return "", errors.New("no key is set")
}
