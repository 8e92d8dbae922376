// Package samples has the samples that every SDK has, as the conformance kit's README says what they do.
package samples

import (
	"iter"
	"strings"
	"unicode"
)

// Initials gives a person's initials: the first letter of each word, in upper case.
//
//	{schema}.initials('ada lovelace')
//	-- AL
func Initials(name string) string {
	var initials strings.Builder
	for word := range strings.FieldsSeq(name) {
		for _, letter := range word {
			initials.WriteRune(unicode.ToUpper(letter))
			break
		}
	}
	return initials.String()
}

// Longest is the longest text of a group; of several, the first.
type Longest struct{ Text *string }

func (l *Longest) Update(text string) {
	if l.Text == nil || len(*l.Text) < len(text) {
		longest := text
		l.Text = &longest
	}
}

func (l *Longest) Merge(other Longest) {
	if other.Text != nil {
		l.Update(*other.Text)
	}
}

func (l *Longest) Evaluate() *string { return l.Text }

// Word is a word of a text and where it stands, counted from 1.
type Word struct {
	Word     string
	Position int
}

// Words gives the words of a text, one row each.
func Words(text string) iter.Seq[Word] {
	return func(yield func(Word) bool) {
		position := 0
		for word := range strings.FieldsSeq(text) {
			position++
			if !yield(Word{word, position}) {
				return
			}
		}
	}
}
