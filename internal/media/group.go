package media

import "syscall"

// OwnGroup puts a child into a process group of its own and, where the system can, ties its life to the thread that
// starts it. It is for engines that are programs of the operator's; those of media are confined besides.
func OwnGroup() *syscall.SysProcAttr { return childAttr() }

// KillGroup kills the process group that pid leads. It is os.ErrProcessDone when there is none.
func KillGroup(pid int) error { return killGroup(pid) }
