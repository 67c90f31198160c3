package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"text/tabwriter"

	"retake/internal/retake"
)

// readable fails with exitInput for the first file that isn't there, isn't a file or can't be opened.
func readable(paths ...string) error {
	for _, path := range paths {
		if err := readableFile(path); err != nil {
			return inputError{err}
		}
	}
	return nil
}

func readableFile(path string) error {
	info, err := os.Stat(path) // first: to open a pipe waits for its writer, and to open a device may do something
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s", path)
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is not a file but a folder", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// writeReport writes a report as one screen of text, the verdict last.
func writeReport(w io.Writer, r *retake.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s s to %s s\n\n", r.Mode, number(r.Segment.Start), number(r.Segment.End))
	tw := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	fmt.Fprintln(tw, "TRACK\tSPAN\tFROM\tTO\tCOUNT\tSTATE")
	changed := "CHANGED"
	if r.Holds && !r.Exact {
		changed = "rewritten" // as the reasons say
	}
	writeTrack(tw, "video", "frames", r.Video, changed)
	writeTrack(tw, "sound", "packets", r.Audio, changed)
	for _, o := range r.Others {
		fmt.Fprintf(tw, "%s\t\t\t\t\t%s\n", o.Kind, kept(o.Identical, "identical", changed))
	}
	tw.Flush()
	writeSeams(&b, r.Seams)
	writeList(&b, "Not kept", r.Reasons)
	writeList(&b, "Broken", r.Violations)
	writeList(&b, "Note", r.Warnings)
	fmt.Fprintf(&b, "\n%s %s\n", verdict(r), r.Summary)
	_, err := io.WriteString(w, b.String())
	return err
}

func verdict(r *retake.Report) string {
	switch {
	case !r.Holds:
		return "FAILED:"
	case !r.Exact:
		return "Near-lossless, not exact:"
	}
	return "The promise holds."
}

func kept(ok bool, yes, no string) string {
	if ok {
		return yes
	}
	return no
}

// count writes how many of something there are, in the right number.
func count(n int, plural string) string {
	if n == 1 {
		plural = strings.TrimSuffix(plural, "s")
	}
	return fmt.Sprintf("%d %s", n, plural)
}

// writeTrack writes a track's spans and what holds of all of it; changed is the word for what is not the original's.
func writeTrack(w io.Writer, name, unit string, t *retake.TrackReport, changed string) {
	if t == nil {
		return
	}
	for _, s := range t.Spans {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", name, s.Kind, number(s.Start), number(s.End), count(s.Count, unit), state(s, t))
	}
	fmt.Fprintf(w, "%s\tall\t\t\t%s\t%d of %d outside the segment identical, times %s, metadata %s\n", name, count(t.Total, unit),
		t.OutsideIdentical, t.OutsideTotal, kept(t.TimingIdentical, "kept", changed), kept(t.MetadataKept, "kept", changed))
}

// state says in words how a span of a track came through.
func state(s retake.SpanReport, t *retake.TrackReport) string {
	switch {
	case s.Kind == retake.SpanEdit:
		return "new"
	case s.Kept && t.Identical == 0:
		return "bit-identical pictures in packets written anew"
	case s.Kept:
		return "identical packets"
	case s.Lossless:
		return "re-encoded without loss, bit-identical pictures"
	case s.PSNR != nil:
		text := "re-encoded, "
		if s.Changed > 0 && s.Changed < s.Count {
			text = fmt.Sprintf("%d re-encoded, the others bit-identical, ", s.Changed)
		}
		text += decibel(*s.PSNR, "PSNR")
		if s.Worst != nil {
			text += ", worst frame " + decibel(*s.Worst, "")
		}
		if s.SSIM != nil {
			text += fmt.Sprintf(", SSIM %.4f", *s.SSIM)
		}
		return text
	default:
		return "re-encoded"
	}
}

// decibel writes a level. Identical pictures have no finite PSNR; the measure caps it at 100.
func decibel(v float64, name string) string {
	if name != "" {
		name += " "
	}
	if v >= 100 {
		return name + "lossless"
	}
	return fmt.Sprintf("%s%.1f dB", name, v)
}

func writeSeams(w io.Writer, s *retake.SeamReport) {
	if s == nil {
		return
	}
	fmt.Fprintln(w)
	for _, step := range []struct {
		name string
		*retake.Step
	}{
		{"brightness at the start", s.LumaIn}, {"brightness at the end", s.LumaOut},
		{"colour at the start", s.ChromaIn}, {"colour at the end", s.ChromaOut},
	} {
		if step.Step != nil {
			fmt.Fprintf(w, "Step in %s: %.2f of 255, the clip's own reach %.2f%s\n", step.name, step.Value, step.Natural, over(step.Times, retake.StepLimit))
		}
	}
	for _, click := range []struct {
		where string
		*retake.Click
	}{{"start", s.ClickIn}, {"end", s.ClickOut}} {
		if click.Click != nil {
			fmt.Fprintf(w, "Sharpest sound at the %s: %.3g, the clip's own reaches %.3g%s\n", click.where, click.Value, click.Natural, over(click.Times, retake.ClickLimit))
		}
	}
	if s.SoundErrIn != nil {
		fmt.Fprintf(w, "Sound shared with the new part at the start: %.1f dBFS off\n", *s.SoundErrIn)
	}
	if s.SoundErrOut != nil {
		fmt.Fprintf(w, "Sound shared with the new part at the end: %.1f dBFS off\n", *s.SoundErrOut)
	}
}

// over says how far a seam is beyond its limit, if it is.
func over(times, limit float64) string {
	if times <= limit {
		return ""
	}
	return fmt.Sprintf(" (%.1f times, more than %.4g)", times, limit)
}

func writeList(w io.Writer, title string, items []string) {
	for _, item := range items {
		fmt.Fprintf(w, "%s: %s\n", title, item)
	}
}

// number writes seconds with at most three decimals.
func number(f float64) string {
	s := strings.TrimRight(fmt.Sprintf("%.3f", f), "0")
	return strings.TrimSuffix(s, ".")
}
