package main

import (
	"bytes"
	"fmt"
	"strings"
)

// generator writes the registration.
type generator struct {
	*plugin
	text *bytes.Buffer
}

func (g *generator) line(format string, values ...any) {
	fmt.Fprintf(g.text, format+"\n", values...)
}

// registers tells the SDK of everything.
func (g *generator) registers() {
	g.line("func init() {")
	for _, row := range g.rows {
		g.line("query.Register[%s](%s, %s, func(rows int) polder.Builder[%[1]s] { return %[4]s })", row.name, row.of,
			strings.TrimSuffix(row.view, "(%s)"), row.build)
	}
	m := g.manifest
	g.line("guest.Register(&guest.Plugin{")
	g.line("Name: %q, Version: %q, Summary: %q, License: %q, Homepage: %q,", m.Name, m.Version, m.Description, m.License,
		m.Homepage)
	g.line("Authors: %#v,", m.Authors)
	g.line("Wants: []guest.Want{")
	for _, want := range g.wants {
		g.line("{Interface: %q, Privilege: %q, Kind: %q, On: %q, Reason: %q},", want.Interface, want.Privilege, want.Kind,
			want.On, want.Reason)
	}
	g.line("},")
	g.line("Functions: []*guest.Function{")
	for _, f := range g.functions {
		g.describe(f)
	}
	g.line("},\n})\n}\n")
}

// describe writes what a function says of itself.
func (g *generator) describe(f *function) {
	g.line("{\nName: %q, Kind: guest.%s, Volatility: guest.%s, Variadic: %t,", f.name, f.kind, f.volatility, f.variadic)
	g.line("Doc: %q,", f.doc.text)
	g.line("Examples: []guest.Example{")
	for _, example := range f.doc.examples {
		g.line("{SQL: %q, Result: %q},", example[0], example[1])
	}
	g.line("},\nParameters: []guest.Parameter{")
	for _, parameter := range f.parameters {
		of, optional := parameter.codec.of, false
		if f.kind == "Task" {
			of, optional = "", parameter.codec.nullable
			if parameter.codec.json != "" {
				of = dataType(parameter.codec.json)
			}
		}
		if of == "" {
			of = "polder.DataType{}"
		}
		g.line("{Name: %q, Doc: %q, Type: %s, Optional: %t},", parameter.name, parameter.doc, of, optional)
	}
	g.line("},")
	switch {
	case f.kind == "Table":
		g.line("Returns: %s.Children,", f.result.codec.of)
	case f.bind != "":
		g.line("Bind: %s,", f.bind)
	case f.kind != "Task":
		g.line("Returns: []polder.Field{{Name: %q, Type: %s, Nullable: true}},", f.name, f.result.codec.of)
	}
	field := f.kind
	if f.kind == "Aggregate" {
		field = "Groups"
	}
	g.line("%s: polder%s%s,\n},", field, field, f.goName)
}

// function writes what a function does.
func (g *generator) function(f *function) {
	switch {
	case f.kind == "Task":
		g.task(f)
	case f.kind == "Aggregate":
		g.aggregate(f)
	case f.kind == "Table":
		g.table(f)
	case f.columns:
		g.columns(f)
	default:
		g.scalar(f)
	}
}

// views writes the views of the arguments at those positions, and what rows are valid.
func (g *generator) views(f *function, positions []int) {
	var masked []string
	for _, i := range positions {
		parameter := f.parameters[i]
		if f.variadic && i == len(f.parameters)-1 {
			g.line("a%d := make([]polder.View[%s], 0, len(call.Columns))", i, parameter.codec.name)
			g.line("for _, column := range call.Columns[%d:] {", i)
			g.line("a%d = append(a%[1]d, %s)\n}", i, parameter.codec.viewOf("column"))
			g.line("rest := make([]%s, len(a%d))", parameter.codec.name, i)
			continue
		}
		codec := parameter.codec
		if codec.pointed != nil {
			codec = codec.pointed
		}
		g.line("a%d := %s", i, fmt.Sprintf(codec.view, fmt.Sprintf("call.Columns[%d]", i)))
		if codec != parameter.codec {
			g.line("n%d := a%[1]d.Mask()", i)
		} else if !codec.nullable {
			masked = append(masked, fmt.Sprintf("a%d", i))
		}
		if parameter.prepare != "" {
			g.line("m%d := guest.Memory[%s, %s](call, %[1]d)", i, parameter.codec.name, parameter.prepared)
		}
	}
	g.line("valid := polder.MaskOf(%s)", strings.Join(masked, ", "))
	if last := len(f.parameters) - 1; f.variadic && len(positions) > last && !f.parameters[last].codec.nullable {
		g.line("for _, view := range a%d {\nvalid = valid.And(view.Mask())\n}", last)
	}
}

// arguments writes what has to be done before a call for a row, and gives the arguments of the call.
func (g *generator) arguments(f *function, positions []int, row, fail string) string {
	var arguments []string
	for _, i := range positions {
		parameter := f.parameters[i]
		switch {
		case f.variadic && i == len(f.parameters)-1:
			g.line("for i, view := range a%d {\nrest[i] = view.At(%s)\n}", i, row)
			arguments = append(arguments, "rest...")
		case parameter.prepare != "":
			made := parameter.prepare
			if !parameter.fails {
				made = fmt.Sprintf("func(value %s) (%s, error) { return %s(value), nil }", parameter.codec.name, parameter.prepared,
					made)
			}
			g.line("p%d, err := m%[1]d.Get(%s, %s)", i, parameter.codec.get(fmt.Sprintf("a%d", i), row), made)
			g.line("if err != nil {\n%s\n}", fail)
			arguments = append(arguments, fmt.Sprintf("p%d", i))
		case parameter.codec.pointed != nil:
			value := parameter.codec.pointed.get(fmt.Sprintf("a%d", i), row)
			g.line("var p%d %s\nif n%[1]d.At(%[3]s) {\nvalue := %[4]s\np%[1]d = &value\n}", i, parameter.codec.name, row, value)
			arguments = append(arguments, fmt.Sprintf("p%d", i))
		default:
			arguments = append(arguments, parameter.codec.get(fmt.Sprintf("a%d", i), row))
		}
	}
	return strings.Join(arguments, ", ")
}

// positions are those of the first parameters.
func positions(count int) []int {
	all := make([]int, count)
	for i := range all {
		all[i] = i
	}
	return all
}
