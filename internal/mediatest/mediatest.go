// Package mediatest gives tests the machine's own ffmpeg, sandboxed as the program runs it.
package mediatest

import (
	"os"
	"sync"
	"testing"

	"retake/internal/media"
)

// Main is the body of a TestMain whose tests run media programs: started as their sandbox, the test's binary is that.
func Main(m *testing.M) {
	media.Main()
	os.Exit(m.Run())
}

var open = sync.OnceValues(func() (*media.Tools, error) { return media.Open(media.DefaultConfig()) })

// Open returns the tools, the same to all tests of a package.
func Open(t testing.TB) *media.Tools {
	t.Helper()
	tools, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return tools
}
