package polder

import "errors"

// ValueBuilder collects values of a type that is known when it runs.
type ValueBuilder struct {
	of       DataType
	bits     *BooleanBuilder
	offsets  []int32
	bytes    []byte
	children []*ValueBuilder
	rows     int
	err      error
	validity
}

// NewValueBuilder begins a column of that type.
func NewValueBuilder(of DataType, rows int) *ValueBuilder {
	b := &ValueBuilder{of: of}
	switch of.Format {
	case "n":
	case "b":
		b.bits = NewBooleanBuilder(rows)
	case "u", "z":
		b.offsets = []int32{0}
	case "+l", "+m", "+s":
		for _, child := range of.Children {
			b.children = append(b.children, NewValueBuilder(child.Type, rows))
		}
		if of.Format != "+s" {
			b.offsets = []int32{0}
		}
	default:
		if of.Width() == 0 {
			b.err = errors.New("values of Arrow format " + of.Format + " cannot be copied")
		}
		b.bytes = make([]byte, 0, rows*of.Width())
	}
	return b
}

func (b *ValueBuilder) Append(value Value) {
	column, row := value.column, value.position
	switch {
	case column == nil || value.IsNull():
		b.AppendNull()
		return
	case b.err != nil:
		return
	case !column.Type.Same(b.of):
		b.err = At(b.rows, errOtherType)
		return
	}
	switch b.of.Format {
	case "b":
		b.bits.Append(ViewBoolean(column).At(row))
	case "u", "z":
		b.bytes = append(b.bytes, ViewBinary(column).At(row)...)
		b.offsets = append(b.offsets, int32(len(b.bytes)))
	case "+l", "+m":
		for item := range value.Items() {
			b.children[0].Append(item)
		}
		b.offsets = append(b.offsets, int32(b.children[0].rows))
	case "+s":
		for i, child := range column.Children {
			b.children[i].Append(ValueOf(child, row))
		}
	default:
		width := b.of.Width()
		b.bytes = append(b.bytes, column.buffer(0)[row*width:(row+1)*width]...)
	}
	b.validity.append(b.rows)
	b.rows++
}

func (b *ValueBuilder) AppendNull() {
	switch b.of.Format {
	case "n":
	case "b":
		b.bits.AppendNull()
	case "u", "z", "+l", "+m":
		b.offsets = append(b.offsets, b.offsets[len(b.offsets)-1])
	case "+s":
		for _, child := range b.children {
			child.AppendNull()
		}
	default:
		b.bytes = append(b.bytes, make([]byte, b.of.Width())...)
	}
	b.validity.appendNull(b.rows)
	b.rows++
}

func (b *ValueBuilder) Column() (*Column, error) {
	if b.err != nil {
		return nil, b.err
	}
	children := make([]*Column, len(b.children))
	for i, child := range b.children {
		column, err := child.Column()
		if err != nil {
			return nil, err
		}
		children[i] = column
	}
	var buffers [][]byte
	switch b.of.Format {
	case "n":
		return &Column{Type: b.of, Len: b.rows, Nulls: b.rows}, nil
	case "b":
		buffers = [][]byte{b.bits.bits}
	case "u", "z":
		buffers = [][]byte{uncast(b.offsets), b.bytes}
	case "+l", "+m":
		buffers = [][]byte{uncast(b.offsets)}
	case "+s":
	default:
		buffers = [][]byte{b.bytes}
	}
	return column(b.of, b.rows, b.validity, buffers, children...), nil
}

// Repeat is the column with a value for each row, also where it was constant.
func Repeat(column *Column) *Column {
	if !column.Constant {
		return column
	}
	builder := NewValueBuilder(column.Type, column.Len)
	for range column.Len {
		builder.Append(ValueOf(column, 0))
	}
	repeated, err := builder.Column()
	if err != nil {
		return column
	}
	return repeated
}
