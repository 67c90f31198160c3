// Command contactsheet shows what the built-in engine does: pictures with one row for each effect and the start, the
// growing-in, the middle and the end of the segment side by side. The documents carry what it draws of the sample clip.
//
//	go run ./internal/engine/contactsheet -clip internal/sample/sample.mp4 -out docs/contact-sheet.jpg
//
// writes docs/contact-sheet-1.jpg and so on. With -sounds it draws the sounds, with -list it prints the prompts as JSON instead.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"retake/internal/engine/builtin"
	"retake/internal/retake"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "contactsheet:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	clip := flag.String("clip", "internal/sample/sample.mp4", "the clip")
	out := flag.String("out", "docs/contact-sheet.jpg", "the sheet, .jpg or .png")
	start := flag.Float64("start", 5, "the segment's start in the clip, seconds")
	duration := flag.Float64("duration", 4, "the segment's length, seconds")
	width := flag.Int("width", 280, "width of one picture of the sheet")
	only := flag.String("only", "", "rows to draw instead of all, parted by |, on one sheet")
	at := flag.String("at", "0,8,50,100", "columns, in percent of the segment")
	list := flag.Bool("list", false, "print the prompt of each effect and each sound as JSON, and draw nothing")
	ofSounds := flag.Bool("sounds", false, "draw spectrograms of the sounds and treatments instead, 16 s of each")
	flag.Parse()

	asks, err := asks()
	if err != nil {
		return err
	}
	if *list {
		return json.NewEncoder(os.Stdout).Encode(asks)
	}
	ext := filepath.Ext(*out)
	numbered := func(sheet int) string { return fmt.Sprintf("%s-%d%s", strings.TrimSuffix(*out, ext), sheet, ext) }
	if *ofSounds {
		return sounds(ctx, numbered, parted(*only))
	}
	var columns []int
	for _, c := range strings.Split(*at, ",") {
		var percent int
		if _, err := fmt.Sscanf(c, "%d", &percent); err != nil || percent < 0 || percent > 100 {
			return fmt.Errorf("-at: %q is no percentage", c)
		}
		columns = append(columns, percent)
	}
	seg := retake.Segment{Start: *start, End: *start + *duration}
	if *only != "" {
		return sheet(ctx, *out, *clip, seg, strings.Split(*only, "|"), columns, *width)
	}
	var rows []string
	for _, a := range asks {
		if !a.Sound {
			rows = append(rows, a.Prompt)
		}
	}
	sheets := 0
	for page := range slices.Chunk(rows, perSheet) {
		sheets++
		if err := sheet(ctx, numbered(sheets), *clip, seg, page, columns, *width); err != nil {
			return err
		}
	}
	return nil
}

// asks lists the prompts of all effects and sounds.
func asks() ([]builtin.Ask, error) {
	engine, err := builtin.New(builtin.DefaultConfig(), nil)
	if err != nil {
		return nil, err
	}
	return engine.Asks(), nil
}

func sheet(ctx context.Context, out, clip string, seg retake.Segment, rows []string, columns []int, width int) error {
	drawn, err := compose(ctx, clip, seg, rows, columns, width)
	if err != nil {
		return err
	}
	return save(out, drawn)
}

const (
	perSheet = 14 // rows

	gap    = 6
	labels = 26 // height of the line over a row
)

// compose runs every prompt over the segment and lays the chosen pictures out.
func compose(ctx context.Context, path string, seg retake.Segment, rows []string, columns []int, width int) (*image.RGBA, error) {
	clip, err := probe(ctx, path, seg)
	if err != nil {
		return nil, err
	}
	height := width * clip.format.Height / clip.format.Width
	sheet := image.NewRGBA(image.Rect(0, 0, gap+len(columns)*(width+gap), gap+len(rows)*(height+labels+gap)))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	for r, text := range rows {
		top := gap + r*(height+labels+gap)
		label(sheet, gap, top+5, text)
		shots, err := shoot(ctx, clip, text, columns)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		for c, f := range shots {
			at := image.Pt(gap+c*(width+gap), top+labels)
			shrink(sheet, image.Rectangle{Min: at, Max: at.Add(image.Pt(width, height))}, f)
		}
	}
	return sheet, nil
}

// shoot runs one prompt and keeps the pictures at the given percentages of the segment.
func shoot(ctx context.Context, c *clip, text string, columns []int) ([]*retake.Frame, error) {
	engine, err := builtin.New(builtin.DefaultConfig(), nil)
	if err != nil {
		return nil, err
	}
	take, err := engine.Retake(ctx, retake.Job{Prompt: text, Mode: retake.ReplaceVideo, Seed: 1, Frames: c.frames, Picture: c.format, Source: c}, nil)
	if err != nil {
		return nil, err
	}
	defer take.Frames.Close()
	shots := make([]*retake.Frame, len(columns))
	f := retake.NewFrame(c.format)
	for i := 0; ; i++ {
		err := take.Frames.Next(ctx, f)
		if err == io.EOF {
			return shots, nil
		}
		if err != nil {
			return nil, err
		}
		for n, percent := range columns {
			if i == percent*(c.frames-1)/100 {
				shots[n] = retake.NewFrame(c.format)
				shots[n].CopyFrom(f)
			}
		}
	}
}

func save(path string, sheet image.Image) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	if strings.HasSuffix(path, ".png") {
		return png.Encode(f, sheet)
	}
	return jpeg.Encode(f, sheet, &jpeg.Options{Quality: 80})
}
