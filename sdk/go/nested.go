package polder

import (
	"errors"
	"math"
	"slices"
)

// View reads the values of a column.
type View[T any] interface {
	// At is the value of a row that the mask has.
	At(row int) T
	// Mask has the rows that have a value.
	Mask() Bitmap
}

// Masked is a view of whatever type.
type Masked interface{ Mask() Bitmap }

// Built is a builder of whatever type.
type Built interface {
	AppendNull()
	Column() (*Column, error)
}

type optionalView[T any] struct {
	view  View[T]
	valid Bitmap
}

// ViewOptional reads values that may be null, as pointers.
func ViewOptional[T any](view View[T]) View[*T] { return optionalView[T]{view, view.Mask()} }

func (v optionalView[T]) At(row int) *T {
	if !v.valid.At(row) {
		return nil
	}
	value := v.view.At(row)
	return &value
}

func (optionalView[T]) Mask() Bitmap { return nil }

type optionalBuilder[T any] struct{ Builder[T] }

// NewOptionalBuilder collects values that may be null, as pointers.
func NewOptionalBuilder[T any](builder Builder[T]) Builder[*T] { return optionalBuilder[T]{builder} }

func (b optionalBuilder[T]) Append(value *T) {
	if value == nil {
		b.AppendNull()
	} else {
		b.Builder.Append(*value)
	}
}

type convertedView[T, U any] struct {
	View[T]
	convert func(T) U
}

// ViewAs reads values of one type as those of another.
func ViewAs[T, U any](view View[T], convert func(T) U) View[U] {
	return convertedView[T, U]{view, convert}
}

func (v convertedView[T, U]) At(row int) U { return v.convert(v.View.At(row)) }

type convertedBuilder[T, U any] struct {
	Builder[T]
	convert func(U) T
}

// NewBuilderAs collects values of one type as those of another.
func NewBuilderAs[T, U any](builder Builder[T], convert func(U) T) Builder[U] {
	return convertedBuilder[T, U]{builder, convert}
}

func (b convertedBuilder[T, U]) Append(value U) { b.Builder.Append(b.convert(value)) }

type structView[T any] struct {
	at    func(row int) T
	valid Bitmap
}

// ViewStruct reads structs by a function that puts one together from the views of its fields.
func ViewStruct[T any](column *Column, at func(row int) T, fields ...Masked) View[T] {
	return structView[T]{at, MaskOf(fields...).And(column.Mask())}
}

func (v structView[T]) At(row int) T { return v.at(row) }

func (v structView[T]) Mask() Bitmap { return v.valid }

// MaskOf has the rows in which all views have a value.
func MaskOf(views ...Masked) Bitmap {
	var valid Bitmap
	for _, view := range views {
		valid = valid.And(view.Mask())
	}
	return valid
}

type structBuilder[T any] struct {
	of     DataType
	split  func(T)
	fields []Built
	rows   int
	validity
}

// NewStructBuilder collects structs by a function that appends each field to its builder.
func NewStructBuilder[T any](of DataType, split func(T), fields ...Built) Builder[T] {
	return &structBuilder[T]{of: of, split: split, fields: fields}
}

func (b *structBuilder[T]) Append(value T) {
	b.split(value)
	b.validity.append(b.rows)
	b.rows++
}

func (b *structBuilder[T]) AppendNull() {
	for _, field := range b.fields {
		field.AppendNull()
	}
	b.validity.appendNull(b.rows)
	b.rows++
}

func (b *structBuilder[T]) Column() (*Column, error) {
	children := make([]*Column, len(b.fields))
	for i, field := range b.fields {
		child, err := field.Column()
		if err != nil {
			return nil, err
		}
		children[i] = child
	}
	return column(b.of, b.rows, b.validity, nil, children...), nil
}

type listView[T any] struct {
	*Column
	offsets []int32
	items   View[T]
	valid   Bitmap
}

// ViewList reads lists by a view of their items. A list with an item that the view has no value for is null.
func ViewList[T any](column *Column, items View[T]) View[[]T] {
	view := listView[T]{column, cast[int32](column.buffer(0)), items, column.Mask()}
	if mask := items.Mask(); mask != nil {
		view.valid = view.whole(mask)
	}
	return view
}

func (v listView[T]) At(row int) []T {
	row = v.position(row)
	first, end := int(v.offsets[row]), int(v.offsets[row+1])
	list := make([]T, end-first)
	for i := range list {
		list[i] = v.items.At(first + i)
	}
	return list
}

func (v listView[T]) Mask() Bitmap { return v.valid }

// whole has the rows of lists whose items are all in the mask.
func (v listView[T]) whole(mask Bitmap) Bitmap {
	valid := none(v.Len)
	for row := range v.Len {
		place := v.position(row)
		has := !v.Column.IsNull(row)
		for item := v.offsets[place]; has && item < v.offsets[place+1]; item++ {
			has = mask.At(int(item))
		}
		if has {
			valid[row>>3] |= 1 << (row & 7)
		}
	}
	return valid
}

type sliceView[T Fixed] struct {
	listView[T]
	numbers []T
}

// ViewSlices reads lists of numbers as slices of the column's memory.
func ViewSlices[T Fixed](column *Column) View[[]T] {
	items := ViewFixed[T](column.Children[0])
	return sliceView[T]{ViewList(column, View[T](items)).(listView[T]), items.Values}
}

func (v sliceView[T]) At(row int) []T {
	row = v.position(row)
	first, end := v.offsets[row], v.offsets[row+1]
	numbers := v.numbers[first:end:end]
	if v.owned {
		return slices.Clone(numbers)
	}
	return numbers
}

type listBuilder[T any] struct {
	of      DataType
	offsets []int32
	items   Builder[T]
	count   int
	validity
}

// NewListBuilder collects lists by a builder of their items.
func NewListBuilder[T any](of DataType, items Builder[T]) Builder[[]T] {
	return &listBuilder[T]{of: of, offsets: []int32{0}, items: items}
}

func (b *listBuilder[T]) Append(list []T) {
	for _, item := range list {
		b.items.Append(item)
	}
	b.count += len(list)
	b.validity.append(len(b.offsets) - 1)
	b.offsets = append(b.offsets, int32(b.count))
}

func (b *listBuilder[T]) AppendNull() {
	b.validity.appendNull(len(b.offsets) - 1)
	b.offsets = append(b.offsets, int32(b.count))
}

func (b *listBuilder[T]) Column() (*Column, error) {
	if b.count > math.MaxInt32 {
		return nil, errors.New("the items of a batch are more than its offsets can count")
	}
	items, err := b.items.Column()
	if err != nil {
		return nil, err
	}
	return column(b.of, len(b.offsets)-1, b.validity, [][]byte{uncast(b.offsets)}, items), nil
}

type valueView struct{ *Column }

// ViewValues reads values of any type, nulls as well.
func ViewValues(column *Column) View[Value] { return valueView{column} }

func (v valueView) At(row int) Value { return ValueOf(v.Column, row) }

func (valueView) Mask() Bitmap { return nil }
