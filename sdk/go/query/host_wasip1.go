package query

import "unsafe"

//go:wasmimport polder:host/query@0.1.0 run
func runStatement(statement, statementLength, schema, fields, rows, arrays, count uint32, room unsafe.Pointer)

//go:wasmimport polder:host/query@0.1.0 [method]rows.schema
func rowsSchema(rows uint32, room unsafe.Pointer)

//go:wasmimport polder:host/query@0.1.0 [method]rows.next
func nextRows(rows uint32, room unsafe.Pointer)

//go:wasmimport polder:host/query@0.1.0 [resource-drop]rows
func dropRows(rows uint32)

//go:wasmimport polder:host/query@0.1.0 [static]writer.open
func openWriter(table, tableLength, schema, fields, mode, keys, keyCount, once, application, applicationLength uint32, version int64, room unsafe.Pointer)

//go:wasmimport polder:host/query@0.1.0 [method]writer.push
func pushBatch(writer, rows, arrays, count uint32, room unsafe.Pointer)

//go:wasmimport polder:host/query@0.1.0 [static]writer.commit
func commitWriter(writer uint32, room unsafe.Pointer)

//go:wasmimport polder:host/query@0.1.0 [resource-drop]writer
func dropWriter(writer uint32)
