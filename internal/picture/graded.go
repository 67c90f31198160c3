package picture

import "retake/internal/retake"

// graded is an effect on colour: a cube, and on top of it, for some, light that differs from place to place.
type graded struct {
	stage
	cube  *cube // nil for light alone
	field *field
	// shine sets the field for a picture; nil where there is no field.
	shine func(f *field, index int, amount float64)
}

// newGraded makes an effect of what becomes of light.
func newGraded(s stage, to func(c rgb) rgb) *graded {
	return &graded{stage: s, cube: newCube(s.levels, to)}
}

// newShining makes one that has a field as well. The field's own amount is up to shine.
func newShining(s stage, to func(c rgb) rgb, shine func(f *field, index int, amount float64)) *graded {
	g := newGraded(s, to)
	g.field, g.shine = newField(s.format), shine
	return g
}

// newLit makes one of light alone.
func newLit(s stage, shine func(f *field, index int, amount float64)) *graded {
	return &graded{stage: s, field: newField(s.format), shine: shine}
}

func (g *graded) apply(f *retake.Frame, index int, amount float64) {
	if g.cube != nil {
		g.cube.prepare(amount)
	}
	if g.shine != nil {
		g.shine(g.field, index, amount)
	}
	g.crew.rows(f.Format.Height, func(y0, y1 int) {
		lit := newFieldRow(g.field, f.Format)
		for cy := y0 / 2; cy < (y1+1)/2; cy++ {
			if lit != nil {
				lit.fill(g.field, cy)
			}
			if g.cube == nil {
				lit.alone(f, cy)
				continue
			}
			g.cube.row(f, cy, lit)
		}
	})
}
