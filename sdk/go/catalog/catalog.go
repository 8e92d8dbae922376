// Package catalog looks up what exists, as far as the caller and the plugin may both see it.
package catalog

import (
	"unsafe"

	"polder"
	"polder/internal/abi"
	"polder/internal/wire"
)

// Table is a table or a view.
type Table struct {
	// Its full name.
	Name    string
	Comment *string
	// Keys and values.
	Tags    [][2]string
	Columns []polder.Field
	// Nil for a view.
	Version *uint64
}

// Function is a function of a plugin, or one in SQL.
type Function struct {
	// Its full name.
	Name string
	// "scalar", "aggregate", "table", "transform", "scorer" or "task".
	Kind string
	// How it is called.
	Signature string
	Comment   *string
}

type tableInfo struct {
	name    abi.String
	comment abi.Option[abi.String]
	tags    abi.List[abi.Pair]
	columns wire.Schema
	version abi.Option[uint64]
}

type functionInfo struct {
	name, kind, signature abi.String
	comment               abi.Option[abi.String]
}

// Schemas are the schemas of a catalog, by full name.
func Schemas(catalog string) ([]string, error) { return names(listSchemas, catalog) }

// Tables are the tables and views of a schema, by full name.
func Tables(schema string) ([]string, error) { return names(listTables, schema) }

// FindTable looks a table or view up.
func FindTable(name string) (*Table, error) {
	return wire.Ask(about(findTable, name), func(info tableInfo) *Table {
		table := &Table{
			Name:    abi.LiftString(info.name),
			Comment: text(info.comment),
			Tags: abi.LiftEach(info.tags, func(tag abi.Pair) [2]string {
				return [2]string{abi.LiftString(tag.Name), abi.LiftString(tag.Value)}
			}),
			Columns: wire.LiftSchema(info.columns),
		}
		if info.version.Some {
			table.Version = &info.version.Value
		}
		return table
	})
}

// Functions are the functions of a schema.
func Functions(schema string) ([]Function, error) {
	return wire.Ask(about(listFunctions, schema), func(functions abi.List[functionInfo]) []Function {
		return abi.LiftEach(functions, func(info functionInfo) Function {
			return Function{abi.LiftString(info.name), abi.LiftString(info.kind), abi.LiftString(info.signature), text(info.comment)}
		})
	})
}

// SetComment comments on a table; it needs MANAGE on it, as tags do.
func SetComment(table, comment string) error {
	return wire.Tell(func(room unsafe.Pointer) {
		name, length := abi.LowerString(table).Flat()
		text, textLength := abi.LowerString(comment).Flat()
		setComment(name, length, text, textLength, room)
	})
}

// SetTag sets a tag of a table.
func SetTag(table, key, value string) error {
	return wire.Tell(func(room unsafe.Pointer) {
		name, length := abi.LowerString(table).Flat()
		tag, tagLength := abi.LowerString(key).Flat()
		text, textLength := abi.LowerString(value).Flat()
		setTag(name, length, tag, tagLength, text, textLength, room)
	})
}

// UnsetTag takes a tag off a table.
func UnsetTag(table, key string) error {
	return wire.Tell(func(room unsafe.Pointer) {
		name, length := abi.LowerString(table).Flat()
		tag, tagLength := abi.LowerString(key).Flat()
		unsetTag(name, length, tag, tagLength, room)
	})
}

func names(list func(name, length uint32, room unsafe.Pointer), of string) ([]string, error) {
	return wire.Ask(about(list, of), func(names abi.List[abi.String]) []string {
		return abi.LiftEach(names, abi.LiftString)
	})
}

// about is a call of the host about a name.
func about(call func(name, length uint32, room unsafe.Pointer), name string) func(unsafe.Pointer) {
	return func(room unsafe.Pointer) {
		address, length := abi.LowerString(name).Flat()
		call(address, length, room)
	}
}

func text(option abi.Option[abi.String]) *string {
	if !option.Some {
		return nil
	}
	text := abi.LiftString(option.Value)
	return &text
}
