package sound

import "golang.org/x/sys/unix"

// confineEspeak puts limits on espeak-ng, should it run wild. They are a second fence behind the timeout and the bound on
// its output, so a kernel that refuses them changes nothing.
func confineEspeak(pid int) {
	confine(pid, map[int]uint64{
		unix.RLIMIT_AS:     512 << 20,
		unix.RLIMIT_CPU:    60,
		unix.RLIMIT_FSIZE:  256 << 20, // the sound library makes a shared memory file that it never fills
		unix.RLIMIT_NOFILE: 64,
		unix.RLIMIT_CORE:   0,
	})
}

// confineCommand does so for a program of the operator's, whose models may be large: memory, where it is above 0, is in bytes.
func confineCommand(pid int, memory int64) {
	limits := map[int]uint64{unix.RLIMIT_FSIZE: 1 << 30, unix.RLIMIT_CORE: 0}
	if memory > 0 {
		limits[unix.RLIMIT_DATA] = uint64(memory)
	}
	confine(pid, limits)
}

func confine(pid int, limits map[int]uint64) {
	for resource, limit := range limits {
		_ = unix.Prlimit(pid, resource, &unix.Rlimit{Cur: limit, Max: limit}, nil)
	}
}
