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

// validity is a bitmap that grows. It takes no memory until the first null.
type validity struct {
	valid Bitmap
	rows  int
	nulls int
}

func (v *validity) append() {
	if v.nulls > 0 {
		v.grow()
		v.valid[v.rows>>3] |= 1 << (v.rows & 7)
	}
	v.rows++
}

func (v *validity) appendNull() {
	if v.nulls == 0 {
		v.valid = all(v.rows)
		if rest := v.rows & 7; rest > 0 {
			v.valid[v.rows>>3] = 1<<rest - 1
		}
	}
	v.nulls++
	v.grow()
	v.rows++
}

func (v *validity) grow() {
	if v.rows>>3 == len(v.valid) {
		v.valid = append(v.valid, 0)
	}
}
