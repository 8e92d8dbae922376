//go:build !wasip1

package state

import "unsafe"

func getValue(key, length uint32, room unsafe.Pointer)                              {}
func setValue(key, length, value, valueLength uint32, room unsafe.Pointer)          {}
func deleteValue(key, length uint32, room unsafe.Pointer)                           {}
func listKeys(prefix, length, some, after, afterLength uint32, room unsafe.Pointer) {}
