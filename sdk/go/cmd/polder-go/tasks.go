package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// task finds out what a task takes and gives: JSON values by name.
func (p *plugin) task(f *function, signature *types.Signature) error {
	f.kind, f.volatility = "Task", "Volatile"
	if signature.Variadic() {
		return errors.New("a task has a fixed number of parameters")
	}
	for i := range signature.Params().Len() {
		variable := signature.Params().At(i)
		if variable.Name() == "" || variable.Name() == "_" {
			return fmt.Errorf("parameter %d has no name", i+1)
		}
		value := &codec{name: p.resolver.write(variable.Type())}
		inner := variable.Type()
		if pointer, ok := types.Unalias(inner).(*types.Pointer); ok {
			inner, value.nullable = pointer.Elem(), true
		}
		if plain, ok := inner.Underlying().(*types.Basic); ok {
			if known := basic(plain.Name()); known != nil {
				value.json = known.json
			}
		}
		f.parameters = append(f.parameters, parameter{name: snake(variable.Name()), doc: f.doc.parameters[variable.Name()], codec: value})
	}
	results := signature.Results()
	if results.Len() == 1 && isError(results.At(0).Type()) {
		f.result.fails = true
		return nil
	}
	if results.Len() == 0 {
		return nil
	}
	var err error
	f.result, err = p.result(results)
	return err
}

// output is an output of a task: its name, and the field that holds it.
type output struct{ name, field string }

// outputs are the fields of the struct that a task returns; not ok when it returns something else.
func outputs(of types.Type) (found []output, ok bool) {
	if pointer, is := types.Unalias(of).(*types.Pointer); is {
		of = pointer.Elem()
	}
	fields, ok := of.Underlying().(*types.Struct)
	if !ok {
		return nil, false
	}
	for i := range fields.NumFields() {
		field := fields.Field(i)
		if !field.Exported() {
			continue
		}
		name, _, _ := strings.Cut(reflect.StructTag(fields.Tag(i)).Get("json"), ",")
		if name == "" {
			name = snake(field.Name())
		}
		found = append(found, output{name, field.Name()})
	}
	return found, true
}

// findRows finds the structs that tasks write to tables or read from queries: the type arguments of functions of query.
func (p *plugin) findRows() error {
	var names []*ast.Ident
	for name := range p.source.info.Instances {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b *ast.Ident) int { return int(a.Pos() - b.Pos()) })
	seen := map[string]bool{}
	for _, name := range names {
		used := p.source.info.Uses[name]
		if used == nil || used.Pkg() == nil || used.Pkg().Path() != sdk+"/query" {
			continue
		}
		of := p.source.info.Instances[name].TypeArgs.At(0)
		if _, parameter := of.(*types.TypeParam); parameter {
			continue
		}
		codec, err := p.resolver.codec(of)
		if err == nil && p.resolver.records[codec.name] == nil {
			err = errors.New("a row is a struct, whose fields are the columns")
		}
		if err != nil {
			return p.source.fail(name.Pos(), "%v", err)
		}
		if !seen[codec.name] {
			seen[codec.name] = true
			p.rows = append(p.rows, codec)
		}
	}
	return nil
}
