package media

import (
	"context"
	"fmt"
	"io"
)

// maxOutput bounds what Run keeps in memory; larger output belongs in a pipe or a file.
const maxOutput = 64 << 20

// Run runs the command to its end and returns its standard output, at most 64 MiB.
func (t *Tools) Run(ctx context.Context, c Command) ([]byte, error) {
	p, err := t.Start(ctx, c)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if in := p.Stdin(); in != nil {
		in.Close()
	}
	out, readErr := io.ReadAll(io.LimitReader(p.Stdout(), maxOutput+1))
	if len(out) > maxOutput {
		return nil, fmt.Errorf("%s: more than %d bytes of output", p.name, maxOutput)
	}
	if err := p.Wait(); err != nil {
		return nil, err
	}
	if readErr != nil {
		return nil, fmt.Errorf("read %s: %w", p.name, readErr)
	}
	return out, nil
}
