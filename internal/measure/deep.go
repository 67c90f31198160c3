package measure

import "encoding/binary"

// wideBlock is blockSums for samples of 16 bits.
func wideBlock(a, b []byte, at, stride int) (s sums) {
	for range 4 {
		v, w := binary.LittleEndian.Uint64(a[at:]), binary.LittleEndian.Uint64(b[at:])
		for range 4 {
			x, y := v&0xffff, w&0xffff
			s.a, s.b, s.squares, s.products = s.a+x, s.b+y, s.squares+x*x+y*y, s.products+x*y
			v, w = v>>16, w>>16
		}
		at += stride
	}
	return s
}

// meanOf is meanBytes for a plane of so many bits a sample, in code values of 8 bits: 10-bit codes count a fourth.
func meanOf(plane []byte, bits int) float64 {
	if bits <= 8 {
		return meanBytes(plane)
	}
	if len(plane) < 2 {
		return 0
	}
	const lanes = 0x0000ffff0000ffff
	var sum uint64
	rest := plane
	for len(rest) >= 8 {
		var acc uint64 // two lanes of 32 bits, of two samples a word
		run := rest[:min(len(rest)&^7, 8<<13)]
		rest = rest[len(run):]
		for ; len(run) >= 8; run = run[8:] {
			v := binary.LittleEndian.Uint64(run)
			acc += v&lanes + v>>16&lanes
		}
		sum += acc&0xffffffff + acc>>32
	}
	for ; len(rest) >= 2; rest = rest[2:] {
		sum += uint64(binary.LittleEndian.Uint16(rest))
	}
	return float64(sum) / float64(len(plane)/2) / float64(int(1)<<(bits-8))
}
