package fal

import (
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"retake/internal/engine/hosted"
	"retake/internal/retake"
)

// Name is the engine's.
const Name = "fal"

// Config is the provider, whose files go to another place than its jobs.
type Config struct {
	hosted.Config `koanf:",squash"`
	Storage       string `koanf:"storage_url"` // where files are uploaded
}

// DefaultConfig has the price that the provider names for a second.
func DefaultConfig() Config {
	c := hosted.DefaultConfig("https://queue.fal.run", "fal-ai/ltx-2/retake-video", "FAL_KEY", "0.10")
	c.PollEvery = 2 * time.Second
	return Config{Config: c, Storage: "https://rest.fal.ai"}
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	err := c.Config.Validate()
	u, bad := url.Parse(c.Storage)
	if bad != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		err = errors.Join(err, errors.New("storage_url must be an address such as https://rest.example.com, without a key in it"))
	}
	return err
}

// New makes the engine.
func New(cfg Config, record string, log *slog.Logger) (retake.Engine, error) {
	s := service{model: strings.Trim(cfg.Model, "/"), storage: strings.TrimSuffix(cfg.Storage, "/")}
	return hosted.New(s, cfg.Config, hosted.Options{Name: Name, Scheme: "Key", Own: []string{cfg.Storage}, Unit: retake.PerSecond, Currency: "USD", Record: record, Log: log})
}
