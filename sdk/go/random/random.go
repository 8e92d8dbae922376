// Package random draws bytes; the same again when a run is given the same seed. What Go's own packages draw is the same
// in every run.
package random

import "encoding/binary"

// Bytes that the host gives at once.
const most = 1 << 16

// Bytes draws so many.
func Bytes(count int) []byte {
	bytes := make([]byte, 0, count)
	for len(bytes) < count {
		bytes = append(bytes, draw(min(count-len(bytes), most))...)
	}
	return bytes
}

// Uint64 draws any number.
func Uint64() uint64 { return binary.LittleEndian.Uint64(draw(8)) }

// Source is a source of numbers for math/rand/v2: rand.New(random.Source{}).
type Source struct{}

func (Source) Uint64() uint64 { return Uint64() }
