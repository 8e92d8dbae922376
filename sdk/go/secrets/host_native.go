//go:build !wasip1

package secrets

import "unsafe"

func placeholder(connection, connectionLength, name, length uint32, room unsafe.Pointer) {}
