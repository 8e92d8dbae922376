package clock

//go:wasmimport polder:host/clock@0.1.0 now
func now() (milliseconds uint64)
