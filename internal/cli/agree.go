package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"retake/internal/retake"
)

// about says what something costs, as far as that is known.
func about(costs ...retake.Cost) string {
	var sums []string
	for _, c := range costs {
		if c.Cost != "" {
			sums = append(sums, sum(c.Cost, c.Currency))
		}
	}
	if len(sums) == 0 {
		return "money, and how much is not known here"
	}
	return "about " + strings.Join(sums, " and ")
}

// agree asks whoever sits in front of the command whether it may do what costs money. Where nobody does, the answer is no.
func agree(env *environment, what string) error {
	in, ok := env.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return usageError{fmt.Errorf("%s: say --yes if you want that", what)}
	}
	fmt.Fprintf(env.Stderr, "%s%s. Go on? [y/N] ", strings.ToUpper(what[:1]), what[1:])
	answer := make(chan string, 1)
	go func() { // a read of a terminal can't be cut short: after an interruption it ends with the process
		line, _ := bufio.NewReader(in).ReadString('\n')
		answer <- line
	}()
	select {
	case line := <-answer:
		if word := strings.ToLower(strings.TrimSpace(line)); word != "y" && word != "yes" {
			return retake.ErrCancelled
		}
		return nil
	case <-env.ctx.Done():
		return context.Cause(env.ctx)
	}
}
