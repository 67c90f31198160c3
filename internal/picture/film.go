package picture

// The names of the looks that come from what films are made of and how they are developed.
const (
	Sepia         Kind = "sepia"
	Noir          Kind = "noir"
	BleachBypass  Kind = "bleach bypass"
	TealAndOrange Kind = "teal and orange"
	Infrared      Kind = "infrared"
	Thermal       Kind = "thermal"
)

var sepiaToned = Entry{Kind: Sepia,
	Doc: "a brown print: the light is mixed as by a plate that is blind to red, shadows are brown, highlights cream",
	Make: func(s stage, l Look) effect {
		colour, tone := 1-clamp01(l.Strength/0.62), clamp01(0.55+0.5*l.Strength)
		return newGraded(s, func(c rgb) rgb {
			v := fromLight(curve(c.dot(0.22, 0.62, 0.16), 0.3*l.Strength))
			print := grey(v).toward(along(browns, clamp01(v)), tone)
			return print.each(toLight).toward(c, colour)
		})
	}}

// browns are the colours of a sepia print from black to white, encoded.
var browns = []rgb{{0.055, 0.030, 0.018}, {0.33, 0.21, 0.125}, {0.63, 0.475, 0.325}, {0.85, 0.735, 0.57}, {0.985, 0.93, 0.81}}

var noirish = Entry{Kind: Noir,
	Doc: "black and white of hard contrast behind an orange filter: deep blacks, bright faces, and the corners in shadow",
	Make: func(s stage, l Look) effect {
		colour := 1 - clamp01(l.Strength/0.5)
		return newShining(s, func(c rgb) rgb {
			v := contrast(0.62*c.dot(0.46, 0.44, 0.10), 1.1+0.4*l.Strength, middleGrey)
			return grey(curve(roll(v, 0.55), 0.2+0.5*l.Strength)).toward(c, colour)
		}, corners(s, 0.35+0.4*l.Strength, 0.4))
	}}

var bleached = Entry{Kind: BleachBypass,
	Doc: "the silver stays in the film: colours lose half of their strength, contrast is hard, highlights are bare; skin keeps its hue",
	Make: func(s stage, l Look) effect {
		part := 0.3 + 0.55*l.Strength
		return newGraded(s, func(c rgb) rgb {
			v := fromLight(s.levels.luminance(c))
			silver := s.levels.saturate(c, 0.72).each(fromLight).each(func(e float64) float64 { return overlay(e, v) })
			return c.toward(silver.each(toLight), part).rolled(0.8)
		})
	}}

// overlay lays b over a, both encoded: it darkens where b is dark and brightens where it is bright.
func overlay(a, b float64) float64 {
	dark, bright := 2*a*b, 1-2*(1-a)*(1-b)
	return mix(dark, bright, smooth((b-0.4)/0.2))
}

var blockbuster = Entry{Kind: TealAndOrange,
	Doc: "hues are drawn towards the axis from orange to teal, shadows are teal and highlights warm; skin, which lies on the axis, keeps its hue",
	Make: func(s stage, l Look) effect {
		k := l.Strength
		const orange = 58 // degrees
		return newGraded(s, func(c rgb) rgb {
			o := toLab(c)
			// Along the axis and across it: what lies across shrinks.
			on, skin := o.turned(-orange, 1), skinlike(o)
			on.a, on.b = on.a*(1+0.35*k*(1-0.4*skin)), on.b*(1-0.75*k*(1-0.85*skin))
			o = on.turned(orange, 1)
			shadow := k * smooth((0.75-o.l)/0.7) * clamp01(o.l/0.2) * (1 - 0.85*skin)
			light := k * smooth((o.l-0.45)/0.5) * (1 - 0.85*skin)
			o.a += -0.042*shadow + 0.014*light
			o.b += -0.030*shadow + 0.036*light
			o.l += 0.10 * k * (smooth(o.l) - o.l)
			return o.light().rolled(0.85)
		})
	}}

// skinlike is how far a colour may be that of skin of any kind, 0 to 1.
func skinlike(o lab) float64 {
	return within(o.hue(), 62, 28, 18) * smooth((o.chroma()-0.02)/0.03) * smooth((0.22-o.chroma())/0.06)
}

var infrareds = Entry{Kind: Infrared,
	Doc: "as on infrared film: leaves and grass glow white, blue skies and water turn almost black, skin pales, and what is bright bleeds",
	Make: func(s stage, l Look) effect {
		colour := 1 - clamp01(l.Strength/0.55)
		look := func(c rgb) rgb {
			o := toLab(c)
			leaf := within(o.hue(), 126, 22, 24) * o.coloured() * smooth(o.l/0.3)
			sky := within(o.hue(), -110, 30, 30) * o.coloured()
			v := 0.9 * c.dot(0.65, 0.75, -0.40)
			v = mix(v, 0.12+1.7*s.levels.luminance(c), leaf)
			v *= 1 - 0.6*sky
			return grey(curve(roll(v, 0.5), 0.15+0.3*l.Strength)).toward(c, colour)
		}
		return newGlowing(s, look, glow{from: 0.7, reach: 0.05, strength: 0.25 + 0.4*l.Strength})
	}}

// ironbow are the colours of a heat camera from cold to hot, encoded.
var ironbow = []rgb{{0, 0, 0.03}, {0.13, 0, 0.36}, {0.42, 0, 0.60}, {0.72, 0.07, 0.52}, {0.90, 0.28, 0.20}, {0.97, 0.55, 0.03}, {1, 0.82, 0.18}, {1, 1, 0.92}}

var thermals = Entry{Kind: Thermal,
	Doc: "the colours of a heat camera, from black over violet and orange to white. Heat can't be seen in a clip: bright and warm-coloured things, skin first, are taken for warm",
	Make: func(s stage, l Look) effect {
		part := clamp01(0.35 + 0.9*l.Strength)
		return newGraded(s, func(c rgb) rgb {
			o := toLab(c)
			warm := skinlike(o) + 0.5*within(o.hue(), 35, 40, 40)*o.coloured()
			heat := 0.06 + 0.62*fromLight(s.levels.luminance(c)) + 0.34*min(warm, 1)*smooth(o.l/0.5) + 0.5*(o.a*0.8+o.b)*smooth(o.l/0.5)
			return c.toward(along(ironbow, clamp01(heat)).each(toLight), part)
		})
	}}

// along returns the colour at t, 0 to 1, of evenly spaced ones.
func along(colours []rgb, t float64) rgb {
	at := t * float64(len(colours)-1)
	i := min(int(at), len(colours)-2)
	return colours[i].toward(colours[i+1], at-float64(i))
}
