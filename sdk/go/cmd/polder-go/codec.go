package main

import "fmt"

// codec is how values of a type of Go are read from columns and written to them, as expressions of the generated code.
type codec struct {
	// The type as it is written there.
	name string
	// An expression for its DataType; empty when it stands for any type.
	of string
	// The view of a column, and the type that the view has values of when it is not this one.
	view, viewed string
	// The builder of a column for `rows` rows; its values are of the type viewed, too.
	build string
	// From and to a value of the type viewed, where that is another.
	from, to func(string) string
	// Whether null is one of the values, and the codec of what is no null, where that is a pointer's.
	nullable bool
	pointed  *codec
	// Whether values are views of memory: text, bytes, lists.
	holds bool
	// Whether the type is that of whole columns.
	column bool
	// The Arrow format that a parameter of a task tells, empty for any JSON, and the function that reads that.
	json, decode string
}

// anyType is the codec of polder.Value.
func (c *codec) anyType() bool { return c.of == "" && !c.column }

// get is the value of a row of a view.
func (c *codec) get(view, row string) string {
	value := fmt.Sprintf("%s.At(%s)", view, row)
	if c.from != nil {
		return c.from(value)
	}
	return value
}

// put is a value as a builder takes it.
func (c *codec) put(value string) string {
	if c.to != nil {
		return c.to(value)
	}
	return value
}

// viewOf is a view of the column whose values are of this very type.
func (c *codec) viewOf(column string) string {
	view := fmt.Sprintf(c.view, column)
	if c.from == nil {
		return view
	}
	return fmt.Sprintf("polder.ViewAs[%s, %s](%s, func(value %[1]s) %[2]s { return %[4]s })", c.viewed, c.name, view,
		c.from("value"))
}

// builder is a builder whose values are of this very type.
func (c *codec) builder() string {
	if c.to == nil {
		return c.build
	}
	return fmt.Sprintf("polder.NewBuilderAs[%s, %s](%s, func(value %[2]s) %[1]s { return %[4]s })", c.viewed, c.name, c.build,
		c.to("value"))
}

// optional is the codec of pointers to values.
func optional(value *codec) *codec {
	return &codec{
		name:     "*" + value.name,
		of:       value.of,
		view:     "polder.ViewOptional[" + value.name + "](" + value.viewOf("%s") + ")",
		build:    "polder.NewOptionalBuilder[" + value.name + "](" + value.builder() + ")",
		nullable: true,
		pointed:  value,
		holds:    value.holds,
	}
}

// list is the codec of slices.
func list(item *codec, fixed bool) *codec {
	list := &codec{
		name:  "[]" + item.name,
		of:    fmt.Sprintf("polder.ListType(%s, %t)", item.of, item.nullable),
		holds: true,
	}
	list.view = "polder.ViewList[" + item.name + "](%[1]s, " + item.viewOf("%[1]s.Children[0]") + ")"
	if fixed {
		list.view = "polder.ViewSlices[" + item.name + "](%s)"
	}
	list.build = "polder.NewListBuilder[" + item.name + "](" + list.of + ", " + item.builder() + ")"
	return list
}

// basics are the codecs of the types that the language brings.
func basic(name string) *codec {
	fixed := map[string]string{
		"int8": "c", "uint8": "C", "int16": "s", "uint16": "S", "int32": "i", "uint32": "I", "int64": "l", "uint64": "L",
		"int": "l", "uint": "L", "float32": "f", "float64": "g",
	}
	switch {
	case name == "bool":
		return &codec{name: name, of: dataType("b"), view: "polder.ViewBoolean(%s)", build: "polder.NewBooleanBuilder(rows)", json: "b"}
	case name == "string":
		return &codec{name: name, of: dataType("u"), view: "polder.ViewString(%s)", build: "polder.NewStringBuilder(rows)", json: "u",
			holds: true}
	case fixed[name] != "":
		return number(name, fixed[name], fixed[name])
	}
	return nil
}

// number is the codec of a type of numbers.
func number(name, arrow, json string) *codec {
	return &codec{
		name:  name,
		of:    dataType(arrow),
		view:  "polder.ViewFixed[" + name + "](%s)",
		build: "polder.NewFixedBuilder[" + name + "](" + dataType(arrow) + ", rows)",
		json:  json,
	}
}

// binary is the codec of []byte.
func binary() *codec {
	return &codec{name: "[]byte", of: dataType("z"), view: "polder.ViewBinary(%s)", build: "polder.NewBinaryBuilder(rows)",
		holds: true}
}

// decimal is the codec of a type that counts units, as an int64 or an Int128.
func decimal(name, precision, scale string, small bool) *codec {
	of := fmt.Sprintf("polder.DecimalType(%s, %s)", precision, scale)
	codec := &codec{name: name, of: of, view: "polder.ViewDecimal(%s)", viewed: "polder.Int128",
		build: "polder.NewDecimalBuilder(" + of + ", rows)"}
	codec.from, codec.to = conversion(name), conversion("polder.Int128")
	if small {
		codec.from = func(value string) string { return name + "(" + value + ".Lo)" }
		codec.to = func(value string) string { return "polder.NewInt128(int64(" + value + "))" }
	}
	return codec
}

// named is the codec of a type that is declared as another.
func named(name string, underlying *codec) *codec {
	codec := *underlying
	codec.name, codec.viewed = name, underlying.name
	codec.from, codec.to = conversion(name), conversion(underlying.name)
	return &codec
}

func conversion(to string) func(string) string {
	return func(value string) string { return "(" + to + ")(" + value + ")" }
}

func dataType(arrow string) string { return fmt.Sprintf("polder.DataType{Format: %q}", arrow) }
