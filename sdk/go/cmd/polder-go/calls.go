package main

import (
	"fmt"
	"strings"
)

// scalar writes the loop over the rows of a scalar function.
func (g *generator) scalar(f *function) {
	all := positions(len(f.parameters))
	g.line("func polderScalar%s(call *guest.Call) (*polder.Column, error) {", f.goName)
	g.views(f, all)
	g.out(f, "call.Rows")
	g.line("for row := range rows {\nif !valid.At(row) {\nout.AppendNull()\ncontinue\n}\ncall.Row = row")
	arguments := g.arguments(f, all, "row", "return nil, err")
	g.appends(f, fmt.Sprintf("%s(%s)", f.goName, arguments))
	g.line("}\ncall.Row = -1\nreturn out.Column()\n}\n")
}

// out writes the builder of a function's results.
func (g *generator) out(f *function, rows string) {
	codec := f.result.codec
	if codec.pointed != nil {
		codec = codec.pointed
	}
	g.line("rows := %s\nout := %s", rows, codec.build)
}

// appends writes the append of what a call returns.
func (g *generator) appends(f *function, call string) {
	if f.result.fails {
		g.line("value, err := %s\nif err != nil {\nreturn nil, err\n}", call)
		call = "value"
	}
	if pointed := f.result.codec.pointed; pointed != nil {
		g.line("if value := %s; value == nil {\nout.AppendNull()\n} else {\nout.Append(%s)\n}", call, pointed.put("*value"))
		return
	}
	g.line("out.Append(%s)", f.result.codec.put(call))
}

// columns writes the call of a function on whole columns.
func (g *generator) columns(f *function) {
	var arguments []string
	for i, parameter := range f.parameters {
		argument := fmt.Sprintf(parameter.codec.view, fmt.Sprintf("call.Columns[%d]", i))
		if f.variadic && i == len(f.parameters)-1 {
			argument = "rest..."
		}
		arguments = append(arguments, argument)
	}
	g.line("func polderScalar%s(call *guest.Call) (*polder.Column, error) {", f.goName)
	if last := len(f.parameters) - 1; f.variadic {
		codec := f.parameters[last].codec
		g.line("var rest []%s\nfor _, column := range call.Columns[%d:] {\nrest = append(rest, %s)\n}", codec.name, last,
			fmt.Sprintf(codec.view, "column"))
	}
	returned := fmt.Sprintf("%s(%s)", f.goName, strings.Join(arguments, ", "))
	if f.result.fails {
		g.line("column, err := %s\nif err != nil {\nreturn nil, err\n}", returned)
		returned = "column"
	}
	if f.result.codec.of != "" {
		returned += ".Column"
	}
	g.line("return call.Whole(%s)\n}\n", returned)
}

// table writes the loop over the rows of a table function, and over the rows of each.
func (g *generator) table(f *function) {
	all := positions(len(f.parameters))
	row := f.result.codec
	g.line("func polderTable%s(call *guest.Call) guest.Pages {", f.goName)
	g.line("return guest.NewPages(call, func(rows int) polder.Builder[%s] { return %s }, func(out *guest.Rows[%[1]s]) error {",
		row.name, row.build)
	g.views(f, all)
	g.line("for row := range call.Rows {\nif !valid.At(row) {\ncontinue\n}\ncall.Row = row")
	iterator := fmt.Sprintf("%s(%s)", f.goName, g.arguments(f, all, "row", "return err"))
	if f.result.fails {
		g.line("iterator, err := %s\nif err != nil {\nreturn err\n}", iterator)
		iterator = "iterator"
	}
	if f.result.rowFails {
		g.line("for next, err := range %s {\nif err != nil {\nreturn err\n}", iterator)
	} else {
		g.line("for next := range %s {", iterator)
	}
	g.line("if !out.Append(next) {\nreturn nil\n}\n}\n}\ncall.Row = -1\nreturn nil\n})\n}\n")
}

// task writes a task: from JSON values by name to others.
func (g *generator) task(f *function) {
	var names, arguments []string
	for i, parameter := range f.parameters {
		names = append(names, fmt.Sprintf("%q", parameter.name))
		arguments = append(arguments, fmt.Sprintf("a%d", i))
	}
	g.line("func polderTask%s(parameters [][2]string) ([][2]string, error) {", f.goName)
	g.line("inputs := task.Read(parameters, %s)", strings.Join(append(names, ""), ", "))
	for i, parameter := range f.parameters {
		read := "Required"
		if parameter.codec.nullable {
			read = "Optional"
		}
		g.line("a%d := task.%s(inputs, %q, %s)", i, read, parameter.name, parameter.codec.decode)
	}
	g.line("if err := inputs.Err(); err != nil {\nreturn nil, err\n}")
	call := fmt.Sprintf("%s(%s)", f.goName, strings.Join(arguments, ", "))
	switch {
	case f.result.of == nil && f.result.fails:
		g.line("return nil, %s\n}\n", call)
		return
	case f.result.of == nil:
		g.line("%s\nreturn nil, nil\n}\n", call)
		return
	case f.result.fails:
		g.line("value, err := %s\nif err != nil {\nreturn nil, err\n}", call)
	default:
		g.line("value := %s", call)
	}
	fields, ok := g.outputs(f.result.of)
	if !ok {
		g.line("return object.Fields(value)\n}\n")
		return
	}
	g.line("var outputs task.Outputs")
	for i, field := range fields {
		g.line("o%d, err := %s(value.%s)\noutputs.Add(%q, o%[1]d, err)", i, field.encode, field.field, field.name)
	}
	g.line("return outputs.Pairs()\n}\n")
}
