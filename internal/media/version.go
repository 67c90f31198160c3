package media

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Version returns ffmpeg's version as it calls itself, such as "5.1.9-0+deb12u1".
func (t *Tools) Version(ctx context.Context) (string, error) {
	out, err := t.Run(ctx, Command{Args: []string{"-version"}})
	if err != nil {
		return "", err
	}
	fields := strings.Fields(string(out)) // ffmpeg version 5.1.9-0+deb12u1 Copyright …
	if len(fields) < 3 || fields[1] != "version" {
		return "", fmt.Errorf("ffmpeg -version: unexpected answer")
	}
	return fields[2], nil
}

// Missing returns the encoders of names (libx264, aac, …) that this ffmpeg was built without.
func (t *Tools) Missing(ctx context.Context, names ...string) ([]string, error) {
	out, err := t.Run(ctx, Command{Args: []string{"-encoders"}})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return hasEncoder(string(out), name)
	}), nil
}

// hasEncoder looks a name up in the listing of -encoders: " V....D libx264   H.264 …".
func hasEncoder(listing, name string) bool {
	for line := range strings.Lines(listing) {
		if f := strings.Fields(line); len(f) >= 2 && len(f[0]) == 6 && f[1] == name {
			return true
		}
	}
	return false
}
