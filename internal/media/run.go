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
	return t.Output(ctx, c, maxOutput)
}

// Output is Run for a bound of its own, bytes.
func (t *Tools) Output(ctx context.Context, c Command, most int64) (out []byte, err error) {
	err = t.Stream(ctx, c, func(r io.Reader) (err error) {
		if out, err = io.ReadAll(io.LimitReader(r, most+1)); err == nil && int64(len(out)) > most {
			err = fmt.Errorf("more than %d bytes of output", most)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Stream runs the command to its end and has read consume its standard output. What read returns ends the run.
func (t *Tools) Stream(ctx context.Context, c Command, read func(io.Reader) error) error {
	p, err := t.Start(ctx, c)
	if err != nil {
		return err
	}
	defer p.Close()
	if in := p.Stdin(); in != nil {
		in.Close()
	}
	if err := read(p.Stdout()); err != nil {
		p.Close() // it may be waiting for a reader that is gone
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return fmt.Errorf("read %s: %w", p.name, err)
	}
	return p.Wait()
}
