package app

import (
	"context"
	"fmt"

	"retake/internal/media"
	queue "retake/internal/queue/local"
	"retake/internal/retake"
)

// check is something that has to work for the server to be ready.
type check = func(context.Context) error

// enginesReady is met when at least one engine would take a job; the error is the first one's.
func enginesReady(engines []retake.Engine) check {
	return func(ctx context.Context) error {
		var first error
		for _, e := range engines {
			r, ok := e.(retake.Readiness)
			if !ok {
				return nil
			}
			err := r.Ready(ctx)
			if err == nil {
				return nil
			}
			if first == nil {
				first = err
			}
		}
		if first == nil {
			first = retake.Errorf(retake.CodeUnavailable, "No engine is installed.")
		}
		return first
	}
}

// ffmpegReady starts ffmpeg, sandbox and all, to see that it still runs.
func ffmpegReady(tools *media.Tools) check {
	return func(ctx context.Context) error {
		if _, err := tools.Run(ctx, media.Command{Args: []string{"-version"}}); err != nil {
			return retake.Errorf(retake.CodeUnavailable, "ffmpeg does not run on the server.").Because(fmt.Errorf("try ffmpeg: %w", err))
		}
		return nil
	}
}

// queueReady is met while the queue takes work.
func queueReady(q *queue.Queue) check {
	return func(context.Context) error {
		if q.Stats().Draining {
			return retake.Errorf(retake.CodeUnavailable, "The server is about to stop and starts nothing more.")
		}
		return nil
	}
}
