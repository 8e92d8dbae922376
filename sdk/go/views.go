package polder

import (
	"slices"
	"strings"
	"unsafe"
)

// Fixed are the types whose values are numbers of whole bytes.
type Fixed interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~int | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uint | ~float32 | ~float64
}

// FixedColumn views a column of numbers.
type FixedColumn[T Fixed] struct {
	*Column
	// The numbers, those of nulls being any; a single one when the column is constant, however long it is.
	Values []T
	places rowMask
}

type (
	Int8Column           = FixedColumn[int8]
	Int16Column          = FixedColumn[int16]
	Int32Column          = FixedColumn[int32]
	Int64Column          = FixedColumn[int64]
	UInt8Column          = FixedColumn[uint8]
	UInt16Column         = FixedColumn[uint16]
	UInt32Column         = FixedColumn[uint32]
	UInt64Column         = FixedColumn[uint64]
	Float32Column        = FixedColumn[float32]
	Float64Column        = FixedColumn[float64]
	DateColumn           = FixedColumn[Date]
	TimestampColumn      = FixedColumn[Timestamp]
	LocalTimestampColumn = FixedColumn[LocalTimestamp]
)

// ViewFixed views a column as one of numbers of that size.
func ViewFixed[T Fixed](column *Column) FixedColumn[T] {
	return FixedColumn[T]{column, cast[T](column.buffer(0)), column.places()}
}

// At is the number of a row that is not null.
func (c FixedColumn[T]) At(row int) T { return c.Values[row&c.places] }

// NullWhere is the same column, but null wherever one of the others is.
func (c FixedColumn[T]) NullWhere(others ...Masked) FixedColumn[T] {
	return ViewFixed[T](c.Column.NullWhere(others...))
}

// BooleanColumn views a column of truth values.
type BooleanColumn struct {
	*Column
	bits   Bitmap
	places rowMask
}

// ViewBoolean views a column as one of truth values.
func ViewBoolean(column *Column) BooleanColumn {
	return BooleanColumn{column, column.buffer(0), column.places()}
}

// At is the value of a row that is not null.
func (c BooleanColumn) At(row int) bool {
	row &= c.places
	return c.bits[row>>3]>>(row&7)&1 == 1
}

// BinaryColumn views a column of bytes.
type BinaryColumn struct {
	*Column
	offsets []int32
	bytes   []byte
	places  rowMask
}

// ViewBinary views a column as one of bytes.
func ViewBinary(column *Column) BinaryColumn {
	return BinaryColumn{column, cast[int32](column.buffer(0)), column.buffer(1), column.places()}
}

// At is the bytes of a row that is not null.
func (c BinaryColumn) At(row int) []byte {
	row &= c.places
	bytes := c.bytes[c.offsets[row]:c.offsets[row+1]:c.offsets[row+1]]
	if c.owned {
		return slices.Clone(bytes)
	}
	return bytes
}

// StringColumn views a column of text.
type StringColumn struct {
	*Column
	offsets []int32
	text    string
	places  rowMask
}

// ViewString views a column as one of text.
func ViewString(column *Column) StringColumn {
	text := column.buffer(1)
	whole := unsafe.String(unsafe.SliceData(text), len(text))
	return StringColumn{column, cast[int32](column.buffer(0)), whole, column.places()}
}

// At is the text of a row that is not null.
func (c StringColumn) At(row int) string {
	row &= c.places
	text := c.text[c.offsets[row]:c.offsets[row+1]]
	if c.owned {
		return strings.Clone(text)
	}
	return text
}

// Text is the text of all rows, one after the other; of a single one when the column is constant.
func (c StringColumn) Text() string { return c.text }

// DecimalColumn views a column of decimal numbers, as counts of their smallest unit.
type DecimalColumn struct {
	*Column
	units  []Int128
	places rowMask
}

// ViewDecimal views a column as one of decimal numbers.
func ViewDecimal(column *Column) DecimalColumn {
	return DecimalColumn{column, cast[Int128](column.buffer(0)), column.places()}
}

// At is the number of a row that is not null, in units of 10 to the minus scale.
func (c DecimalColumn) At(row int) Int128 { return c.units[row&c.places] }

// rowMask takes the number of a row to the place of its value: all bits, or none where one value stands for every row.
type rowMask = int

func (c *Column) places() rowMask {
	if c.Constant {
		return 0
	}
	return -1
}

// cast views bytes as the values that lie in them.
func cast[T any](bytes []byte) []T {
	var value T
	count := len(bytes) / int(unsafe.Sizeof(value))
	if count == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(bytes))), count)
}

// uncast views values as the bytes that they lie in.
func uncast[T any](values []T) []byte {
	var value T
	if len(values) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(value)))
}
