package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"
)

// resolver finds codecs for types, and collects the structs among them.
type resolver struct {
	*source
	// What is written in front of names of other packages.
	imports map[string]string
	// The decimal types, by their names.
	decimals map[string]directive
	records  map[string]*record
	order    []*record
	// Structs that are being resolved: a struct cannot be inside itself.
	open map[string]bool
}

// record is a struct whose fields are columns.
type record struct {
	name   string
	suffix string
	fields []recordField
	holds  bool
}

type recordField struct {
	name, sql string
	codec     *codec
}

func newResolver(source *source) (*resolver, error) {
	r := &resolver{source, map[string]string{}, map[string]directive{}, map[string]*record{}, nil, map[string]bool{}}
	for _, file := range source.files {
		for _, declaration := range file.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok || general.Tok != token.TYPE {
				continue
			}
			for _, spec := range general.Specs {
				declared := spec.(*ast.TypeSpec)
				directives, err := source.directives(docOf(general, declared))
				if err != nil {
					return nil, err
				}
				if digits, is := one(directives, "decimal"); is {
					r.decimals[declared.Name.Name] = digits
				}
			}
		}
	}
	return r, nil
}

// docOf is the doc comment of a type, which stands before its name or before `type`.
func docOf(general *ast.GenDecl, spec *ast.TypeSpec) *ast.CommentGroup {
	if spec.Doc != nil {
		return spec.Doc
	}
	return general.Doc
}

const known = "use bool, the integers, float32, float64, string, []byte, polder.Date, polder.Timestamp, " +
	"polder.LocalTimestamp, time.Time, polder.Value, slices, pointers and structs with exported fields of these"

// codec finds the codec of a type.
func (r *resolver) codec(of types.Type) (*codec, error) {
	switch t := types.Unalias(of).(type) {
	case *types.Basic:
		if codec := basic(t.Name()); codec != nil {
			return codec, nil
		}
	case *types.Pointer:
		return r.pointer(t)
	case *types.Slice:
		return r.slice(t)
	case *types.Named:
		return r.named(t)
	}
	return nil, fmt.Errorf("%s is no type of SQL; %s", r.write(of), known)
}

func (r *resolver) pointer(t *types.Pointer) (*codec, error) {
	if r.is(t.Elem(), "polder.Column") {
		return &codec{name: "*polder.Column", column: true, view: "%s"}, nil
	}
	value, err := r.codec(t.Elem())
	switch {
	case err != nil:
		return nil, err
	case value.nullable:
		return nil, fmt.Errorf("%s is null in two ways; leave out the pointer", r.write(t))
	}
	return optional(value), nil
}

func (r *resolver) slice(t *types.Slice) (*codec, error) {
	if item, ok := types.Unalias(t.Elem()).(*types.Basic); ok && item.Kind() == types.Uint8 {
		return binary(), nil
	}
	item, err := r.codec(t.Elem())
	switch {
	case err != nil:
		return nil, err
	case item.anyType():
		return nil, errors.New("a list has items of one type: take a polder.Value, and its Items")
	}
	return list(item, strings.HasPrefix(item.view, "polder.ViewFixed[") && item.from == nil), nil
}

// The types of the SDK and of Go's library that have a place in SQL.
func (r *resolver) foreign(name string) *codec {
	switch name {
	case "polder.Date":
		return number(name, "tdD", "")
	case "polder.Timestamp":
		return number(name, "tsu:UTC", "")
	case "polder.LocalTimestamp":
		return number(name, "tsu:", "")
	case "polder.Value":
		return &codec{name: name, view: "polder.ViewValues(%s)", build: "polder.NewValueBuilder(call.Returns, rows)", nullable: true,
			holds: true}
	case "time.Time":
		codec := number("polder.Timestamp", "tsu:UTC", "")
		codec.name, codec.viewed = name, "polder.Timestamp"
		codec.from = func(value string) string { return value + ".Time()" }
		codec.to = conversion("polder.TimestampOf")
		return codec
	case "polder.StringColumn", "polder.BinaryColumn", "polder.BooleanColumn":
		kind := strings.TrimSuffix(strings.TrimPrefix(name, "polder."), "Column")
		arrow := map[string]string{"String": "u", "Binary": "z", "Boolean": "b"}[kind]
		return &codec{name: name, of: dataType(arrow), column: true, view: "polder.View" + kind + "(%s)"}
	}
	return nil
}

