//go:build !wasip1

package storage

import "unsafe"

func openVolume(name, nameLength uint32, room unsafe.Pointer)                                       {}
func listVolume(volume, prefix, prefixLength, some, after, afterLength uint32, room unsafe.Pointer) {}
func statFile(volume, path, pathLength uint32, room unsafe.Pointer)                                 {}
func readFile(volume, path, pathLength uint32, offset uint64, length uint32, room unsafe.Pointer)   {}
func writeFile(volume, path, pathLength uint32, room unsafe.Pointer)                                {}
func deleteFile(volume, path, pathLength uint32, room unsafe.Pointer)                               {}
func writeUpload(upload, bytes, length uint32, room unsafe.Pointer)                                 {}
func commitUpload(upload uint32, room unsafe.Pointer)                                               {}
func dropUpload(upload uint32)                                                                      {}
