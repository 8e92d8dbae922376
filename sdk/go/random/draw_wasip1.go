package random

import (
	"unsafe"

	"polder/internal/abi"
)

//go:wasmimport polder:host/random@0.1.0 bytes
func bytes(length uint32, room unsafe.Pointer)

func draw(count int) []byte {
	var drawn abi.List[byte]
	bytes(uint32(count), unsafe.Pointer(&drawn))
	defer abi.Taken()
	return drawn.Lift()
}
