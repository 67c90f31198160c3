package sound

import "golang.org/x/sys/unix"

// confine puts limits on a synthesiser that runs wild. They are a second fence behind the timeout and the bound on
// its output, so a kernel that refuses them changes nothing.
func confine(pid int) {
	for resource, limit := range map[int]uint64{
		unix.RLIMIT_AS:     512 << 20,
		unix.RLIMIT_CPU:    60,
		unix.RLIMIT_FSIZE:  256 << 20, // the sound library makes a shared memory file that it never fills
		unix.RLIMIT_NOFILE: 64,
		unix.RLIMIT_CORE:   0,
	} {
		_ = unix.Prlimit(pid, resource, &unix.Rlimit{Cur: limit, Max: limit}, nil)
	}
}
