//go:build !wasip1

package query

import "unsafe"

func runStatement(statement, statementLength, schema, fields, rows, arrays, count uint32, room unsafe.Pointer) {
}
func rowsSchema(rows uint32, room unsafe.Pointer) {}
func nextRows(rows uint32, room unsafe.Pointer)   {}
func dropRows(rows uint32)                        {}
func openWriter(table, tableLength, schema, fields, mode, keys, keyCount, once, application, applicationLength uint32, version int64, room unsafe.Pointer) {
}
func pushBatch(writer, rows, arrays, count uint32, room unsafe.Pointer) {}
func commitWriter(writer uint32, room unsafe.Pointer)                   {}
func dropWriter(writer uint32)                                          {}
