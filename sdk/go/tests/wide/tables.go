package wide

import (
	"errors"
	"iter"
	"slices"
)

// Number is a number and its square, if that fits.
type Number struct {
	Value  int64
	Square *int64
}

// Count counts from 1 for ever.
//
//	SELECT value, square FROM {schema}.count(2) LIMIT 1
//	-- value,square
//	-- 1,1
func Count(step int64) iter.Seq2[Number, error] {
	return func(yield func(Number, error) bool) {
		if step <= 0 {
			yield(Number{}, errors.New("a step is more than 0"))
			return
		}
		for value := int64(1); value < 100_000; value += step {
			square := value * value
			if !yield(Number{value, &square}, nil) {
				return
			}
		}
	}
}

// Letters are the letters of a text, as bytes; it fails for texts that are too long.
func Letters(text string) (iter.Seq[Letter], error) {
	if len(text) > 1_000 {
		return nil, errors.New("too long")
	}
	letters := []Letter{}
	for _, letter := range text {
		letters = append(letters, Letter{string(letter), []byte(string(letter))})
	}
	return slices.Values(letters), nil
}

// Letter is a letter and its bytes.
type Letter struct {
	Letter string
	Bytes  []byte
}
