package main

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// directive is a line such as `//polder:name other_name`.
type directive struct {
	position  token.Pos
	verb      string
	arguments []string
}

// The directives, and how many words they take.
var verbs = map[string]int{"task": 0, "stable": 0, "volatile": 0, "name": 1, "returns": 1, "bind": 2, "decimal": 2}

// directives are those of a doc comment.
func (s *source) directives(comment *ast.CommentGroup) ([]directive, error) {
	if comment == nil {
		return nil, nil
	}
	var found []directive
	for _, line := range comment.List {
		text, is := strings.CutPrefix(line.Text, "//polder:")
		words := strings.Fields(text)
		if !is || len(words) == 0 || words[0] == "wants" {
			continue
		}
		count, known := verbs[words[0]]
		switch {
		case !known:
			return nil, s.fail(line.Pos(), "there is no //polder:%s; there are name, stable, volatile, task, returns, bind, "+
				"decimal and wants", words[0])
		case len(words)-1 != count:
			return nil, s.fail(line.Pos(), "//polder:%s takes %d words, not %d", words[0], count, len(words)-1)
		}
		found = append(found, directive{line.Pos(), words[0], words[1:]})
	}
	return found, nil
}

// one is the directive of that verb, if there is one.
func one(directives []directive, verb string) (directive, bool) {
	at := slices.IndexFunc(directives, func(d directive) bool { return d.verb == verb })
	if at < 0 {
		return directive{}, false
	}
	return directives[at], true
}
