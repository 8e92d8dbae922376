package log

//go:wasmimport polder:host/log@0.1.0 log
func write(level, message, length, fields, count uint32)
