package state

import "unsafe"

//go:wasmimport polder:host/state@0.1.0 get
func getValue(key, length uint32, room unsafe.Pointer)

//go:wasmimport polder:host/state@0.1.0 set
func setValue(key, length, value, valueLength uint32, room unsafe.Pointer)

//go:wasmimport polder:host/state@0.1.0 delete
func deleteValue(key, length uint32, room unsafe.Pointer)

//go:wasmimport polder:host/state@0.1.0 keys
func listKeys(prefix, length, some, after, afterLength uint32, room unsafe.Pointer)
