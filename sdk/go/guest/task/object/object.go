// Package object reads and writes the values of tasks that are not plain, by Go's own JSON.
package object

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// Decode decodes a value of any type.
func Decode[T any](text string) (value T, err error) {
	return value, json.Unmarshal([]byte(text), &value)
}

// Encode encodes a value of any type.
func Encode[T any](value T) (text string, err error) {
	encoded, err := json.Marshal(value)
	return string(encoded), err
}

// Fields are the outputs of a run, out of a value that is a JSON object.
func Fields(value any) (outputs [][2]string, err error) {
	text, err := json.Marshal(value)
	if err != nil || string(text) == "null" {
		return nil, err
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
