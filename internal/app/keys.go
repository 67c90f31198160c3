package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"retake/internal/config"
	"retake/internal/httpapi"
	"retake/internal/retake"
	"retake/internal/store/sqlite"
)

// keyPrefix marks a key as one of ours, for people and for scanners of leaked secrets.
const keyPrefix = "rtk_"

// namespaceForm is what a namespace may be called: it is a part of addresses.
var namespaceForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// CreateKey makes a key in the data folder of a server that was started before, and returns its secret: the only time
// that it is to be had. A running server takes the key at once.
func CreateKey(ctx context.Context, cfg config.Config, namespace string, grants []string) (secret string, err error) {
	for _, n := range append([]string{namespace}, grants...) {
		if !namespaceForm.MatchString(n) {
			return "", retake.Invalid("namespace", "a namespace is 1 to 64 letters, digits, dots, dashes and underscores, got %q", n)
		}
	}
	d, err := existingData(cfg)
	if err != nil {
		return "", err
	}
	err = withStore(ctx, cfg, d, func(s *sqlite.Store) error {
		_, secret, err = newKey(ctx, s, namespace, grants)
		return err
	})
	return secret, err
}

// newKey makes a key with 128 random bits and stores its hash.
func newKey(ctx context.Context, keys retake.Keys, namespace string, grants []string) (id, secret string, err error) {
	secret = keyPrefix + rand.Text()
	k := retake.Key{ID: strings.ToLower(rand.Text()[:8]), Namespace: namespace, Namespaces: grants}
	if err := keys.CreateKey(ctx, k, httpapi.HashKey(secret)); err != nil {
		return "", "", err
	}
	return k.ID, secret, nil
}

// ListKeys lists the keys, revoked ones too, oldest first.
func ListKeys(ctx context.Context, cfg config.Config) (list []retake.Key, err error) {
	d, err := existingData(cfg)
	if err != nil {
		return nil, err
	}
	err = withStore(ctx, cfg, d, func(s *sqlite.Store) error {
		list, err = s.ListKeys(ctx)
		return err
	})
	return list, err
}

// RevokeKey makes a key useless. A running server notices within http.key_cache.
func RevokeKey(ctx context.Context, cfg config.Config, id string) error {
	d, err := existingData(cfg)
	if err != nil {
		return err
	}
	return withStore(ctx, cfg, d, func(s *sqlite.Store) error {
		err := s.RevokeKey(ctx, id)
		if errors.Is(err, retake.ErrNotFound) {
			return retake.Invalid("id", "there is no key with the id %q; retake keys list shows them", id)
		}
		return err
	})
}

// existingData finds the folder of a server that was started before.
func existingData(cfg config.Config) (data, error) {
	dir, err := cfg.Server.DataDir()
	if err != nil {
		return data{}, err
	}
	d := data{dir}
	if _, err := os.Stat(storeConfig(cfg, d).Path); err != nil {
		return data{}, retake.Invalid("data", "there is no Retake database in %s: say with --data which folder the server has; its first start makes it", dir)
	}
	return d, nil
}

// withStore opens the database beside a server that may be running.
func withStore(ctx context.Context, cfg config.Config, d data, do func(*sqlite.Store) error) error {
	c := storeConfig(cfg, d)
	c.Shared = true
	s, err := sqlite.Open(ctx, c)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	return errors.Join(do(s), s.Close())
}

func storeConfig(cfg config.Config, d data) sqlite.Config {
	c := cfg.Store
	if c.Path == "" {
		c.Path = d.database()
	}
	return c
}
