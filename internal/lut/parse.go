package lut

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Bounds of what is read. The format allows cubes of 256 nodes a side, which nobody makes.
const (
	MaxCube  = 129
	MaxCurve = 65536
	maxLine  = 1024
	maxValue = 1e4
)

// Parse reads a .cube file (Adobe, "Cube LUT Specification", version 1.0, 2013), with the ranges as DaVinci Resolve writes them. Errors name the line.
func Parse(r io.Reader) (*Table, error) {
	p := parser{Table: Table{Max: [3]float64{1, 1, 1}}}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, maxLine), maxLine)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if text == "" || text[0] == '#' {
			continue
		}
		if err := p.line(text); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("a line is longer than %d bytes", maxLine)
	} else if err != nil {
		return nil, fmt.Errorf("read the table: %w", err)
	}
	switch {
	case p.Size == 0:
		return nil, errors.New("it names no LUT_3D_SIZE or LUT_1D_SIZE")
	case len(p.nodes) < p.want:
		return nil, fmt.Errorf("it has %d rows of colours, not the %d of its size", len(p.nodes), p.want)
	}
	for i := range p.Min {
		if !(p.Min[i] < p.Max[i]) {
			return nil, errors.New("its domain is empty")
		}
	}
	return &p.Table, nil
}

type parser struct {
	Table
	want int // rows of colours
}

func (p *parser) line(text string) error {
	key, rest, _ := strings.Cut(text, " ")
	if key = strings.TrimSpace(key); strings.Contains(key, "\t") {
		key, rest, _ = strings.Cut(text, "\t")
	}
	switch key {
	case "TITLE":
		p.Title = strings.Trim(strings.TrimSpace(rest), `"`)
		return nil
	case "LUT_3D_SIZE":
		return p.size(rest, true, MaxCube)
	case "LUT_1D_SIZE":
		return p.size(rest, false, MaxCurve)
	case "DOMAIN_MIN":
		return numbers(rest, p.Min[:])
	case "DOMAIN_MAX":
		return numbers(rest, p.Max[:])
	case "LUT_1D_INPUT_RANGE", "LUT_3D_INPUT_RANGE":
		var ends [2]float64
		if err := numbers(rest, ends[:]); err != nil {
			return err
		}
		for i := range p.Min {
			p.Min[i], p.Max[i] = ends[0], ends[1]
		}
		return nil
	}
	if c := key[0]; c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
		return fmt.Errorf("%.40q is no keyword of the format", key)
	}
	return p.row(text)
}

func (p *parser) size(text string, cube bool, most int) error {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	switch {
	case p.Size != 0:
		return errors.New("a second size; a file with curves and a cube in one is not read")
	case err != nil || n < 2 || n > most:
		return fmt.Errorf("the size must be 2 to %d", most)
	}
	p.Size, p.Cube, p.want = n, cube, n
	if cube {
		p.want = n * n * n
	}
	return nil
}

func (p *parser) row(text string) error {
	if len(p.nodes) == p.want {
		return errors.New("more rows of colours than its size has, or colours before the size")
	}
	var v [3]float64
	if err := numbers(text, v[:]); err != nil {
		return err
	}
	// The memory grows with the rows that there are, whatever size is claimed.
	p.nodes = append(p.nodes, [3]float32{float32(v[0]), float32(v[1]), float32(v[2])})
	return nil
}

// numbers reads as many numbers as into has, and no more.
func numbers(text string, into []float64) error {
	fields := strings.Fields(text)
	if len(fields) != len(into) {
		return fmt.Errorf("%d numbers are expected, not %d", len(into), len(fields))
	}
	for i, f := range fields {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || math.IsNaN(v) || math.Abs(v) > maxValue {
			return fmt.Errorf("%.40q is no number from -%g to %g", f, maxValue, maxValue)
		}
		into[i] = v
	}
	return nil
}
