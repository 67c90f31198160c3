package httpapi

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"retake/internal/retake"
)

// Config bounds what the HTTP side accepts.
type Config struct {
	PublicURL     string        `koanf:"public_url"`      // the address clients use, for links; "" takes that of each request
	MaxJSON       int64         `koanf:"max_json_bytes"`  // a JSON body, which may carry a clip as a data URI
	MaxFile       int64         `koanf:"max_file_bytes"`  // an uploaded file
	RatePerSecond float64       `koanf:"rate_per_second"` // requests of one key; 0 is unlimited
	RateBurst     int           `koanf:"rate_burst"`      // requests of one key at once above the rate
	MaxSync       int           `koanf:"max_sync"`        // blocking requests of one key that wait at the same time
	MaxStreams    int           `koanf:"max_streams"`     // event streams of one key open at the same time
	KeyCache      time.Duration `koanf:"key_cache"`       // how long a key may work on after another process revoked it
	LinkTTL       time.Duration `koanf:"link_ttl"`        // life of a signed link
	SessionTTL    time.Duration `koanf:"session_ttl"`     // life of a browser's sign-in
	Stall         time.Duration `koanf:"stall_timeout"`   // longest pause within an upload or a download
	KeepAlive     time.Duration `koanf:"keep_alive"`      // between comments on an idle event stream
	PublicRepos   []string      `koanf:"public_repos"`    // namespace/repository: readable without a key
	Thumbnails    int           `koanf:"thumbnails"`      // thumbnails, filmstrips and waveforms made at the same time, of which one key has all but one
}

// DefaultConfig returns limits that a single machine bears.
func DefaultConfig() Config {
	return Config{
		MaxJSON: 64 << 20, MaxFile: 4 << 30,
		RatePerSecond: 10_000, RateBurst: 20_000, MaxSync: 256, MaxStreams: 10_000,
		KeyCache: 2 * time.Second, LinkTTL: 24 * time.Hour, SessionTTL: 30 * 24 * time.Hour,
		Stall: 30 * time.Second, KeepAlive: 15 * time.Second,
		PublicRepos: []string{retake.SampleNamespace + "/" + retake.SampleRepo}, Thumbnails: 2,
	}
}

// Validate reports every mistake, each naming its key.
func (c Config) Validate() error {
	var errs []error
	if c.PublicURL != "" {
		if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			errs = append(errs, fmt.Errorf("public_url: must be an http or https address, got %q", c.PublicURL))
		}
	}
	positive := func(key string, v int64) {
		if v <= 0 {
			errs = append(errs, fmt.Errorf("%s: must be above 0, got %d", key, v))
		}
	}
	positive("max_json_bytes", c.MaxJSON)
	positive("max_file_bytes", c.MaxFile)
	positive("max_sync", int64(c.MaxSync))
	positive("max_streams", int64(c.MaxStreams))
	positive("thumbnails", int64(c.Thumbnails))
	if c.RatePerSecond < 0 {
		errs = append(errs, fmt.Errorf("rate_per_second: must be 0 (unlimited) or above, got %v", c.RatePerSecond))
	}
	if c.RatePerSecond > 0 {
		positive("rate_burst", int64(c.RateBurst))
	}
	for key, d := range map[string]time.Duration{
		"link_ttl": c.LinkTTL, "session_ttl": c.SessionTTL, "stall_timeout": c.Stall, "keep_alive": c.KeepAlive,
	} {
		if d < time.Second {
			errs = append(errs, fmt.Errorf("%s: must be at least 1s, got %s", key, d))
		}
	}
	for key, d := range map[string]time.Duration{"key_cache": c.KeyCache} {
		if d < 0 {
			errs = append(errs, fmt.Errorf("%s: must not be negative, got %s", key, d))
		}
	}
	for _, repo := range c.PublicRepos {
		if _, _, err := splitRepo(repo); err != nil {
			errs = append(errs, fmt.Errorf("public_repos: %w", err))
		}
	}
	return errors.Join(errs...)
}
