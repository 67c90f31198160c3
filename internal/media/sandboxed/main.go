// Command sandboxed is the sandbox that media programs are started in, and nothing else: retake starts itself again for
// that. Test binaries are linked with its path (make unit), as they take long to start.
package main

import (
	"fmt"
	"os"

	"retake/internal/media"
)

func main() {
	media.Main()
	fmt.Fprintln(os.Stderr, "sandboxed is started by package media only")
	os.Exit(2)
}
