// Package wire moves columns and their types across the border: polder:host/data.
package wire

import (
	"polder"
	"polder/internal/abi"
)

// Field is one field of a flattened schema.
type Field struct {
	Name, Format abi.String
	Nullable     bool
	Children     uint32
	Metadata     abi.List[abi.Pair]
}

// Array is one array of a flattened batch.
type Array struct {
	Length, Nulls uint32
	Validity      abi.List[byte]
	Buffers       abi.List[abi.List[byte]]
}

// Batch is rows of a schema.
type Batch struct {
	Rows   uint32
	Arrays abi.List[Array]
}

// Schema is fields in order, each followed by its children.
type Schema = abi.List[Field]

// LowerSchema lends a schema to the host.
func LowerSchema(fields []polder.Field) Schema { return abi.Lower(flatFields(nil, fields)) }

func flatFields(flat []Field, fields []polder.Field) []Field {
	for _, field := range fields {
		flat = append(flat, Field{
			Name:     abi.LowerString(field.Name),
			Format:   abi.LowerString(field.Type.Format),
			Nullable: field.Nullable,
			Children: uint32(len(field.Type.Children)),
		})
		flat = flatFields(flat, field.Type.Children)
	}
	return flat
}

// LiftSchema takes a schema from the host.
func LiftSchema(schema Schema) []polder.Field {
	var fields []polder.Field
	for flat := schema.Lift(); len(flat) > 0; {
		var field polder.Field
		field, flat = liftField(flat)
		fields = append(fields, field)
	}
	return fields
}

func liftField(flat []Field) (polder.Field, []Field) {
	first, rest := flat[0], flat[1:]
	field := polder.Field{Name: abi.LiftString(first.Name), Nullable: first.Nullable}
	field.Type.Format = abi.LiftString(first.Format)
	for range first.Children {
		var child polder.Field
		child, rest = liftField(rest)
		field.Type.Children = append(field.Type.Children, child)
	}
	return field, rest
}

// LowerBatch lends a batch to the host.
func LowerBatch(rows int, columns []*polder.Column) Batch {
	return Batch{Rows: uint32(rows), Arrays: abi.Lower(flatArrays(nil, columns))}
}

func flatArrays(flat []Array, columns []*polder.Column) []Array {
	for _, column := range columns {
		array := Array{Length: uint32(column.Len), Nulls: uint32(column.Nulls)}
		if column.Nulls > 0 {
			array.Validity = abi.Lower([]byte(column.Valid))
		}
		array.Buffers = abi.LowerEach(column.Buffers, abi.Lower[byte])
		flat = flatArrays(append(flat, array), column.Children)
	}
	return flat
}

// LiftBatch takes the columns of a batch of these types from the host, as views of what it wrote.
func LiftBatch(batch Batch, types []polder.DataType) []*polder.Column {
	flat := batch.Arrays.Lift()
	columns := make([]*polder.Column, len(types))
	for i, of := range types {
		columns[i], flat = liftColumn(flat, of)
	}
	return columns
}

func liftColumn(flat []Array, of polder.DataType) (*polder.Column, []Array) {
	array, rest := flat[0], flat[1:]
	column := &polder.Column{Type: of, Len: int(array.Length), Nulls: int(array.Nulls)}
	if column.Nulls > 0 {
		column.Valid = array.Validity.Lift()
	}
	column.Buffers = abi.LiftEach(array.Buffers, abi.List[byte].Lift)
	for _, field := range of.Children {
		var child *polder.Column
		child, rest = liftColumn(rest, field.Type)
		column.Children = append(column.Children, child)
	}
	return column, rest
}

// Types are the types of fields.
func Types(fields []polder.Field) []polder.DataType {
	types := make([]polder.DataType, len(fields))
	for i, field := range fields {
		types[i] = field.Type
	}
	return types
}
