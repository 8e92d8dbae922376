// Package task reads the parameters of tasks and writes their outputs: JSON values by name. Plain values are read and
// written here; package object does it for all others, and brings Go's own JSON with it.
package task

import (
	"errors"
	"slices"
	"strings"
)

// Inputs are the parameters of a run.
type Inputs struct {
	given map[string]string
	err   error
}

// Read takes the parameters of a run, which must be among those that the task knows.
func Read(parameters [][2]string, known ...string) *Inputs {
	inputs := &Inputs{given: map[string]string{}}
	for _, parameter := range parameters {
		if !slices.Contains(known, parameter[0]) {
			there := "there are: " + strings.Join(known, ", ")
			if len(known) == 0 {
				there = "the task takes none"
			}
			inputs.fail(errors.New("there is no parameter `" + parameter[0] + "`; " + there))
		}
		inputs.given[parameter[0]] = strings.Trim(parameter[1], " \t\r\n")
	}
	return inputs
}

// Err is what is wrong with the parameters.
func (i *Inputs) Err() error { return i.err }

func (i *Inputs) fail(err error) {
	if i.err == nil {
		i.err = err
	}
}

// Required is a parameter that a run must give.
func Required[T any](inputs *Inputs, name string, decode func(json string) (T, error)) T {
	value := Optional(inputs, name, decode)
	if value == nil {
		inputs.fail(errors.New("parameter `" + name + "` is missing"))
		value = new(T)
	}
	return *value
}

// Optional is a parameter that a run may leave out, or give as null.
func Optional[T any](inputs *Inputs, name string, decode func(json string) (T, error)) *T {
	text, ok := inputs.given[name]
	if !ok || text == "null" {
		return nil
	}
	value, err := decode(text)
	if err != nil {
		inputs.fail(errors.New("parameter `" + name + "`: " + err.Error()))
	}
	return &value
}

// Outputs are the outputs of a run.
type Outputs struct {
	pairs [][2]string
	err   error
}

// Add adds an output, as what an encoder makes of it.
func (o *Outputs) Add(name, json string, err error) {
	o.pairs = append(o.pairs, [2]string{name, json})
	if o.err == nil && err != nil {
		o.err = errors.New("output `" + name + "`: " + err.Error())
	}
}

// Pairs are the outputs, unless one of them is no JSON.
func (o *Outputs) Pairs() ([][2]string, error) { return o.pairs, o.err }
