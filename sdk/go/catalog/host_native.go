//go:build !wasip1

package catalog

import "unsafe"

func listSchemas(name, length uint32, room unsafe.Pointer)                                 {}
func listTables(name, length uint32, room unsafe.Pointer)                                  {}
func findTable(name, length uint32, room unsafe.Pointer)                                   {}
func listFunctions(name, length uint32, room unsafe.Pointer)                               {}
func setComment(table, length, comment, commentLength uint32, room unsafe.Pointer)         {}
func setTag(table, length, key, keyLength, value, valueLength uint32, room unsafe.Pointer) {}
func unsetTag(table, length, key, keyLength uint32, room unsafe.Pointer)                   {}
