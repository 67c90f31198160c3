package media

import (
	"encoding/json"
	"fmt"
	"os"
)

// marker is the first argument, in the place of the program's name, of our own binary started as a sandbox.
// Nothing inherits it, unlike a variable of the environment.
const marker = "retake: media sandbox"

// hooked is set by Main. Without it, starting our own binary again would run the whole program again.
var hooked bool

// Main must be the first call of main, and of TestMain in tests that run media programs sandboxed. In a process
// that was started as a sandbox it never returns: it confines itself and becomes the media program. Otherwise it
// does nothing but note that this binary can be started so.
func Main() {
	hooked = true
	if len(os.Args) == 0 || os.Args[0] != marker {
		return
	}
	err := enter(os.Args[1:])
	fmt.Fprintln(os.Stderr, "media sandbox:", err)
	os.Exit(126)
}

// confinement is what a sandboxed process is told of its limits, as JSON in its second argument.
type confinement struct {
	Parent    int      // process id of who started it
	Landlock  int      // ABI version to use, 0 for none
	Read      []string // files and folders
	Write     []string // folders
	Memory    int64    // bytes of address space, 0 for no limit; likewise below
	File      int64    // bytes
	CPU       int64    // seconds
	OpenFiles int64
}

func (c confinement) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // plain fields only
	}
	return string(b)
}
