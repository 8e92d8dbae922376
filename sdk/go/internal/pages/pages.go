// Package pages joins listings that the host gives a page at a time.
package pages

import "iter"

// Join is the items of all pages. A page is asked for by the key of the last item before it, nil for the first.
func Join[T any](fetch func(after *string) ([]T, error), key func(T) string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for after := (*string)(nil); ; {
			page, err := fetch(after)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if len(page) == 0 {
				return
			}
			for _, item := range page {
				if !yield(item, nil) {
					return
				}
			}
			last := key(page[len(page)-1])
			after = &last
		}
	}
}
