package polder

import (
	"strconv"
	"strings"
)

// DataType is the type of a column in the words of Arrow's C data interface: "l" for int64, "u" for text, "+l" for a
// list, and so on.
// https://arrow.apache.org/docs/format/CDataInterface.html#data-type-description-format-strings
type DataType struct {
	Format string
	// What is inside a nested type: the items of a list, the fields of a struct.
	Children []Field
}

// Field is a named type.
type Field struct {
	Name     string
	Type     DataType
	Nullable bool
}

// ListType is the type of lists, whose items may be null if nullable.
func ListType(item DataType, nullable bool) DataType {
	return DataType{Format: "+l", Children: []Field{{Name: "item", Type: item, Nullable: nullable}}}
}

// StructType is the type of structs with these fields.
func StructType(fields ...Field) DataType { return DataType{Format: "+s", Children: fields} }

// DecimalType is the type of numbers with so many decimal digits in all, scale of them behind the point.
func DecimalType(precision, scale int) DataType {
	return DataType{Format: "d:" + strconv.Itoa(precision) + "," + strconv.Itoa(scale)}
}

// Same tells whether both types have the same values, whatever their fields are called and whether they may be null.
func (t DataType) Same(other DataType) bool {
	if t.Format != other.Format || len(t.Children) != len(other.Children) {
		return false
	}
	for i, child := range t.Children {
		if !child.Type.Same(other.Children[i].Type) {
			return false
		}
	}
	return true
}

// Decimal gives the digits of a decimal type, and how many of them are behind the point.
func (t DataType) Decimal() (precision, scale int, ok bool) {
	rest, decimal := strings.CutPrefix(t.Format, "d:")
	whole, behind, both := strings.Cut(rest, ",")
	precision, notWhole := strconv.Atoi(whole)
	scale, notBehind := strconv.Atoi(behind)
	return precision, scale, decimal && both && notWhole == nil && notBehind == nil
}

// Width is the number of bytes of a value, where all have the same number of whole bytes; else 0.
func (t DataType) Width() int {
	switch t.Format {
	case "c", "C":
		return 1
	case "s", "S", "e":
		return 2
	case "i", "I", "f", "tdD", "tts", "ttm", "tiM":
		return 4
	case "l", "L", "g", "ttu", "ttn", "tdm", "tDs", "tDm", "tDu", "tDn", "tiD":
		return 8
	case "tin":
		return 16
	}
	switch {
	case strings.HasPrefix(t.Format, "ts"):
		return 8
	case strings.HasPrefix(t.Format, "d:") && strings.HasSuffix(t.Format, ",256"):
		return 32
	case strings.HasPrefix(t.Format, "d:"):
		return 16
	}
	return 0
}

// NullableInside is the same type, but null may be whatever is inside.
func (t DataType) NullableInside() DataType {
	inside := make([]Field, len(t.Children))
	for i, child := range t.Children {
		inside[i] = Field{Name: child.Name, Type: child.Type.NullableInside(), Nullable: true}
	}
	return DataType{Format: t.Format, Children: inside}
}
