//go:build unix && !linux

package exec

import "errors"

func limit(_ int, bytes int64) error {
	if bytes == 0 {
		return nil
	}
	return errors.New("there is no way to limit another process on this system")
}

// reap waits for the program's end, then ends its group.
func (p *process) reap(pid int) error {
	err := p.cmd.Wait()
	p.ended(pid)
	return err
}
