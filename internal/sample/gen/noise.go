package main

import "math"

// hash gives a number in 0..1 that depends on nothing but its arguments, so every frame can be drawn on its own.
func hash(x, y, seed int) float64 {
	h := uint32(x)*0x85ebca6b ^ uint32(y)*0xc2b2ae35 ^ uint32(seed)*0x27d4eb2f
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	h ^= h >> 15
	return float64(h) / (1 << 32)
}

// noise is value noise in 0..1 with features one unit wide.
func noise(x, y float64, seed int) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	i, j, u, v := int(fx), int(fy), ease(x-fx), ease(y-fy)
	return lerp(lerp(hash(i, j, seed), hash(i+1, j, seed), u), lerp(hash(i, j+1, seed), hash(i+1, j+1, seed), u), v)
}

// clouded is noise summed over octaves, each half as wide and half as strong as the one before.
func clouded(x, y float64, octaves, seed int) float64 {
	sum, weight, total := 0.0, 1.0, 0.0
	for o := range octaves {
		sum += noise(x, y, seed+o*101) * weight
		total += weight
		x, y, weight = x*2+17.3, y*2+9.1, weight/2
	}
	return sum / total
}

// dice is a small sequence of hashed numbers for placing things.
type dice struct{ seed, n int }

func (d *dice) roll() float64 { d.n++; return hash(d.n, d.n>>7, d.seed) }

// between is a number from a up to b.
func (d *dice) between(a, b float64) float64 { return lerp(a, b, d.roll()) }
