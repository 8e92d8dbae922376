package guest

import (
	"errors"
	"strconv"

	"polder"
)

// Bound is a function that is ready for calls with arguments of certain types.
type Bound struct {
	*Function
	Arguments []polder.Argument
	// The columns of the result.
	Columns []polder.Field
	// What was made of arguments, by their positions.
	memory map[int]any
}

// BindTo gets a function ready for arguments, if they fit its parameters.
func (f *Function) BindTo(arguments []polder.Argument) (bound *Bound, err error) {
	defer caught(nil, &err)
	if err := f.check(arguments); err != nil {
		return nil, err
	}
	columns := f.Returns
	if f.Bind != nil {
		returns, err := f.Bind(arguments)
		if err != nil {
			return nil, err
		}
		columns = []polder.Field{{Name: f.Name, Type: returns, Nullable: true}}
	}
	return &Bound{f, arguments, columns, map[int]any{}}, nil
}

// Call is one call: the columns of all arguments, as long as each other.
type Call struct {
	Rows    int
	Columns []*polder.Column
	// The type of the result, where it is a single column.
	Returns polder.DataType
	// The row that is being worked on: what fails is about it. Below 0 it is about none.
	Row    int
	memory map[int]any
}

// Inputs are the types of the columns that come with a call: those of the arguments that are not constant.
func (b *Bound) Inputs() []polder.DataType {
	var types []polder.DataType
	for _, argument := range b.Arguments {
		if argument.Constant == nil {
			types = append(types, argument.Type)
		}
	}
	return types
}

// Call is a call with the columns of [Bound.Inputs].
func (b *Bound) Call(rows int, inputs []*polder.Column) *Call {
	call := b.Constants(rows)
	for i, argument := range b.Arguments {
		if argument.Constant == nil {
			call.Columns[i], inputs = inputs[0], inputs[1:]
		}
	}
	return call
}

// Constants is a call for so many rows, with the arguments that are constants and nothing for the others.
func (b *Bound) Constants(rows int) *Call {
	call := &Call{Rows: rows, Columns: make([]*polder.Column, len(b.Arguments)), Row: -1, memory: b.memory}
	call.Returns = b.Columns[0].Type
	for i, argument := range b.Arguments {
		if argument.Constant != nil {
			call.Columns[i] = argument.Constant.Repeated(rows)
		}
	}
	return call
}

// RequireConstants says which of the arguments at those positions is no constant, if one is not.
func (b *Bound) RequireConstants(positions []int) error {
	for _, position := range positions {
		if b.Arguments[position].Constant == nil {
			return errors.New("argument " + strconv.Itoa(position+1) + " (`" + b.Parameters[position].Name + "`) of `" +
				b.Name + "` must be a constant")
		}
	}
	return nil
}

// Run calls a scalar function. A panic of the function is an error about its row.
func (b *Bound) Run(call *Call) (column *polder.Column, err error) {
	defer caught(call, &err)
	return b.Scalar(call)
}

// Own makes what is taken from the arguments outlive the call.
func (c *Call) Own() {
	for _, column := range c.Columns {
		column.Own()
	}
}

// Whole is what a function on whole columns returned, if that has the rows and the type that it ought to have.
func (c *Call) Whole(column *polder.Column) (*polder.Column, error) {
	switch {
	case column == nil:
		return nil, errors.New("the function returned no column")
	case column.Len != c.Rows:
		return nil, errors.New("the function returned " + strconv.Itoa(column.Len) + " rows for " + strconv.Itoa(c.Rows))
	case !column.Type.Same(c.Returns):
		return nil, errors.New("the function returned Arrow format `" + column.Type.Format + "`, not `" +
			c.Returns.Format + "` as it said")
	}
	return polder.Repeat(column), nil
}

// caught turns a panic into an error, and says which row an error is about.
func caught(call *Call, err *error) {
	switch panicked := recover().(type) {
	case nil:
	case error:
		*err = errors.New("panic: " + panicked.Error())
	case string:
		*err = errors.New("panic: " + panicked)
	case interface{ String() string }:
		*err = errors.New("panic: " + panicked.String())
	default:
		*err = errors.New("panic")
	}
	var about *polder.RowError
	if *err != nil && call != nil && call.Row >= 0 && !errors.As(*err, &about) {
		*err = polder.At(call.Row, *err)
	}
}
