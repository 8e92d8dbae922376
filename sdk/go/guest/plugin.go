// Package guest is what the code that is generated for a plugin is made of. Authors have no need of it.
package guest

import (
	"errors"
	"strconv"

	"polder"
)

// Plugin is all that a plugin says of itself, and its functions.
type Plugin struct {
	Name, Version, Summary, License, Homepage string
	Authors                                   []string
	Wants                                     []Want
	Functions                                 []*Function
}

// Want is something outside the sandbox that a plugin asks for.
type Want struct{ Interface, Privilege, Kind, On, Reason string }

// Kind is how a function is called, numbered as in the contract.
type Kind uint8

const (
	Scalar Kind = iota
	Aggregate
	Table
	Transform
	Scorer
	Task
)

// Volatility is what a function promises about repeated calls, numbered as in the contract.
type Volatility uint8

const (
	Immutable Volatility = iota
	Stable
	Volatile
)

// Function is one function of a plugin: what it says of itself, and what it does, which is one of the last four.
type Function struct {
	Name, Doc  string
	Kind       Kind
	Parameters []Parameter
	// Whether the last parameter may repeat.
	Variadic bool
	// The columns of the result; none where Bind tells, and for tasks.
	Returns    []polder.Field
	Volatility Volatility
	Examples   []Example
	// Bind tells the type of the result from the arguments.
	Bind func([]polder.Argument) (polder.DataType, error)

	Scalar func(*Call) (*polder.Column, error)
	Groups func() Groups
	Table  func(*Call) Pages
	Task   func(parameters [][2]string) (outputs [][2]string, err error)
}

// Parameter is one parameter of a function.
type Parameter struct {
	Name, Doc string
	// Any type when it has no format.
	Type polder.DataType
	// Whether a call may leave it out.
	Optional bool
}

// Example is an expression, or a SELECT, and what it returns.
type Example struct{ SQL, Result string }

// Registered is the plugin of this component.
var Registered = &Plugin{}

// Register makes a plugin that of this component.
func Register(plugin *Plugin) { Registered = plugin }

// Named is the function of that name and kind.
func (p *Plugin) Named(name string, kind Kind) (*Function, error) {
	for _, function := range p.Functions {
		if function.Name == name && function.Kind == kind {
			return function, nil
		}
	}
	words := [...]string{"scalar function", "aggregate function", "table function", "transform", "scorer", "task"}
	return nil, errors.New("there is no " + words[kind] + " `" + name + "`")
}

// check says why arguments do not fit, if they do not.
func (f *Function) check(arguments []polder.Argument) error {
	given, wanted := len(arguments), len(f.Parameters)
	if f.Variadic && given+1 < wanted || !f.Variadic && given != wanted {
		least := ""
		if f.Variadic {
			least, wanted = "at least ", wanted-1
		}
		return errors.New("`" + f.Name + "` takes " + least + strconv.Itoa(wanted) + " arguments, not " + strconv.Itoa(given))
	}
	for i, argument := range arguments {
		parameter := f.Parameters[min(i, wanted-1)]
		if parameter.Type.Format != "" && !parameter.Type.Same(argument.Type) {
			return errors.New("argument " + strconv.Itoa(i+1) + " (`" + parameter.Name + "`) of `" + f.Name +
				"` has Arrow format `" + parameter.Type.Format + "`, not `" + argument.Type.Format + "`")
		}
	}
	return nil
}
