package picture

import "math"

// lab is a colour in OKLab (B. Ottosson, "A perceptual color space for image processing", 2020): l from 0 to 1, a towards red, b towards
// yellow. It is taken of the clip's own red, green and blue as if they were those of BT.709.
type lab struct{ l, a, b float64 }

func toLab(c rgb) lab {
	x := math.Cbrt(c.dot(0.4122214708, 0.5363325363, 0.0514459929))
	y := math.Cbrt(c.dot(0.2119034982, 0.6806995451, 0.1073969566))
	z := math.Cbrt(c.dot(0.0883024619, 0.2817188376, 0.6299787005))
	return lab{0.2104542553*x + 0.7936177850*y - 0.0040720468*z,
		1.9779984951*x - 2.4285922050*y + 0.4505937099*z,
		0.0259040371*x + 0.7827717662*y - 0.8086757660*z}
}

func (o lab) light() rgb {
	x := o.l + 0.3963377774*o.a + 0.2158037573*o.b
	y := o.l - 0.1055613458*o.a - 0.0638541728*o.b
	z := o.l - 0.0894841775*o.a - 1.2914855480*o.b
	c := rgb{x * x * x, y * y * y, z * z * z}
	return rgb{c.dot(4.0767416621, -3.3077115913, 0.2309699292), c.dot(-1.2684380046, 2.6097574011, -0.3413193965),
		c.dot(-0.0041960863, -0.7034186147, 1.7076147010)}
}

// chroma is how colourful it is, about 0 to 0.3; hue is the angle from red towards yellow, in degrees from -180 to 180: red about 29, skin 40 to 70,
// yellow 110, green 142, cyan -165, blue -96, magenta -32.
func (o lab) chroma() float64 { return math.Hypot(o.a, o.b) }
func (o lab) hue() float64    { return math.Atan2(o.b, o.a) * 180 / math.Pi }

// turned returns it with its hue turned by degrees and its chroma times k.
func (o lab) turned(degrees, k float64) lab {
	s, c := math.Sincos(degrees * math.Pi / 180)
	return lab{o.l, k * (o.a*c - o.b*s), k * (o.a*s + o.b*c)}
}

// within is how far a hue lies in the range about a middle, 0 to 1: all of half of width on each side, fading over feather, all in degrees.
func within(hue, middle, half, feather float64) float64 {
	return 1 - smooth((math.Abs(turn(hue-middle))-half)/feather)
}

// turn brings an angle to -180 to 180 degrees.
func turn(degrees float64) float64 { return math.Remainder(degrees, 360) }

// coloured is how far o is a colour rather than a grey whose hue means nothing, 0 to 1.
func (o lab) coloured() float64 { return smooth((o.chroma() - 0.015) / 0.035) }
