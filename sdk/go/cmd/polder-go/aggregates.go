package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// aggregate is what the methods of an aggregate take and give.
type aggregate struct {
	state *codec
	// Whether Update and Merge return errors, and whether Merge takes a pointer.
	updateFails, mergeFails, mergePointer bool
	// The positions of the parameters of Update that Evaluate takes.
	constants []int
}

// aggregates adds the exported types that have the methods of an aggregate.
func (p *plugin) aggregates(declaration *ast.GenDecl) error {
	if declaration.Tok != token.TYPE {
		return nil
	}
	for _, spec := range declaration.Specs {
		declared := spec.(*ast.TypeSpec)
		if !declared.Name.IsExported() || declared.TypeParams != nil || declared.Assign.IsValid() {
			continue
		}
		of := p.source.types.Scope().Lookup(declared.Name.Name).Type()
		methods := map[string]*types.Signature{}
		for _, name := range []string{"Update", "Merge", "Evaluate"} {
			found, _, _ := types.LookupFieldOrMethod(of, true, p.source.types, name)
			if method, ok := found.(*types.Func); ok {
				methods[name] = method.Type().(*types.Signature)
			}
		}
		if methods["Update"] == nil || methods["Evaluate"] == nil && methods["Merge"] == nil {
			continue
		}
		if err := p.aggregate(declaration, declared, of, methods); err != nil {
			return p.source.fail(declared.Pos(), "aggregate %s: %v", declared.Name.Name, err)
		}
	}
	return nil
}

func (p *plugin) aggregate(general *ast.GenDecl, declared *ast.TypeSpec, of types.Type, methods map[string]*types.Signature) error {
	for name, rest := range map[string]string{"Merge": "which takes another state", "Evaluate": "which gives the value"} {
		if methods[name] == nil {
			return fmt.Errorf("it has no method %s, %s", name, rest)
		}
	}
	comment := docOf(general, declared)
	directives, err := p.source.directives(comment)
	if err != nil {
		return err
	}
	f := newFunction(declared.Name.Name, comment, directives)
	f.kind, f.aggregate = "Aggregate", &aggregate{}
	a := f.aggregate
	if a.state, err = p.resolver.codec(of); err != nil {
		return err
	}
	if p.resolver.records[a.state.name] == nil {
		return errors.New("its state is a struct, whose fields are columns")
	}
	if err := p.parameters(f, nil, methods["Update"]); err != nil {
		return err
	}
	merge := methods["Merge"]
	_, a.mergePointer = first(merge).(*types.Pointer)
	if other := first(merge); other == nil || !types.Identical(other, of) && !types.Identical(other, types.NewPointer(of)) {
		return fmt.Errorf("Merge takes another %s", declared.Name.Name)
	}
	for name, fails := range map[string]*bool{"Update": &a.updateFails, "Merge": &a.mergeFails} {
		results := methods[name].Results()
		if *fails = results.Len() == 1 && isError(results.At(0).Type()); !*fails && results.Len() > 0 {
			return fmt.Errorf("%s returns nothing or an error", name)
		}
	}
	if err := p.evaluate(f, methods["Evaluate"]); err != nil {
		return err
	}
	p.functions = append(p.functions, f)
	return nil
}

// evaluate finds out what the method Evaluate takes and gives.
func (p *plugin) evaluate(f *function, signature *types.Signature) error {
	for i := range signature.Params().Len() {
		name := snake(signature.Params().At(i).Name())
		at := slices.IndexFunc(f.parameters, func(other parameter) bool { return other.name == name })
		if at < 0 {
			return fmt.Errorf("Evaluate takes %s, which Update does not", name)
		}
		f.aggregate.constants = append(f.aggregate.constants, at)
	}
	result, err := p.result(signature.Results())
	if err != nil {
		return fmt.Errorf("Evaluate: %w", err)
	}
	if result.codec, err = p.resolver.codec(result.of); err != nil {
		return fmt.Errorf("Evaluate: %w", err)
	}
	if result.codec.of == "" {
		return errors.New("Evaluate gives a value of one type")
	}
	f.result = result
	return nil
}

func first(signature *types.Signature) types.Type {
	if signature.Params().Len() != 1 {
		return nil
	}
	return signature.Params().At(0).Type()
}
