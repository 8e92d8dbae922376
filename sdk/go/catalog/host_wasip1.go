package catalog

import "unsafe"

//go:wasmimport polder:host/catalog@0.1.0 schemas
func listSchemas(name, length uint32, room unsafe.Pointer)

//go:wasmimport polder:host/catalog@0.1.0 tables
func listTables(name, length uint32, room unsafe.Pointer)

//go:wasmimport polder:host/catalog@0.1.0 table
func findTable(name, length uint32, room unsafe.Pointer)

//go:wasmimport polder:host/catalog@0.1.0 functions
func listFunctions(name, length uint32, room unsafe.Pointer)

//go:wasmimport polder:host/catalog@0.1.0 set-comment
func setComment(table, length, comment, commentLength uint32, room unsafe.Pointer)

//go:wasmimport polder:host/catalog@0.1.0 set-tag
func setTag(table, length, key, keyLength, value, valueLength uint32, room unsafe.Pointer)

//go:wasmimport polder:host/catalog@0.1.0 unset-tag
func unsetTag(table, length, key, keyLength uint32, room unsafe.Pointer)
