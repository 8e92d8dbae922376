package main

import (
	"fmt"
	"strings"
)

// aggregate writes what the methods of an aggregate do for rows and groups.
func (g *generator) aggregate(f *function) {
	a, all := f.aggregate, positions(len(f.parameters))
	state := a.state.name
	record := g.resolver.records[state]
	g.line("func polderGroups%s() guest.Groups {\nreturn &guest.States[%s]{", f.goName, state)
	g.line("Of: %s, View: polderView%s, Build: func(rows int) polder.Builder[%s] { return %s },", a.state.of, record.suffix,
		state, a.state.build)
	if len(a.constants) > 0 {
		g.line("Needs: %#v,", a.constants)
	}

	g.line("UpdateRows: func(call *guest.Call, states []%s, groups []uint32) error {", state)
	if a.state.holds {
		g.line("call.Own()")
	}
	g.views(f, all)
	g.line("for row, group := range groups {\nif !valid.At(row) {\ncontinue\n}\ncall.Row = row")
	update := fmt.Sprintf("states[group].Update(%s)", g.arguments(f, all, "row", "return err"))
	g.attempt(update, a.updateFails)
	g.line("}\ncall.Row = -1\nreturn nil\n},")

	other := "other"
	if a.mergePointer {
		other = "&other"
	}
	g.line("MergeRow: func(state *%s, other %[1]s) error {", state)
	g.attempt("state.Merge("+other+")", a.mergeFails)
	g.line("return nil\n},")

	g.line("EvaluateEach: func(call *guest.Call, states []%s) (*polder.Column, error) {", state)
	g.views(f, a.constants)
	g.out(f, "len(states)")
	g.line("for row := range rows {\nif !valid.At(row) {\nout.AppendNull()\ncontinue\n}\ncall.Row = row")
	g.appends(f, fmt.Sprintf("states[row].Evaluate(%s)", g.arguments(f, a.constants, "row", "return nil, err")))
	g.line("}\ncall.Row = -1\nreturn out.Column()\n},")
	g.held(record)
	g.line("}\n}\n")
}

// attempt writes a call that may fail.
func (g *generator) attempt(call string, fails bool) {
	if fails {
		call = fmt.Sprintf("if err := %s; err != nil {\nreturn err\n}", call)
	}
	g.line("%s", call)
}

// held writes how many bytes a state holds outside of itself.
func (g *generator) held(record *record) {
	var parts []string
	for _, field := range record.fields {
		switch name := field.codec.name; {
		case name == "string" || name == "[]byte":
			parts = append(parts, "size += len(state."+field.name+")")
		case name == "*string" || name == "*[]byte":
			parts = append(parts, fmt.Sprintf("if state.%s != nil {\nsize += 24 + len(*state.%[1]s)\n}", field.name))
		case strings.HasPrefix(name, "[]"):
			parts = append(parts, "size += 16 * len(state."+field.name+")")
		}
	}
	if len(parts) > 0 {
		g.line("Held: func(state *%s) (size int) {\n%s\nreturn size\n},", record.name, strings.Join(parts, "\n"))
	}
}

// record writes the type, the view and the builder of a struct.
func (g *generator) record(r *record) {
	g.line("var polderType%s = polder.StructType(", r.suffix)
	for _, field := range r.fields {
		g.line("polder.Field{Name: %q, Type: %s, Nullable: %t},", field.sql, field.codec.of, field.codec.nullable)
	}
	g.line(")\n")

	var names, values []string
	g.line("func polderView%s(column *polder.Column) polder.View[%s] {", r.suffix, r.name)
	for i, field := range r.fields {
		name := fmt.Sprintf("f%d", i)
		g.line("%s := %s", name, fmt.Sprintf(field.codec.view, fmt.Sprintf("column.Children[%d]", i)))
		names = append(names, name)
		values = append(values, field.name+": "+field.codec.get(name, "row"))
	}
	g.line("return polder.ViewStruct(column, func(row int) %s {\nreturn %[1]s{%s}\n}, %s)\n}\n", r.name,
		strings.Join(values, ", "), strings.Join(names, ", "))

	g.line("func polderBuild%s(rows int) polder.Builder[%s] {", r.suffix, r.name)
	for i, field := range r.fields {
		g.line("f%d := %s", i, field.codec.build)
	}
	g.line("return polder.NewStructBuilder(polderType%s, func(value %s) {", r.suffix, r.name)
	for i, field := range r.fields {
		g.line("f%d.Append(%s)", i, field.codec.put("value."+field.name))
	}
	g.line("}, %s)\n}\n", strings.Join(names, ", "))
}
