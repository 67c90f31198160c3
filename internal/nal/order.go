package nal

// OrderMSB continues a picture order count (8.2.1.1 of H.264, 8.3.1 of HEVC), of which a picture tells the lowest bits:
// it returns the rest, by which the count is nearest to the one before.
func OrderMSB(prevMSB, prevLSB, lsb, bits int) int {
	size := 1 << bits
	switch {
	case lsb < prevLSB && prevLSB-lsb >= size/2:
		return prevMSB + size
	case lsb > prevLSB && lsb-prevLSB > size/2:
		return prevMSB - size
	}
	return prevMSB
}
