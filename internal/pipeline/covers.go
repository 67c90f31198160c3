package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strconv"

	"retake/internal/media"
)

// covers returns the options by which cover pictures come into a copy. ffmpeg shows those of Matroska as tracks, but writes
// them as attachments only from files of their own.
func (f *Fate) covers(ctx context.Context, tools *media.Tools, info *media.Info, from, dir string) (args []string, err error) {
	attached := 0
	for i := range info.Streams {
		if info.Streams[i].Kind == "attachment" {
			attached++
		}
	}
	for n, index := range f.Covers {
		if f.Container != holdMKV {
			args = append(args, "-map", fmt.Sprintf("0:%d", index), fmt.Sprintf("-c:v:%d", n+1), "copy", fmt.Sprintf("-disposition:v:%d", n+1), "attached_pic")
			continue
		}
		s := info.Streams[index]
		path := filepath.Join(dir, "cover"+strconv.Itoa(n))
		command := media.Command{WriteDirs: []string{dir}, Args: []string{"-i", from, "-map", fmt.Sprintf("0:%d", index),
			"-c", "copy", "-frames:v", "1", "-update", "1", "-f", "image2", path}}
		if _, err := tools.Run(ctx, command); err != nil {
			return nil, fmt.Errorf("take the cover picture out: %w", err)
		}
		name, kind := "cover.jpg", "image/jpeg"
		if s.Codec == "png" {
			name, kind = "cover.png", "image/png"
		}
		to := fmt.Sprintf("-metadata:s:t:%d", attached+n)
		args = append(args, "-attach", path, to, "filename="+cmp.Or(s.FileName, name), to, "mimetype="+cmp.Or(s.MIME, kind))
	}
	return args, nil
}
