package wire

import (
	"unsafe"

	"polder"
	"polder/internal/abi"
)

// Answer is room for the result of a call of the host: a value, or an error in its place.
// T is aligned to 4 bytes at least, as errors are.
type Answer[T any] struct {
	failed bool
	value  T
	// An error may need more room than a value.
	_ [3]uint32
}

// Nothing is the value of results that have none.
type Nothing = [0]uint32

// hostError is the variant polder:host/errors.error.
type hostError struct {
	reason  uint8
	message abi.String
}

var reasons = [...]error{polder.ErrDenied, polder.ErrNotFound, polder.ErrInvalid, polder.ErrLimit, polder.ErrFailed}

// Ask calls the host: call lends its arguments, and is given room for the result, which lift takes.
func Ask[T, G any](call func(room unsafe.Pointer), lift func(T) G) (value G, err error) {
	if !abi.Sandboxed {
		return value, &polder.HostError{Reason: polder.ErrFailed, Message: "this works inside Polder only"}
	}
	loans := abi.Loans()
	answer := new(Answer[T])
	call(unsafe.Pointer(answer))
	abi.Return(loans)
	if answer.failed {
		failed := (*hostError)(unsafe.Pointer(&answer.value))
		err = &polder.HostError{Reason: reasons[failed.reason], Message: abi.LiftString(failed.message)}
	} else {
		value = lift(answer.value)
	}
	abi.Taken()
	return value, err
}

// Tell calls the host for a result without a value.
func Tell(call func(room unsafe.Pointer)) error {
	_, err := Ask(call, func(nothing Nothing) Nothing { return nothing })
	return err
}

// Same lifts what is lifted already.
func Same[T any](value T) T { return value }
