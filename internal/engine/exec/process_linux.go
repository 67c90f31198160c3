package exec

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// limit bounds the memory of a process and of each that it starts, before it is told anything. It is the limit on data
// (RLIMIT_DATA, getrlimit(2)): what is only reserved, as GPU drivers do by the terabyte, and weights that are mapped from
// their files don't count.
func limit(pid int, bytes int64) error {
	// Let the kernel take the engine rather than the server when memory runs out. Not everywhere allowed.
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/oom_score_adj", pid), []byte("500"), 0)
	if bytes == 0 {
		return nil
	}
	return unix.Prlimit(pid, unix.RLIMIT_DATA, &unix.Rlimit{Cur: uint64(bytes), Max: uint64(bytes)}, nil)
}

// reap waits for the program's end, then ends its group before its number can be given to another.
func (p *process) reap(pid int) error {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	p.ended(pid)
	return p.cmd.Wait()
}
