package wish

import (
	"fmt"
	"math"
)

// Colour is a colour by its name and in sRGB, 8 bits each (IEC 61966-2-1). The zero value is no colour; black has a name.
type Colour struct {
	Name string `json:"name"`
	R    uint8  `json:"r"`
	G    uint8  `json:"g"`
	B    uint8  `json:"b"`
}

// Said reports whether there is a colour at all.
func (c Colour) Said() bool { return c.Name != "" }

// Tinted reports whether it has a hue, as black, white and greys have not.
func (c Colour) Tinted() bool { return c.R != c.G || c.G != c.B }

// Hex returns it as in "#ff8800".
func (c Colour) Hex() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// Lab returns the colour in OKLab (B. Ottosson, "A perceptual color space for image processing", 2020): l is 0 for black to 1
// for white; a and b are about -0.4 to 0.4.
func (c Colour) Lab() (l, a, b float64) {
	r, g, bl := linear(c.R), linear(c.G), linear(c.B)
	x := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*bl)
	y := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*bl)
	z := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*bl)
	return 0.2104542553*x + 0.7936177850*y - 0.0040720468*z,
		1.9779984951*x - 2.4285922050*y + 0.4505937099*z,
		0.0259040371*x + 0.7827717662*y - 0.8086757660*z
}

// FromLab returns the nearest colour of sRGB to one in OKLab.
func FromLab(name string, l, a, b float64) Colour {
	x := l + 0.3963377774*a + 0.2158037573*b
	y := l - 0.1055613458*a - 0.0638541728*b
	z := l - 0.0894841775*a - 1.2914855480*b
	x, y, z = x*x*x, y*y*y, z*z*z
	return Colour{Name: name,
		R: encoded(4.0767416621*x - 3.3077115913*y + 0.2309699292*z),
		G: encoded(-1.2684380046*x + 2.6097574011*y - 0.3413193965*z),
		B: encoded(-0.0041960863*x - 0.7034186147*y + 1.7076147010*z)}
}

// Shade returns the colour lighter (towards 1) or darker (towards -1), with the word for it in front of its name.
func (c Colour) Shade(how string, by float64) Colour {
	l, a, b := c.Lab()
	if by > 0 {
		l += (0.97 - l) * by
	} else {
		l *= 1 + by
	}
	return FromLab(how+" "+c.Name, l, a*(1-0.4*math.Abs(by)), b*(1-0.4*math.Abs(by)))
}

func linear(v uint8) float64 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

func encoded(x float64) uint8 {
	if x <= 0.0031308 {
		x *= 12.92
	} else {
		x = 1.055*math.Pow(x, 1/2.4) - 0.055
	}
	return uint8(math.Round(255 * min(max(x, 0), 1)))
}
