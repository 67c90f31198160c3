package retake

import (
	"math/big"
	"strings"
)

// What a Price is of.
const (
	PerSecond = "second" // of the window that is sent, as long as it plays there
	PerJob    = "job"
)

// Of returns what a window of so many pictures at a rate costs, as a decimal without a rounding error: rounded up at
// the sixth digit. "" for a price that is nothing, or is of a unit that can't be counted here.
func (p *Price) Of(frames int, rate Rate) string {
	if p == nil {
		return ""
	}
	each, ok := decimal(p.Amount)
	if !ok || each.Sign() <= 0 {
		return ""
	}
	switch p.Unit {
	case PerJob:
		return writeDecimal(each)
	case PerSecond:
		if frames <= 0 || rate.Num <= 0 || rate.Den <= 0 {
			return ""
		}
		seconds := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(int64(frames)), big.NewInt(int64(rate.Den))), big.NewInt(int64(rate.Num)))
		return writeDecimal(each.Mul(each, seconds))
	}
	return ""
}

// AddCosts adds decimals exactly; "" and what is no decimal count for nothing. It returns "" when none was one.
func AddCosts(list ...string) string {
	sum, any := new(big.Rat), false
	for _, c := range list {
		if r, ok := decimal(c); ok {
			sum.Add(sum, r)
			any = true
		}
	}
	if !any {
		return ""
	}
	digits, _ := sum.FloatPrec() // finite, as those of all parts are
	return sum.FloatString(digits)
}

// Times multiplies a decimal.
func Times(cost string, n int) string {
	r, ok := decimal(cost)
	if !ok {
		return ""
	}
	return writeDecimal(r.Mul(r, new(big.Rat).SetInt64(int64(n))))
}

// IsDecimal reports whether s is a plain decimal that is no less than nothing: digits, perhaps a point and digits.
func IsDecimal(s string) bool {
	_, ok := decimal(s)
	return ok
}

// decimal reads what IsDecimal takes. big.Rat alone takes fractions and exponents, too, which may stand for very long numbers.
func decimal(s string) (*big.Rat, bool) {
	whole, part, point := strings.Cut(s, ".")
	if len(s) > 40 || whole == "" || point && part == "" || strings.Trim(whole+part, "0123456789") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

const finest = 6 // digits behind the point

// writeDecimal writes a sum of money with as many digits behind the point as it has, up to finest.
func writeDecimal(r *big.Rat) string {
	if digits, exact := r.FloatPrec(); exact && digits <= finest {
		return r.FloatString(digits)
	}
	unit := big.NewRat(1, 1_000_000)
	n := new(big.Rat).Quo(r, unit)
	up := new(big.Int).Div(new(big.Int).Add(n.Num(), new(big.Int).Sub(n.Denom(), big.NewInt(1))), n.Denom())
	r = new(big.Rat).Mul(new(big.Rat).SetInt(up), unit)
	digits, _ := r.FloatPrec()
	return r.FloatString(digits)
}
