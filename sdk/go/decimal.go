package polder

import (
	"math/bits"
)

// Int128 is an integer of 128 bits in two's complement, as decimal numbers of more than 18 digits need them.
type Int128 struct {
	Lo uint64
	Hi int64
}

// NewInt128 is a number as one of 128 bits.
func NewInt128(value int64) Int128 { return Int128{Lo: uint64(value), Hi: value >> 63} }

// Int64 is the number, if it has one of 64 bits.
func (n Int128) Int64() (value int64, ok bool) {
	value = int64(n.Lo)
	return value, n.Hi == value>>63
}

// Float64 is the nearest floating-point number.
func (n Int128) Float64() float64 {
	size, negative := n.absolute()
	value := float64(uint64(size.Hi))*(1<<64) + float64(size.Lo)
	if negative {
		return -value
	}
	return value
}

func (n Int128) String() string { return n.Digits(0) }

// Digits are the decimal digits of the number, scale of them behind the point.
func (n Int128) Digits(scale int) string {
	size, negative := n.absolute()
	high, low := uint64(size.Hi), size.Lo
	var digits [64]byte
	place := len(digits)
	for behind := 0; high > 0 || low > 0 || behind <= scale; behind++ {
		if behind == scale && scale > 0 {
			place--
			digits[place] = '.'
		}
		var digit uint64
		high, digit = bits.Div64(0, high, 10)
		low, digit = bits.Div64(digit, low, 10)
		place--
		digits[place] = '0' + byte(digit)
	}
	if negative {
		place--
		digits[place] = '-'
	}
	return string(digits[place:])
}

// absolute is the size of the number, whose upper half counts without a sign.
func (n Int128) absolute() (size Int128, negative bool) {
	if n.Hi >= 0 {
		return n, false
	}
	low, borrow := bits.Sub64(0, n.Lo, 0)
	high, _ := bits.Sub64(0, uint64(n.Hi), borrow)
	return Int128{Lo: low, Hi: int64(high)}, true
}

// fits tells whether the number has no more than that many digits.
func (n Int128) fits(precision int) bool {
	digits := len(n.Digits(0))
	if n.Hi < 0 {
		digits--
	}
	return digits <= precision
}

// DecimalString shows a number that counts units of 10 to the minus scale.
func DecimalString(units int64, scale int) string { return NewInt128(units).Digits(scale) }
