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
		value, of := &codec{}, variable.Type()
		if pointer, ok := types.Unalias(of).(*types.Pointer); ok {
			of, value.nullable = pointer.Elem(), true
		}
		value.decode = "object.Decode[" + p.resolver.write(of) + "]"
		if plain := plainJSON(of); plain != nil {
			value.json = plain.json
			value.decode = "task." + coder(plain.name) + "[" + p.resolver.write(of) + "]"
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

// plainJSON is the codec of the type that a type is underneath, where its JSON is just that of it.
func plainJSON(of types.Type) *codec {
	plain, ok := of.Underlying().(*types.Basic)
	if !ok || types.NewMethodSet(types.NewPointer(of)).Len() > 0 {
		return nil
	}
	return basic(plain.Name())
}

// coder is what the functions are called that read and write the JSON of a type.
func coder(name string) string {
	name = strings.TrimRight(name, "0123456789")
	return strings.ToUpper(name[:1]) + name[1:]
}

// output is an output of a task: its name, the field that holds it, and the function that makes JSON of it.
type output struct{ name, field, encode string }

// outputs are the fields of the struct that a task returns; not ok when it returns something else.
func (p *plugin) outputs(of types.Type) (found []output, ok bool) {
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
		encode := "object.Encode"
		if plain := plainJSON(field.Type()); plain != nil {
			encode = "task.Encode" + coder(plain.name)
		}
		found = append(found, output{name, field.Name(), encode})
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
