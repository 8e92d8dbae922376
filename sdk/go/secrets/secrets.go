// Package secrets gives stand-ins for secrets, which the host replaces on their way out; no secret enters the sandbox.
package secrets

import (
	"unsafe"

	"polder/internal/abi"
	"polder/internal/wire"
)

// Placeholder is what to put into a header of a request, in place of a secret of a connection.
func Placeholder(connection, name string) (string, error) {
	return wire.Ask(func(room unsafe.Pointer) {
		to, toLength := abi.LowerString(connection).Flat()
		secret, length := abi.LowerString(name).Flat()
		placeholder(to, toLength, secret, length, room)
	}, abi.LiftString)
}
