// Package task reads the parameters of tasks and writes their outputs: JSON values by name.
package task

import (
	"bytes"
	"encoding/json"
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
		inputs.given[parameter[0]] = parameter[1]
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
func Required[T any](inputs *Inputs, name string) T {
	value := Optional[T](inputs, name)
	if value == nil {
		inputs.fail(errors.New("parameter `" + name + "` is missing"))
		value = new(T)
	}
	return *value
}

// Optional is a parameter that a run may leave out, or give as null.
func Optional[T any](inputs *Inputs, name string) *T {
	text, ok := inputs.given[name]
	if !ok {
		return nil
	}
	var value *T
	decoder := json.NewDecoder(strings.NewReader(text))
	err := decoder.Decode(&value)
	if err == nil && decoder.More() {
		err = errors.New("there is more after the value")
	}
	if err != nil {
		inputs.fail(errors.New("parameter `" + name + "`: " + err.Error()))
	}
	return value
}

// Field is an output.
type Field struct {
	Name  string
	Value any
}

// Fields are the outputs of a run.
func Fields(fields ...Field) (outputs [][2]string, err error) {
	for _, field := range fields {
		value, err := json.Marshal(field.Value)
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, [2]string{field.Name, string(value)})
	}
	return outputs, nil
}

// Outputs are the outputs of a run, out of a value that is a JSON object.
func Outputs(value any) (outputs [][2]string, err error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(text, []byte("null")) {
		return nil, nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil {
		return nil, errors.New("a task returns nothing or a JSON object, whose fields are its outputs")
	}
	for name, field := range object {
		outputs = append(outputs, [2]string{name, string(field)})
	}
	slices.SortFunc(outputs, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return outputs, nil
}