func (r *resolver) named(t *types.Named) (*codec, error) {
	name := r.write(t)
	if codec := r.foreign(name); codec != nil {
		return codec, nil
	}
	if strings.HasPrefix(name, "polder.FixedColumn[") {
		value, err := r.codec(t.TypeArgs().At(0))
		if err != nil {
			return nil, err
		}
		return &codec{name: name, of: value.of, column: true, view: "polder.View" + strings.TrimPrefix(strings.Replace(name,
			"FixedColumn", "Fixed", 1), "polder.") + "(%s)"}, nil
	}
	if digits, is := r.decimals[t.Obj().Name()]; is && t.Obj().Pkg() == r.types {
		basic, small := t.Underlying().(*types.Basic)
		if small = small && basic.Kind() == types.Int64; !small && !strings.Contains(t.Underlying().String(), "Lo uint64") {
			return nil, fmt.Errorf("the decimal %s counts units: it is an int64 or a polder.Int128", name)
		}
		return decimal(name, digits.arguments[0], digits.arguments[1], small), nil
	}
	if name == "polder.Int128" {
		return nil, errors.New("a decimal is a type of its own that says its digits, such as " +
			"`//polder:decimal 38 2` before `type Amount polder.Int128`")
	}
	switch underlying := t.Underlying().(type) {
	case *types.Struct:
		return r.record(t, name, underlying)
	case *types.Basic, *types.Slice:
		codec, err := r.codec(underlying)
		if err != nil {
			return nil, err
		}
		return named(name, codec), nil
	}
	return nil, fmt.Errorf("%s is no type of SQL; %s", name, known)
}

// record is the codec of a struct, whose fields are columns.
func (r *resolver) record(t types.Type, name string, of *types.Struct) (*codec, error) {
	if r.open[name] {
		return nil, fmt.Errorf("%s is inside itself, which no column can be", name)
	}
	if r.records[name] == nil {
		r.open[name] = true
		defer delete(r.open, name)
		found := &record{name: name, suffix: strings.NewReplacer(".", "_", "[", "_", "]", "_").Replace(name)}
		for i := range of.NumFields() {
			field := of.Field(i)
			if !field.Exported() || field.Embedded() {
				return nil, fmt.Errorf("field %s of %s has to be exported, and not embedded, to be a column", field.Name(), name)
			}
			codec, err := r.codec(field.Type())
			if err == nil && codec.anyType() {
				err = errors.New("a field has one type")
			}
			if err != nil {
				return nil, fmt.Errorf("field %s of %s: %w", field.Name(), name, err)
			}
			sql := reflect.StructTag(of.Tag(i)).Get("polder")
			if sql == "" {
				sql = snake(field.Name())
			}
			found.fields = append(found.fields, recordField{field.Name(), sql, codec})
			found.holds = found.holds || codec.holds
		}
		if len(found.fields) == 0 {
			return nil, fmt.Errorf("%s has no fields, which would be its columns", name)
		}
		r.records[name] = found
		r.order = append(r.order, found)
	}
	found := r.records[name]
	return &codec{
		name:  name,
		of:    "polderType" + found.suffix,
		view:  "polderView" + found.suffix + "(%s)",
		build: "polderBuild" + found.suffix + "(rows)",
		holds: found.holds,
	}, nil
}

// write writes a type as the generated code does, and notes what that has to import.
func (r *resolver) write(t types.Type) string {
	return types.TypeString(t, func(other *types.Package) string {
		if other == r.types {
			return ""
		}
		r.imports[other.Path()] = other.Name()
		return other.Name()
	})
}

// is tells whether a type is one of that name.
func (r *resolver) is(t types.Type, name string) bool {
	declared, ok := types.Unalias(t).(*types.Named)
	return ok && declared.Obj().Pkg() != nil && declared.Obj().Pkg().Name()+"."+declared.Obj().Name() == name
}
