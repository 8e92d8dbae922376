package polder

import "math/bits"

// Bitmap tells of each row whether it has a value: bit 0 of the first byte is for row 0. Nil says that all have one.
type Bitmap []byte

// At tells whether row has a value.
func (b Bitmap) At(row int) bool { return b == nil || b[row>>3]>>(row&7)&1 == 1 }

// And has the rows that have a value in both.
func (b Bitmap) And(other Bitmap) Bitmap {
	switch {
	case b == nil:
		return other
	case other == nil:
		return b
	}
	both := make(Bitmap, min(len(b), len(other)))
	for i := range both {
		both[i] = b[i] & other[i]
	}
	return both
}

// nulls counts the rows without a value, of so many.
func (b Bitmap) nulls(rows int) int {
	if b == nil {
		return 0
	}
	valid := 0
	for i := range rows / 8 {
		valid += bits.OnesCount8(b[i])
	}
	if rest := rows % 8; rest > 0 {
		valid += bits.OnesCount8(b[rows/8] & (1<<rest - 1))
	}
	return rows - valid
}

// none is the bitmap of rows of which none has a value.
func none(rows int) Bitmap { return make(Bitmap, (rows+7)/8) }

// all is the bitmap of rows that all have a value.
func all(rows int) Bitmap {
	valid := none(rows)
	for i := range valid {
		valid[i] = 0xFF
	}
	return valid
}

// validity is a bitmap that grows with a builder. It takes no memory until the first null.
type validity struct {
	valid Bitmap
	nulls int
}

// append says that row has a value.
func (v *validity) append(row int) {
	if v.valid != nil {
		v.set(row)
	}
}

func (v *validity) set(row int) {
	v.grow(row)
	v.valid[row>>3] |= 1 << (row & 7)
}

// appendNull says that row has none.
func (v *validity) appendNull(row int) {
	if v.valid == nil {
		v.valid = all(row)
		if rest := row & 7; rest > 0 {
			v.valid[row>>3] = 1<<rest - 1
		}
	}
	v.nulls++
	v.grow(row)
}

func (v *validity) grow(row int) {
	if row>>3 == len(v.valid) {
		v.valid = append(v.valid, 0)
	}
}
