// Package metrics tells numbers to whoever watches the run. Outside of Polder nobody does.
package metrics

import "polder/internal/abi"

// Counter adds to a count.
func Counter(name string, add uint64) {
	defer abi.Return(abi.Loans())
	address, length := abi.LowerString(name).Flat()
	counter(address, length, add)
}

// Gauge sets a measure.
func Gauge(name string, value float64) {
	defer abi.Return(abi.Loans())
	address, length := abi.LowerString(name).Flat()
	gauge(address, length, value)
}

// Progress tells how much of the work is done, out of how much, in units of your choice; 0 when that is not known.
func Progress(done, total uint64) {
	some := uint32(0)
	if total > 0 {
		some = 1
	}
	progress(done, some, total)
}
