//go:build wasip1

// Package description exports polder:plugin/description: what a plugin says of itself.
package description

import (
	"unsafe"

	"polder"
	"polder/guest"
	"polder/internal/abi"
	"polder/internal/wire"
)

type plugin struct {
	name, version, summary, license abi.String
	authors                         abi.List[abi.String]
	homepage                        abi.String
	functions                       abi.List[function]
	capabilities                    abi.List[capability]
}

type function struct {
	name       abi.String
	kind       guest.Kind
	doc        abi.String
	parameters abi.List[parameter]
	variadic   bool
	returns    abi.Option[wire.Schema]
	volatility guest.Volatility
	examples   abi.List[abi.Pair]
}

type parameter struct {
	name     abi.String
	of       abi.Option[wire.Schema]
	optional bool
	doc      abi.String
}

type capability struct{ name, privilege, kind, on, reason abi.String }

//go:wasmexport polder:plugin/description@0.1.0#describe
func describe() unsafe.Pointer {
	abi.Return(0)
	said := guest.Registered
	return unsafe.Pointer(wire.Lent(&plugin{
		name:         abi.LowerString(said.Name),
		version:      abi.LowerString(said.Version),
		summary:      abi.LowerString(said.Summary),
		license:      abi.LowerString(said.License),
		authors:      abi.LowerEach(said.Authors, abi.LowerString),
		homepage:     abi.LowerString(said.Homepage),
		functions:    abi.LowerEach(said.Functions, describeFunction),
		capabilities: abi.LowerEach(said.Wants, describeWant),
	}))
}

func describeFunction(said *guest.Function) function {
	described := function{
		name:       abi.LowerString(said.Name),
		kind:       said.Kind,
		doc:        abi.LowerString(said.Doc),
		parameters: abi.LowerEach(said.Parameters, describeParameter),
		variadic:   said.Variadic,
		volatility: said.Volatility,
		examples:   abi.LowerEach(said.Examples, describeExample),
	}
	if len(said.Returns) > 0 {
		described.returns = abi.Some(wire.LowerSchema(said.Returns))
	}
	return described
}

func describeParameter(said guest.Parameter) parameter {
	described := parameter{name: abi.LowerString(said.Name), optional: said.Optional, doc: abi.LowerString(said.Doc)}
	if said.Type.Format != "" {
		described.of = abi.Some(wire.LowerSchema([]polder.Field{{Name: said.Name, Type: said.Type.NullableInside(), Nullable: true}}))
	}
	return described
}

func describeExample(said guest.Example) abi.Pair {
	return abi.Pair{Name: abi.LowerString(said.SQL), Value: abi.LowerString(said.Result)}
}

func describeWant(said guest.Want) capability {
	return capability{
		name:      abi.LowerString(said.Interface),
		privilege: abi.LowerString(said.Privilege),
		kind:      abi.LowerString(said.Kind),
		on:        abi.LowerString(said.On),
		reason:    abi.LowerString(said.Reason),
	}
}
