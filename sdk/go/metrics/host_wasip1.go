package metrics

//go:wasmimport polder:host/metrics@0.1.0 counter
func counter(name, length uint32, add uint64)

//go:wasmimport polder:host/metrics@0.1.0 gauge
func gauge(name, length uint32, value float64)

//go:wasmimport polder:host/metrics@0.1.0 progress
func progress(done uint64, some uint32, total uint64)
