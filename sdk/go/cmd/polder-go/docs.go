package main

import (
	"go/ast"
	"regexp"
	"strings"
)

// documentation is a doc comment taken apart.
type documentation struct {
	text     string
	examples [][2]string
	// What list items say of parameters: "  - base: of the number".
	parameters map[string]string
}

var parameterItem = regexp.MustCompile(`^\s*[-*] (\w+): (.+)$`)

// document takes a doc comment apart. Indented blocks with results in lines that begin with "--" are examples.
func document(comment *ast.CommentGroup) documentation {
	doc := documentation{parameters: map[string]string{}}
	var text, block []string
	end := func() {
		if examples := readExamples(block); len(examples) > 0 {
			doc.examples = append(doc.examples, examples...)
		} else {
			text = append(text, block...)
		}
		block = nil
	}
	for line := range strings.Lines(comment.Text()) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "\t") || len(block) > 0 && line == "" {
			block = append(block, line)
			continue
		}
		end()
		text = append(text, line)
		if item := parameterItem.FindStringSubmatch(line); item != nil {
			doc.parameters[item[1]] = item[2]
		}
	}
	end()
	doc.text = strings.TrimSpace(strings.Join(text, "\n"))
	return doc
}

// readExamples has each statement of a block with the lines after it that tell its result; none when it tells none.
func readExamples(block []string) [][2]string {
	var examples [][2]string
	results := false
	for _, line := range block {
		line = strings.TrimSpace(line)
		result, is := strings.CutPrefix(line, "--")
		last := len(examples) - 1
		switch {
		case line == "":
		case is && last >= 0:
			separator := "\n"
			if !results {
				separator = ""
			}
			examples[last][1] += separator + strings.TrimPrefix(result, " ")
			results = true
		case last >= 0 && !results:
			examples[last][0] += "\n" + line
		default:
			examples = append(examples, [2]string{line})
			results = false
		}
	}
	if !results {
		return nil
	}
	for i := range examples {
		examples[i][0] = strings.TrimRight(examples[i][0], ";")
	}
	return examples
}
