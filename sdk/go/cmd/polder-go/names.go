package main

import (
	"strings"
	"unicode"
)

// snake is a name of Go as SQL has it: LoadLines is load_lines, HTTPStatus http_status.
func snake(name string) string {
	var words strings.Builder
	letters := []rune(name)
	for i, letter := range letters {
		begins := unicode.IsUpper(letter) && i > 0 && letters[i-1] != '_' &&
			(!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if begins {
			words.WriteByte('_')
		}
		words.WriteRune(unicode.ToLower(letter))
	}
	return words.String()
}
