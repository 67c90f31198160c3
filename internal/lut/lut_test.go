package lut

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cubeFile writes a cube of a function.
func cubeFile(size int, head string, f func(r, g, b float64) [3]float64) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%sLUT_3D_SIZE %d\n", head, size)
	at := func(i int) float64 { return float64(i) / float64(size-1) }
	for b := range size {
		for g := range size {
			for r := range size {
				v := f(at(r), at(g), at(b))
				fmt.Fprintf(&s, "%.6f %.6f %.6f\n", v[0], v[1], v[2])
			}
		}
	}
	return s.String()
}

func close3(a, b [3]float64, within float64) bool {
	return math.Abs(a[0]-b[0]) < within && math.Abs(a[1]-b[1]) < within && math.Abs(a[2]-b[2]) < within
}

// TestCube holds a linear map, which is met everywhere, the order of the axes, and what lies beyond the domain.
func TestCube(t *testing.T) {
	f := func(r, g, b float64) [3]float64 { return [3]float64{0.5*r + 0.1*g, 0.8 * g, b*0.6 + 0.2*r} }
	table, err := Parse(strings.NewReader("\ufeff# made by hand\r\nTITLE \"A look\"\r\n" + cubeFile(5, "", f)))
	if err != nil {
		t.Fatal(err)
	}
	if table.Title != "A look" || table.Size != 5 || !table.Cube {
		t.Errorf("%q, %d, %v", table.Title, table.Size, table.Cube)
	}
	for _, c := range [][3]float64{{0, 0, 0}, {1, 1, 1}, {0.3, 0.7, 0.1}, {0.99, 0.01, 0.5}, {0.1, 0.2, 0.9}, {0.5, 0.5, 0.5}} {
		if got := table.At(c); !close3(got, f(c[0], c[1], c[2]), 1e-5) {
			t.Errorf("%v becomes %v, want %v", c, got, f(c[0], c[1], c[2]))
		}
	}
	edge := f(1, 0, 0.5)
	if got := table.At([3]float64{1.1, -0.2, 0.5}); !close3(got, [3]float64{edge[0] + 0.1, edge[1] - 0.2, edge[2]}, 1e-5) {
		t.Errorf("beyond the domain: %v", got)
	}
}

func TestCurvesAndDomain(t *testing.T) {
	table, err := Parse(strings.NewReader("LUT_1D_SIZE 3\nDOMAIN_MIN 0 0 -1\nDOMAIN_MAX 2 1 1\n\n0 0 0\n0.25 0.5 1\n1 1 0\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := table.At([3]float64{0.5, 0.5, 0.5}), [3]float64{0.125, 0.5, 0.5}; !close3(got, want, 1e-6) {
		t.Errorf("%v, want %v", got, want)
	}
	table, err = Parse(strings.NewReader("LUT_3D_SIZE\t2\nLUT_3D_INPUT_RANGE -1 1\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := table.At([3]float64{0, 1, -1}), [3]float64{0.5, 1, 0}; !close3(got, want, 1e-6) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "names no LUT_3D_SIZE",
		"LUT_3D_SIZE 1\n":                      "line 1: the size must be 2 to 129",
		"LUT_3D_SIZE 500\n":                    "the size must be",
		"LUT_1D_SIZE 99999999\n":               "2 to 65536",
		"LUT_3D_SIZE 129\n0 0 0\n":             "1 rows of colours, not the 2146689",
		"LUT_1D_SIZE 2\n0 0 0\n1 1 1\n1 1 1\n": "line 4: more rows",
		"0 0 0\n":                              "colours before the size",
		"LUT_1D_SIZE 2\n0 0\n":                 "3 numbers are expected, not 2",
		"LUT_1D_SIZE 2\n0 nan 0\n":             `"nan" is no number`,
		"LUT_1D_SIZE 2\n0 1e300 0\n":           "is no number",
		"LUT_1D_SIZE 2\nLUT_3D_SIZE 2\n":       "a second size",
		"BOGUS 1\n":                            `"BOGUS" is no keyword`,
		"LUT_1D_SIZE 2\nDOMAIN_MAX 0 0 0\n0 0 0\n1 1 1\n": "its domain is empty",
		strings.Repeat("1", 5000):                         "a line is longer",
	} {
		if _, err := Parse(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	same := cubeFile(2, "", func(r, g, b float64) [3]float64 { return [3]float64{r, g, b} })
	for _, name := range []string{"Kodak_2383-D60.cube", "teal.CUBE", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(same), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.Names(), ", "); got != "kodak 2383 d60, teal" {
		t.Errorf("names: %s", got)
	}
	if !f.Has(Name("Kodak 2383 D60")) || f.Has("notes") {
		t.Error("has")
	}
	if table, err := f.Load("teal"); err != nil || table.Size != 2 {
		t.Errorf("%+v, %v", table, err)
	}
	for name, text := range map[string]string{"Teal!.cube": same, "bad.cube": "LUT_3D_SIZE 2\n", "---.cube": same} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err = Open(dir)
	for _, want := range []string{"has the same name as", "bad.cube: it has 0 rows", "---.cube: a name has"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := Open(filepath.Join(dir, "none")); err == nil || !strings.Contains(err.Error(), "no folder") {
		t.Errorf("no folder: %v", err)
	}
	var none *Folder
	if none.Has("x") || none.Names() != nil {
		t.Error("the nil folder has tables")
	}
}

// FuzzParse holds that no bytes take more memory than they are worth, and that what is read can be asked anything.
func FuzzParse(f *testing.F) {
	f.Add([]byte(cubeFile(2, "TITLE \"x\"\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 1\n", func(r, g, b float64) [3]float64 { return [3]float64{b, r, g} })))
	f.Add([]byte("LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE 0 1\n0 0 0\n.5 .5 .5\n1 1 1\n"))
	f.Add([]byte("LUT_3D_SIZE 129\n# nothing\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		table, err := Parse(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, c := range [][3]float64{{0, 0, 0}, {1, 1, 1}, {-5, 0.5, 9}, {0.1, 0.9, 0.4}} {
			for _, v := range table.At(c) {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%v becomes %v", c, table.At(c))
				}
			}
		}
	})
}
