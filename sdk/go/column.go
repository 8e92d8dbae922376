package polder

// Column has values of one type, some of them null, in the buffers that Arrow lays down for the type.
// Functions on whole columns take it as it is, for any type, or as a view such as [Float64Column].
type Column struct {
	Type DataType
	// Number of rows.
	Len int
	// Number of rows without a value.
	Nulls int
	Valid Bitmap
	// The other buffers in Arrow's order: values; or offsets, then values. They may be views of memory that the host
	// wrote: to change them in place is to change the arguments.
	Buffers [][]byte
	// The columns inside a nested type: the items of lists, the fields of structs.
	Children []*Column
	// Whether the buffers hold a single value, which stands for every row.
	Constant bool
	// Whether text and lists that are taken from the column must not be views of it, as they outlive the call.
	owned bool
}

// IsNull tells whether a row has no value.
func (c *Column) IsNull(row int) bool { return c.Type.Format == "n" || !c.Valid.At(c.position(row)) }

// Mask has the rows that have a value.
func (c *Column) Mask() Bitmap {
	if c.Type.Format == "n" || c.Constant && c.Nulls > 0 {
		return none(c.Len)
	}
	if c.Constant {
		return nil
	}
	return c.Valid
}

// NullWhere is the same column, but null wherever one of the others is.
func (c *Column) NullWhere(others ...Masked) *Column {
	mask := MaskOf(others...)
	if mask == nil {
		return c
	}
	covered := *Repeat(c)
	covered.Valid = covered.Mask().And(mask)
	covered.Nulls = covered.Valid.nulls(covered.Len)
	return &covered
}

// Repeated is the single row of a constant as the value of so many rows.
func (c *Column) Repeated(rows int) *Column {
	repeated := *c
	repeated.Len, repeated.Constant = rows, true
	if c.Type.Format == "+s" {
		repeated.Children = nil
		for _, child := range c.Children {
			repeated.Children = append(repeated.Children, child.Repeated(rows))
		}
	}
	return &repeated
}

// Own makes what is taken from the column and from what is inside it outlive the call.
func (c *Column) Own() {
	c.owned = true
	for _, child := range c.Children {
		child.Own()
	}
}

// position is where the value of a row lies in the buffers.
func (c *Column) position(row int) int { return row & c.places() }

// buffer is the buffer of that number; empty when there is none.
func (c *Column) buffer(number int) []byte {
	if number < len(c.Buffers) {
		return c.Buffers[number]
	}
	return nil
}
