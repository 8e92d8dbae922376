//go:build wasip1

package udf

import (
	"unsafe"

	"polder"
	"polder/guest"
	"polder/internal/wire"
)

var scalars wire.Handles[guest.Bound]

//go:wasmimport [export]polder:plugin/udf@0.1.0 [resource-new]scalar
func newScalar(number uint32) (handle uint32)

//go:wasmexport polder:plugin/udf@0.1.0#[static]scalar.bind
func bindScalar(name address, nameLength length, arguments address, count length) unsafe.Pointer {
	bound, err := bind(guest.Scalar, name, nameLength, arguments, count)
	if err != nil {
		return wire.Failed(err)
	}
	return wire.Ok(newScalar(scalars.Add(bound)))
}

//go:wasmexport polder:plugin/udf@0.1.0#[method]scalar.returns
func scalarReturns(number uint32) unsafe.Pointer { return returns(scalars.Get(number)) }

//go:wasmexport polder:plugin/udf@0.1.0#[method]scalar.call
func callScalar(number, rows uint32, arrays address, count length) unsafe.Pointer {
	bound := scalars.Get(number)
	column, err := bound.Run(called(bound, rows, arrays, count))
	if err != nil {
		return wire.Failed(err)
	}
	return wire.Ok(wire.LowerBatch(column.Len, []*polder.Column{column}))
}

//go:wasmexport polder:plugin/udf@0.1.0#[dtor]scalar
func dropScalar(number uint32) { scalars.Remove(number) }
