//go:build !wasip1

package random

import "math/rand/v2"

func draw(count int) []byte {
	drawn := make([]byte, count)
	for i := range drawn {
		drawn[i] = byte(rand.Uint32())
	}
	return drawn
}
