package depth

import (
	"bufio"
	"fmt"
	"io"
)

// WriteCube writes what the view of an HDR format makes of R'G'B' as a three-dimensional table of so many nodes a side, in
// the form that ffmpeg's lut3d and editing programs read (Adobe, "Cube LUT Specification 1.0").
func WriteCube(w io.Writer, f Format, side int) error {
	f.Bits = max(f.Bits, 8) // the table is of signals, whatever their codes
	t := newTone(f)
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "LUT_3D_SIZE %d\n", side)
	node := func(i int) float32 { return look(t.fromNative, tableSize*float32(i)/float32(side-1)) }
	m := t.narrowed
	for blue := range side {
		for green := range side {
			for red := range side { // the fastest
				light := [3]float32{node(red), node(green), node(blue)}
				for i := range 3 {
					v := look(t.toView, root(m[i][0]*light[0]+m[i][1]*light[1]+m[i][2]*light[2]))
					fmt.Fprintf(b, "%.5f%c", v, " \n"[i/2])
				}
			}
		}
	}
	return b.Flush()
}
