package polder

import (
	"errors"
	"math"
	"unicode/utf8"
)

// Builder collects the values of a column, row by row.
type Builder[T any] interface {
	Append(value T)
	AppendNull()
	// Column is the column of all rows.
	Column() (*Column, error)
}

// FixedBuilder collects numbers.
type FixedBuilder[T Fixed] struct {
	of     DataType
	values []T
	validity
}

// NewFixedBuilder begins a column of that type with room for rows.
func NewFixedBuilder[T Fixed](of DataType, rows int) *FixedBuilder[T] {
	return &FixedBuilder[T]{of: of, values: make([]T, 0, rows)}
}

func (b *FixedBuilder[T]) Append(value T) {
	b.validity.append(len(b.values))
	b.values = append(b.values, value)
}

func (b *FixedBuilder[T]) AppendNull() {
	b.validity.appendNull(len(b.values))
	b.values = append(b.values, 0)
}

func (b *FixedBuilder[T]) Column() (*Column, error) {
	return column(b.of, len(b.values), b.validity, [][]byte{uncast(b.values)}), nil
}

// FixedOf is the column of these numbers, which it takes over; none of them is null.
func FixedOf[T Fixed](of DataType, values []T) FixedColumn[T] {
	return FixedColumn[T]{column(of, len(values), validity{}, [][]byte{uncast(values)}), values, -1}
}

// Float64s is the column of these numbers, which it takes over.
func Float64s(values []float64) Float64Column { return FixedOf(DataType{Format: "g"}, values) }

// Int64s is the column of these numbers, which it takes over.
func Int64s(values []int64) Int64Column { return FixedOf(DataType{Format: "l"}, values) }

// BooleanBuilder collects truth values.
type BooleanBuilder struct {
	bits Bitmap
	rows int
	validity
}

// NewBooleanBuilder begins a column with room for rows.
func NewBooleanBuilder(rows int) *BooleanBuilder {
	return &BooleanBuilder{bits: make(Bitmap, 0, (rows+7)/8)}
}

func (b *BooleanBuilder) Append(value bool) {
	b.validity.append(b.rows)
	b.push(value)
}

func (b *BooleanBuilder) AppendNull() {
	b.validity.appendNull(b.rows)
	b.push(false)
}

func (b *BooleanBuilder) push(value bool) {
	if b.rows>>3 == len(b.bits) {
		b.bits = append(b.bits, 0)
	}
	if value {
		b.bits[b.rows>>3] |= 1 << (b.rows & 7)
	}
	b.rows++
}

func (b *BooleanBuilder) Column() (*Column, error) {
	return column(DataType{Format: "b"}, b.rows, b.validity, [][]byte{b.bits}), nil
}

// Finish is the column of all rows.
func (b *BooleanBuilder) Finish() (BooleanColumn, error) {
	column, err := b.Column()
	return ViewBoolean(column), err
}

// BinaryBuilder collects bytes.
type BinaryBuilder struct {
	of      DataType
	offsets []int32
	bytes   []byte
	validity
}

// Room for a text whose length nobody knows yet, in bytes.
const textRoom = 8

// NewBinaryBuilder begins a column with room for rows.
func NewBinaryBuilder(rows int) *BinaryBuilder {
	offsets := append(make([]int32, 0, rows+1), 0)
	return &BinaryBuilder{of: DataType{Format: "z"}, offsets: offsets, bytes: make([]byte, 0, rows*textRoom)}
}

func (b *BinaryBuilder) Append(value []byte) {
	b.validity.append(len(b.offsets) - 1)
	b.bytes = append(b.bytes, value...)
	b.offsets = append(b.offsets, int32(len(b.bytes)))
}

func (b *BinaryBuilder) AppendNull() {
	b.validity.appendNull(len(b.offsets) - 1)
	b.offsets = append(b.offsets, int32(len(b.bytes)))
}

func (b *BinaryBuilder) Column() (*Column, error) {
	if len(b.bytes) > math.MaxInt32 {
		return nil, errors.New("the values of a batch are more than its offsets can count")
	}
	return column(b.of, len(b.offsets)-1, b.validity, [][]byte{uncast(b.offsets), b.bytes}), nil
}

// Finish is the column of all rows.
func (b *BinaryBuilder) Finish() (BinaryColumn, error) {
	column, err := b.Column()
	if err != nil {
		return BinaryColumn{}, err
	}
	return ViewBinary(column), nil
}

// StringBuilder collects text, which must be UTF-8.
type StringBuilder struct{ BinaryBuilder }

// NewStringBuilder begins a column with room for rows.
func NewStringBuilder(rows int) *StringBuilder {
	builder := &StringBuilder{*NewBinaryBuilder(rows)}
	builder.of.Format = "u"
	return builder
}

func (b *StringBuilder) Append(value string) {
	b.validity.append(len(b.offsets) - 1)
	b.bytes = append(b.bytes, value...)
	b.offsets = append(b.offsets, int32(len(b.bytes)))
}

func (b *StringBuilder) Column() (*Column, error) {
	column, err := b.BinaryBuilder.Column()
	if err != nil {
		return nil, err
	}
	if ascii(b.bytes) {
		return column, nil
	}
	for row := range column.Len {
		if !utf8.Valid(b.bytes[b.offsets[row]:b.offsets[row+1]]) {
			return nil, At(row, errors.New("the text is not UTF-8"))
		}
	}
	return column, nil
}

// Finish is the column of all rows.
func (b *StringBuilder) Finish() (StringColumn, error) {
	column, err := b.Column()
	if err != nil {
		return StringColumn{}, err
	}
	return ViewString(column), nil
}

// DecimalBuilder collects decimal numbers.
type DecimalBuilder struct {
	of    DataType
	units []Int128
	validity
}

// NewDecimalBuilder begins a column of that type with room for rows.
func NewDecimalBuilder(of DataType, rows int) *DecimalBuilder {
	return &DecimalBuilder{of: of, units: make([]Int128, 0, rows)}
}

func (b *DecimalBuilder) Append(units Int128) {
	b.validity.append(len(b.units))
	b.units = append(b.units, units)
}

func (b *DecimalBuilder) AppendNull() {
	b.validity.appendNull(len(b.units))
	b.units = append(b.units, Int128{})
}

func (b *DecimalBuilder) Column() (*Column, error) {
	precision, _, _ := b.of.Decimal()
	for row, units := range b.units {
		if !units.fits(precision) {
			return nil, At(row, errors.New(units.String()+" has more digits than its type "+b.of.Format))
		}
	}
	return column(b.of, len(b.units), b.validity, [][]byte{uncast(b.units)}), nil
}

// column is the column of what a builder has collected.
func column(of DataType, rows int, valid validity, buffers [][]byte, children ...*Column) *Column {
	return &Column{Type: of, Len: rows, Nulls: valid.nulls, Valid: valid.valid, Buffers: buffers, Children: children}
}

// ascii tells whether all bytes are characters of their own.
func ascii(bytes []byte) bool {
	words, rest := cast[uint64](bytes), len(bytes)&^7
	var all uint64
	for _, word := range words {
		all |= word
	}
	for _, b := range bytes[rest:] {
		all |= uint64(b)
	}
	return all&0x8080808080808080 == 0
}
