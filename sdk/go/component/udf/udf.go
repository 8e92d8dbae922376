//go:build wasip1

// Package udf exports polder:plugin/udf: scalar, aggregate and table functions.
package udf

import (
	"unsafe"

	"polder/guest"
	"polder/internal/abi"
	"polder/internal/wire"
)

// The parameters of an export, as they come: addresses and lengths.
type (
	address = uint32
	length  = uint32
)

// bind finds a function and gets it ready for its arguments.
func bind(kind guest.Kind, name address, nameLength length, list address, count length) (*guest.Bound, error) {
	wanted := abi.LiftString(abi.ListAt[byte](name, nameLength))
	arguments := abi.LiftEach(abi.ListAt[wire.Argument](list, count), wire.LiftArgument)
	begin()
	function, err := guest.Registered.Named(wanted, kind)
	if err != nil {
		return nil, err
	}
	return function.BindTo(arguments)
}

// begin ends the loans of the call before, once the arguments of this one are lifted.
func begin() {
	abi.Taken()
	abi.Return(0)
}

// called lifts the batch of a call.
func called(bound *guest.Bound, rows uint32, arrays address, count length) *guest.Call {
	batch := wire.Batch{Rows: rows, Arrays: abi.ListAt[wire.Array](arrays, count)}
	columns := wire.LiftBatch(batch, bound.Inputs())
	begin()
	return bound.Call(int(rows), columns)
}

// returns lends the columns of a function's result.
func returns(bound *guest.Bound) unsafe.Pointer {
	begin()
	schema := wire.LowerSchema(bound.Columns)
	return unsafe.Pointer(wire.Lent(&schema))
}
