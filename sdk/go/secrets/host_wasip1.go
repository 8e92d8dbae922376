package secrets

import "unsafe"

//go:wasmimport polder:host/secrets@0.1.0 placeholder
func placeholder(connection, connectionLength, name, length uint32, room unsafe.Pointer)
