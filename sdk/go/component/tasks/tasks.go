//go:build wasip1

// Package tasks exports polder:plugin/tasks.
package tasks

import (
	"unsafe"

	"polder/guest"
	"polder/internal/abi"
	"polder/internal/wire"
)

// failed is a result that is an error.
type failed struct {
	err     bool
	message abi.String
}

//go:wasmexport polder:plugin/tasks@0.1.0#run
func run(name, nameLength, parameters, count uint32) unsafe.Pointer {
	wanted := abi.LiftString(abi.ListAt[byte](name, nameLength))
	given := abi.LiftEach(abi.ListAt[abi.Pair](parameters, count), func(pair abi.Pair) [2]string {
		return [2]string{abi.LiftString(pair.Name), abi.LiftString(pair.Value)}
	})
	abi.Taken()
	abi.Return(0)
	outputs, err := guest.RunTask(wanted, given)
	if err != nil {
		return unsafe.Pointer(wire.Lent(&failed{err: true, message: abi.LowerString(err.Error())}))
	}
	return wire.Ok(abi.LowerPairs(outputs))
}
