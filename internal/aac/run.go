package aac

import (
	"context"
	"fmt"
	"io"

	"retake/internal/media"
)

// pipe runs ffmpeg with in as its standard input and has read consume its standard output. It returns when ffmpeg
// has ended. ffmpeg's own error comes before that of read, which then is its consequence.
func pipe(ctx context.Context, tools *media.Tools, in io.Reader, read func(io.Reader) error, args ...string) error {
	p, err := tools.Start(ctx, media.Command{Args: args, Stdin: in})
	if err != nil {
		return err
	}
	defer p.Close()
	readErr := read(p.Stdout())
	if readErr != nil {
		p.Close() // it may be waiting for a reader that is gone
		return fmt.Errorf("read ffmpeg: %w", readErr)
	}
	return p.Wait()
}
