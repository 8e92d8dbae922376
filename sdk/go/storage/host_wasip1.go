package storage

import "unsafe"

//go:wasmimport polder:host/storage@0.1.0 [static]volume.open
func openVolume(name, nameLength uint32, room unsafe.Pointer)

//go:wasmimport polder:host/storage@0.1.0 [method]volume.list
func listVolume(volume, prefix, prefixLength, some, after, afterLength uint32, room unsafe.Pointer)

//go:wasmimport polder:host/storage@0.1.0 [method]volume.stat
func statFile(volume, path, pathLength uint32, room unsafe.Pointer)

//go:wasmimport polder:host/storage@0.1.0 [method]volume.read
func readFile(volume, path, pathLength uint32, offset uint64, length uint32, room unsafe.Pointer)

//go:wasmimport polder:host/storage@0.1.0 [method]volume.write
func writeFile(volume, path, pathLength uint32, room unsafe.Pointer)

//go:wasmimport polder:host/storage@0.1.0 [method]volume.delete
func deleteFile(volume, path, pathLength uint32, room unsafe.Pointer)

//go:wasmimport polder:host/storage@0.1.0 [method]upload.write
func writeUpload(upload, bytes, length uint32, room unsafe.Pointer)

//go:wasmimport polder:host/storage@0.1.0 [static]upload.commit
func commitUpload(upload uint32, room unsafe.Pointer)

//go:wasmimport polder:host/storage@0.1.0 [resource-drop]upload
func dropUpload(upload uint32)
