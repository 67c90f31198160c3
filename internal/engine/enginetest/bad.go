package enginetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Bad is what is wrong with an engine's answer. The zero value is one that is as it should be.
type Bad struct {
	Args string // options of ffmpeg, behind those of a good answer
	Cut  bool   // the file ends in its middle
	Text string // in place of a clip
}

// Faults are those of a program, as Command takes them.
func (b Bad) Faults() []string {
	list := []string{"ffmpeg=" + b.Args}
	if b.Cut {
		list = append(list, "truncated")
	}
	if b.Text != "" {
		list = append(list, "text="+b.Text)
	}
	return list
}

// write makes a window anew as the options of ffmpeg's say, as far as nothing is to be wrong with it.
func (b Bad) write(ctx context.Context, window, out, good string) error {
	if b.Text != "" {
		return os.WriteFile(out, []byte(b.Text), 0o600)
	}
	args := append([]string{"-nostdin", "-v", "error", "-y", "-i", window}, strings.Fields(good+" "+b.Args)...)
	if text, err := exec.CommandContext(ctx, "ffmpeg", append(args, out)...).CombinedOutput(); err != nil {
		return fmt.Errorf("ffmpeg: %w: %s", err, text)
	}
	if !b.Cut {
		return nil
	}
	info, err := os.Stat(out)
	if err != nil {
		return err
	}
	return os.Truncate(out, info.Size()/2)
}

// Playlist is a text that names an address, which a careless reader of clips would open.
const Playlist = "#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1/secret\n"
