package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// plugin is what the package holds.
type plugin struct {
	manifest  manifest
	source    *source
	resolver  *resolver
	wants     []want
	functions []*function
	// The structs that tasks write to tables or read from queries.
	rows []*codec
}

// function is one function of SQL, or a task.
type function struct {
	// The name in SQL, and in Go.
	name, goName string
	// As the package guest calls it: Scalar, Aggregate, Table or Task.
	kind       string
	doc        documentation
	volatility string
	parameters []parameter
	variadic   bool
	// Whether it takes and gives whole columns.
	columns bool
	// The function that tells the type of the result; empty where that is known.
	bind   string
	result result
	// What an aggregate's methods take and give.
	aggregate *aggregate
}

type parameter struct {
	name, doc string
	codec     *codec
	// The function that makes the value of an argument, the type of that, and of what it takes.
	prepare, prepared string
	fails             bool
}

// result is what a function returns.
type result struct {
	// Nil where it returns nothing, or no type of SQL.
	codec *codec
	of    types.Type
	// Whether an error comes with it, and whether it may be that alone.
	fails bool
	// Whether each row of an iterator comes with an error.
	rowFails bool
}

// scan finds the functions of a package.
func scan(source *source) (*plugin, error) {
	resolver, err := newResolver(source)
	if err != nil {
		return nil, err
	}
	p := &plugin{source: source, resolver: resolver}
	if p.wants, err = source.wants(); err != nil {
		return nil, err
	}
	for _, file := range source.files {
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.IsExported() {
					err = p.function(d)
				}
			case *ast.GenDecl:
				err = p.aggregates(d)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	if err := p.findRows(); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, function := range p.functions {
		if names[function.name] {
			return nil, source.fail(token.NoPos, "two functions are named %s in SQL; //polder:name gives one another name",
				function.name)
		}
		names[function.name] = true
	}
	if len(p.functions) == 0 {
		return nil, source.fail(source.files[0].Package, "the package has no exported functions, which would be those of SQL")
	}
	return p, nil
}

// function adds an exported function.
func (p *plugin) function(declaration *ast.FuncDecl) error {
	directives, err := p.source.directives(declaration.Doc)
	if err != nil {
		return err
	}
	signature := p.source.types.Scope().Lookup(declaration.Name.Name).Type().(*types.Signature)
	if signature.TypeParams().Len() > 0 {
		return p.source.fail(declaration.Pos(), "%s has type parameters, which SQL has not; give it a lower-case name to keep "+
			"it out of SQL", declaration.Name.Name)
	}
	f := newFunction(declaration.Name.Name, declaration.Doc, directives)
	if err := p.kind(f, directives, signature); err != nil {
		return p.inFunction(declaration, err)
	}
	p.functions = append(p.functions, f)
	return nil
}

// newFunction is a function with all that its comment says.
func newFunction(name string, comment *ast.CommentGroup, directives []directive) *function {
	f := &function{name: snake(name), goName: name, kind: "Scalar", doc: document(comment), volatility: "Immutable"}
	if given, is := one(directives, "name"); is {
		f.name = given.arguments[0]
	}
	if _, is := one(directives, "stable"); is {
		f.volatility = "Stable"
	}
	if _, is := one(directives, "volatile"); is {
		f.volatility = "Volatile"
	}
	return f
}

func (p *plugin) inFunction(declaration *ast.FuncDecl, err error) error {
	return p.source.fail(declaration.Pos(), "%s: %v (a function that is not for SQL has a lower-case name)",
		declaration.Name.Name, err)
}

// world says which interfaces the component exports and imports.
func (p *plugin) world() map[string][]string {
	exports, imports := []string{}, []string{}
	if slices.ContainsFunc(p.functions, func(f *function) bool { return f.kind != "Task" }) {
		exports = append(exports, "udf")
	}
	if slices.ContainsFunc(p.functions, func(f *function) bool { return f.kind == "Task" }) {
		exports = append(exports, "tasks")
	}
	for path := range p.source.uses {
		name := strings.TrimPrefix(path, sdk+"/")
		if name == "log" || slices.Contains(interfaces, name) {
			imports = append(imports, name)
		}
	}
	slices.Sort(imports)
	return map[string][]string{"exports": exports, "imports": imports}
}
