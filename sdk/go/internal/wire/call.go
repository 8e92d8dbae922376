package wire

import (
	"errors"
	"unsafe"

	"polder"
	"polder/internal/abi"
)

// Argument is what is known of an argument at bind.
type Argument struct {
	Type     Schema
	Constant abi.Option[Batch]
}

// LiftArgument takes an argument from the host.
func LiftArgument(argument Argument) polder.Argument {
	field := LiftSchema(argument.Type)[0]
	lifted := polder.Argument{Field: field}
	if argument.Constant.Some {
		lifted.Constant = LiftBatch(argument.Constant.Value, []polder.DataType{field.Type})[0]
	}
	return lifted
}

// failed is a result that is an error.
type failed struct {
	err     bool
	message abi.String
	row     abi.Option[uint32]
}

// succeeded is a result that is a value.
type succeeded[T any] struct {
	err   bool
	value T
}

// Ok is the result of a call that succeeded.
func Ok[T any](value T) unsafe.Pointer { return unsafe.Pointer(Lent(&succeeded[T]{value: value})) }

// Done is the result of a call that has nothing to tell.
func Done() unsafe.Pointer { return Ok(failed{}) }

// Failed is the result of a call that failed, perhaps about a row.
func Failed(err error) unsafe.Pointer {
	result := &failed{err: true, message: abi.LowerString(err.Error())}
	var about *polder.RowError
	if errors.As(err, &about) {
		result.row = abi.Some(uint32(about.Row))
	}
	return unsafe.Pointer(Lent(result))
}

// Result is the result of a call.
func Result[T any](value T, err error) unsafe.Pointer {
	if err != nil {
		return Failed(err)
	}
	return Ok(value)
}

// Lent lends a value to the host.
func Lent[T any](value *T) *T {
	abi.Lend(unsafe.Pointer(value))
	return value
}
