package main

import (
	"errors"
	"fmt"
	"go/types"
	"slices"
)

// kind finds out from a signature what kind of function it is, and what it takes and gives.
func (p *plugin) kind(f *function, directives []directive, signature *types.Signature) error {
	if _, is := one(directives, "task"); is {
		return p.task(f, signature)
	}
	if err := p.parameters(f, directives, signature); err != nil {
		return err
	}
	result, err := p.result(signature.Results())
	if err != nil {
		return err
	}
	f.result = result
	if row, fails := p.iterator(result.of); row != nil {
		f.kind, f.result.rowFails = "Table", fails
		if f.result.codec, err = p.resolver.codec(row); err != nil {
			return err
		}
		if p.resolver.records[f.result.codec.name] == nil {
			return errors.New("the rows of a table are structs, whose fields are the columns")
		}
		return nil
	}
	if f.result.codec, err = p.resolver.codec(result.of); err != nil {
		return err
	}
	f.columns = f.result.codec.column
	for _, parameter := range f.parameters {
		if parameter.codec.column != f.columns {
			return errors.New("either all parameters and the result are whole columns, or none is")
		}
	}
	return p.bound(f, directives)
}

// bound finds the function that tells the type of a result.
func (p *plugin) bound(f *function, directives []directive) error {
	returns, is := one(directives, "returns")
	switch {
	case is && f.result.codec.of != "":
		return errors.New("//polder:returns is for results of type polder.Value or *polder.Column")
	case !is && f.result.codec.of == "":
		return errors.New("nobody knows the type of the result; //polder:returns names a function that tells it, of type " +
			"func([]polder.Argument) (polder.DataType, error)")
	case !is:
		return nil
	}
	f.bind = returns.arguments[0]
	if found := p.source.types.Scope().Lookup(f.bind); found == nil || !p.tells(found.Type()) {
		return fmt.Errorf("%s is no func([]polder.Argument) (polder.DataType, error)", f.bind)
	}
	return nil
}

// tells tells whether a type is that of functions that tell types.
func (p *plugin) tells(t types.Type) bool {
	signature, ok := t.(*types.Signature)
	return ok && signature.Params().Len() == 1 && signature.Results().Len() == 2 &&
		p.resolver.write(signature.Params().At(0).Type()) == "[]polder.Argument" &&
		p.resolver.is(signature.Results().At(0).Type(), "polder.DataType")
}

// parameters finds the codecs of the parameters.
func (p *plugin) parameters(f *function, directives []directive, signature *types.Signature) error {
	f.variadic = signature.Variadic()
	for i := range signature.Params().Len() {
		variable := signature.Params().At(i)
		of := variable.Type()
		if f.variadic && i == signature.Params().Len()-1 {
			of = of.(*types.Slice).Elem()
		}
		if variable.Name() == "" || variable.Name() == "_" {
			return fmt.Errorf("parameter %d has no name", i+1)
		}
		next := parameter{name: snake(variable.Name()), doc: f.doc.parameters[variable.Name()]}
		bind := slices.IndexFunc(directives, func(d directive) bool {
			return d.verb == "bind" && d.arguments[0] == variable.Name()
		})
		var err error
		if bind >= 0 {
			next.prepare, next.prepared = directives[bind].arguments[1], p.resolver.write(of)
			of, next.fails, err = p.prepare(next.prepare, of)
		}
		if err == nil {
			next.codec, err = p.resolver.codec(of)
		}
		if err == nil && bind >= 0 && (next.codec.nullable || !types.Comparable(of)) {
			err = fmt.Errorf("%s takes a value that can be compared with the last one, and no pointer", next.prepare)
		}
		if err != nil {
			return fmt.Errorf("parameter %s: %w", variable.Name(), err)
		}
		f.parameters = append(f.parameters, next)
	}
	for _, d := range directives {
		if d.verb == "bind" && !slices.ContainsFunc(f.parameters, func(p parameter) bool { return p.name == snake(d.arguments[0]) }) {
			return fmt.Errorf("//polder:bind names the parameter %s, which is not there", d.arguments[0])
		}
	}
	return nil
}

// prepare finds out what the function of //polder:bind takes.
func (p *plugin) prepare(name string, made types.Type) (takes types.Type, fails bool, err error) {
	found := p.source.types.Scope().Lookup(name)
	if found != nil {
		if signature, ok := found.Type().(*types.Signature); ok && signature.Params().Len() == 1 {
			result, err := p.result(signature.Results())
			if err == nil && types.Identical(result.of, made) {
				return signature.Params().At(0).Type(), result.fails, nil
			}
		}
	}
	return nil, false, fmt.Errorf("%s is no function from an argument to %s", name, p.resolver.write(made))
}

// result takes the results of a function apart.
func (p *plugin) result(results *types.Tuple) (result, error) {
	switch count := results.Len(); {
	case count == 1:
		return result{of: results.At(0).Type()}, nil
	case count == 2 && isError(results.At(1).Type()):
		return result{of: results.At(0).Type(), fails: true}, nil
	}
	return result{}, errors.New("a function returns a value, or a value and an error")
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// iterator gives the rows of an iter.Seq, or an iter.Seq2 of rows and errors.
func (p *plugin) iterator(t types.Type) (row types.Type, fails bool) {
	declared, ok := types.Unalias(t).(*types.Named)
	switch {
	case !ok:
	case p.resolver.is(t, "iter.Seq"):
		return declared.TypeArgs().At(0), false
	case p.resolver.is(t, "iter.Seq2") && isError(declared.TypeArgs().At(1)):
		return declared.TypeArgs().At(0), true
	}
	return nil, false
}
