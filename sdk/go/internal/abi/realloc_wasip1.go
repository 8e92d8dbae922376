package abi

import "unsafe"

//go:wasmexport cabi_realloc
func realloc(old unsafe.Pointer, oldSize, align, size uint32) unsafe.Pointer {
	return Grant(old, oldSize, size)
}
