// Command gen draws and records the sample clip: an ox walks out of winter into summer. Every picture is rasterised
// and every sound but the spoken lines synthesised here, from nothing but numbers, so the clip is nobody else's;
// espeak-ng speaks and ffmpeg encodes. Run it with make sample.
package main

import (
	"context"
	"flag"
	"fmt"
	"image/png"
	"os"
	"os/signal"
	"strconv"
	"strings"
)

func main() {
	out := flag.String("o", "", "write the clip to this file")
	stills := flag.String("stills", "", "instead, write these frames as PNG (numbers with commas between)")
	into := flag.String("into", ".", "folder for the stills")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := fmt.Errorf("give -o FILE or -stills LIST")
	switch {
	case *stills != "":
		err = writeStills(*stills, *into)
	case *out != "":
		err = record(ctx, *out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func writeStills(list, into string) error {
	m := newFilm()
	for _, field := range strings.Split(list, ",") {
		f, err := strconv.Atoi(field)
		if err != nil || f < 0 || f >= frames {
			return fmt.Errorf("%q is no frame of the film, which has %d", field, frames)
		}
		file, err := os.Create(fmt.Sprintf("%s/frame-%03d.png", into, f))
		if err != nil {
			return err
		}
		if err := png.Encode(file, m.frame(f)); err != nil {
			file.Close()
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	return nil
}
