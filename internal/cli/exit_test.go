package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"retake/internal/client"
	"retake/internal/retake"
)

func TestExitCode(t *testing.T) {
	wrap := func(err error) error { return fmt.Errorf("edit: %w", err) }
	coded := func(c retake.Code) error { return wrap(retake.Errorf(c, "x")) }
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errPromise, 1}, {coded(retake.CodePromise), 1}, {&client.Failure{Status: retake.Failed}, 1},
		{usageError{errors.New("x")}, 2}, {wrap(retake.Invalid("prompt", "x")), 2}, {coded(retake.CodeNotFound), 2}, {coded(retake.CodeConflict), 2},
		{inputError{os.ErrNotExist}, 3}, {wrap(retake.Invalid("input_video", "x")), 3}, {coded(retake.CodeUnreadable), 3}, {coded(retake.CodeTooLarge), 3},
		{coded(retake.CodeEngine), 4}, {coded(retake.CodeRefused), 4}, {coded(retake.CodeNoCredit), 4}, {coded(retake.CodeOverloaded), 4},
		{ofServer("http://x", wrap(client.ErrUnreachable)), 5}, {ofServer("http://x", coded(retake.CodeUnavailable)), 5},
		{coded(retake.CodeUnauthenticated), 5}, {coded(retake.CodeRateLimited), 5},
		{coded(retake.CodeUnavailable), 6}, {ofServer("", coded(retake.CodeUnavailable)), 6}, {coded(retake.CodeInternal), 6}, {errors.New("x"), 6},
		{errInterrupted, 130}, {wrap(context.Canceled), 130}, {wrap(retake.ErrCancelled), 130}, {&client.Failure{Status: retake.Cancelled}, 130},
	} {
		if got := exitCode(tt.err); got != tt.want {
			t.Errorf("exitCode(%v) = %d, want %d", tt.err, got, tt.want)
		}
	}
}

// docs/cli.md is what scripts are written by.
func TestExitCodesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \| .+ \|$`).FindAllStringSubmatch(string(text), -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, n)
	}
	want := []int{exitDone, exitPromise, exitUsage, exitInput, exitEngine, exitServer, exitInternal, exitSignal}
	if !slices.Equal(got, want) {
		t.Errorf("docs/cli.md lists %v, the program has %v", got, want)
	}
}

func TestMessage(t *testing.T) {
	cause := errors.New("disk on fire")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("a: %w", retake.Errorf(retake.CodeEngine, "The engine failed.").Because(cause)), "The engine failed."},
		{retake.Errorf(retake.CodeInternal, "Something went wrong.").Because(cause), "Something went wrong. disk on fire"},
		{fmt.Errorf("a: %w", cause), "a: disk on fire"},
	} {
		if got := message(tt.err); got != tt.want {
			t.Errorf("message(%v) = %q, want %q", tt.err, got, tt.want)
		}
	}
}
