package abi

import (
	"strings"
	"unsafe"
)

// List is the canonical form of a list<T>.
type List[T any] struct{ address, length uint32 }

// String is the canonical form of a string.
type String = List[byte]

// Option is the canonical form of an option<T>.
type Option[T any] struct {
	Some  bool
	Value T
}

// Pair is the canonical form of a tuple<string, string>.
type Pair struct{ Name, Value String }

// Some is an option with a value.
func Some[T any](value T) Option[T] { return Option[T]{Some: true, Value: value} }

// Lower lends a slice to the host.
func Lower[T any](values []T) List[T] {
	if len(values) == 0 {
		return List[T]{}
	}
	return List[T]{Lend(unsafe.Pointer(unsafe.SliceData(values))), uint32(len(values))}
}

// LowerString lends a text to the host, which takes nothing but UTF-8: bytes that are none are replaced.
func LowerString(text string) String {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if text == "" {
		return String{}
	}
	return String{Lend(unsafe.Pointer(unsafe.StringData(text))), uint32(len(text))}
}

// LowerEach lends a list to the host whose items are made one by one.
func LowerEach[T, W any](values []T, lower func(T) W) List[W] {
	items := make([]W, len(values))
	for i, value := range values {
		items[i] = lower(value)
	}
	return Lower(items)
}

// LowerPairs lends texts with names to the host.
func LowerPairs(pairs [][2]string) List[Pair] {
	return LowerEach(pairs, func(pair [2]string) Pair { return Pair{LowerString(pair[0]), LowerString(pair[1])} })
}

// ListAt is the list that crosses the border as an address and a length.
func ListAt[T any](address, length uint32) List[T] { return List[T]{address, length} }

// Flat is the list as it crosses the border among the parameters of a function.
func (l List[T]) Flat() (address, length uint32) { return l.address, l.length }

// Lift views what the host wrote.
func (l List[T]) Lift() []T {
	if l.length == 0 {
		return nil
	}
	return unsafe.Slice((*T)(Pointer(l.address)), l.length)
}

// LiftString views a text that the host wrote.
func LiftString(text String) string {
	bytes := text.Lift()
	return unsafe.String(unsafe.SliceData(bytes), len(bytes))
}

// LiftEach makes the items of a list one by one.
func LiftEach[W, T any](list List[W], lift func(W) T) []T {
	values := make([]T, list.length)
	for i, item := range list.Lift() {
		values[i] = lift(item)
	}
	return values
}
