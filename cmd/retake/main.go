// Command retake changes a chosen segment of a video and leaves the rest exactly as it was: a server, its workers
// and a command line in one program.
package main

import (
	"os"

	"retake/internal/cli"
	"retake/internal/media"
)

func main() {
	media.Main() // the sandboxed child, when this process was started as one
	os.Exit(cli.Main(os.Args[1:]))
}
