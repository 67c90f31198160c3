package picture

// Bubbles is the effect's name.
const Bubbles Kind = "bubbles"

// films are the colours of thin films of soap.
var films = []rgb{{0.80, 0.93, 1.0}, {1.0, 0.84, 0.96}, {0.84, 1.0, 0.92}, {1.0, 0.95, 0.80}, {0.88, 0.86, 1.0}}

var bubbling = littered(Bubbles, "clear bubbles of all sizes rise and sway, each a bright rim with two glints, with a tinge of colour or of the one that is named",
	litter{count: 85, small: 5, large: 52, fall: -125, sway: 46, drift: 0.25, soft: 0.12, alpha: 0.9, shape: bubble, glows: true, colours: films})
