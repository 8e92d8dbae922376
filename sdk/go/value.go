package polder

import (
	"errors"
	"iter"
	"math"
)

// Value is a value of any type, or null: a row of some column. As a parameter it takes every type, and sees nulls.
type Value struct {
	column   *Column
	position int
}

// ValueOf is the value of a row.
func ValueOf(column *Column, row int) Value { return Value{column, column.position(row)} }

// Type is the type of the value's column.
func (v Value) Type() DataType { return v.column.Type }

func (v Value) IsNull() bool { return v.column.IsNull(v.position) }

// Bool is the value of type BOOLEAN; not ok when it is null or of another type.
func (v Value) Bool() (value, ok bool) {
	if v.column.Type.Format != "b" || v.IsNull() {
		return false, false
	}
	return ViewBoolean(v.column).At(v.position), true
}

// String is the value of type STRING; empty when it is null or of another type.
func (v Value) String() string {
	text, _ := v.Text()
	return text
}

// Text is the value of type STRING; not ok when it is null or of another type.
func (v Value) Text() (value string, ok bool) {
	if v.column.Type.Format != "u" || v.IsNull() {
		return "", false
	}
	return ViewString(v.column).At(v.position), true
}

// Bytes is the value of type BINARY or STRING; not ok when it is null or of another type.
func (v Value) Bytes() (value []byte, ok bool) {
	if format := v.column.Type.Format; format != "u" && format != "z" || v.IsNull() {
		return nil, false
	}
	return ViewBinary(v.column).At(v.position), true
}

// Int64 is a whole number of any type; days of a DATE, microseconds of a TIMESTAMP. Not ok when the value is null, of
// another type, or more than fits.
func (v Value) Int64() (value int64, ok bool) {
	if v.IsNull() {
		return 0, false
	}
	column, row := v.column, v.position
	switch column.Type.Format {
	case "c":
		return int64(ViewFixed[int8](column).At(row)), true
	case "C":
		return int64(ViewFixed[uint8](column).At(row)), true
	case "s":
		return int64(ViewFixed[int16](column).At(row)), true
	case "S":
		return int64(ViewFixed[uint16](column).At(row)), true
	case "i", "tdD":
		return int64(ViewFixed[int32](column).At(row)), true
	case "I":
		return int64(ViewFixed[uint32](column).At(row)), true
	case "L":
		number := ViewFixed[uint64](column).At(row)
		return int64(number), number <= math.MaxInt64
	}
	if column.Type.Format == "l" || column.isTimestamp() {
		return ViewFixed[int64](column).At(row), true
	}
	return 0, false
}

// Float64 is a number of any type; not ok when the value is null or no number.
func (v Value) Float64() (value float64, ok bool) {
	if v.IsNull() {
		return 0, false
	}
	switch column := v.column; column.Type.Format {
	case "f":
		return float64(ViewFixed[float32](column).At(v.position)), true
	case "g":
		return ViewFixed[float64](column).At(v.position), true
	case "L":
		return float64(ViewFixed[uint64](column).At(v.position)), true
	case "c", "C", "s", "S", "i", "I", "l":
		number, ok := v.Int64()
		return float64(number), ok
	}
	if _, scale, decimal := v.column.Type.Decimal(); decimal {
		return ViewDecimal(v.column).At(v.position).Float64() / math.Pow10(scale), true
	}
	return 0, false
}

// Decimal is the value of type DECIMAL, in units of 10 to the minus scale; not ok when it is null or of another type.
func (v Value) Decimal() (units Int128, scale int, ok bool) {
	_, scale, decimal := v.column.Type.Decimal()
	if !decimal || v.IsNull() {
		return Int128{}, 0, false
	}
	return ViewDecimal(v.column).At(v.position), scale, true
}

// Items are the items of a list, or the entries of a map; none for other types.
func (v Value) Items() iter.Seq[Value] {
	first, end := v.items()
	return func(yield func(Value) bool) {
		for item := first; item < end && yield(ValueOf(v.column.Children[0], item)); item++ {
		}
	}
}

// Field is a field of a struct, by its position; not ok for other types.
func (v Value) Field(number int) (value Value, ok bool) {
	if v.column.Type.Format != "+s" || number >= len(v.column.Children) {
		return Value{}, false
	}
	return ValueOf(v.column.Children[number], v.position), true
}

// items is where the items of a list lie.
func (v Value) items() (first, end int) {
	if format := v.column.Type.Format; format != "+l" && format != "+m" || v.IsNull() {
		return 0, 0
	}
	offsets := cast[int32](v.column.buffer(0))
	return int(offsets[v.position]), int(offsets[v.position+1])
}

func (c *Column) isTimestamp() bool {
	return len(c.Type.Format) > 2 && c.Type.Format[:2] == "ts"
}

var errOtherType = errors.New("a value of another type than the function said it returns")
