package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"retake/internal/app"
	"retake/internal/retake"
)

// agree asks whoever sits in front of the command whether a trial may cost what it does. Where nobody does, the answer is no.
func agree(env *environment, engine string, cost app.TrialCost) error {
	price := "money, and how much is not known here"
	if len(cost.Sum) > 0 {
		var sums []string
		for _, s := range cost.Sum {
			sums = append(sums, s.Cost+" "+s.Currency)
		}
		price = "about " + strings.Join(sums, " and ")
	}
	what := fmt.Sprintf("testing %s hands in %d jobs and costs %s", engine, cost.Jobs, price)
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
