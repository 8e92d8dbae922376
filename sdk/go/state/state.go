// Package state keeps small values that outlive a run, such as how far the last one came. They are the plugin's own;
// each call is a transaction.
package state

import (
	"iter"
	"unsafe"

	"polder/internal/abi"
	"polder/internal/pages"
	"polder/internal/wire"
)

// Get is the value of a key; not ok when there is none.
func Get(key string) (value []byte, ok bool, err error) {
	found, err := wire.Ask(func(room unsafe.Pointer) {
		address, length := abi.LowerString(key).Flat()
		getValue(address, length, room)
	}, func(value abi.Option[abi.List[byte]]) *[]byte {
		if !value.Some {
			return nil
		}
		bytes := value.Value.Lift()
		return &bytes
	})
	if found == nil {
		return nil, false, err
	}
	return *found, true, nil
}

// Text is a value that is text; empty when there is none.
func Text(key string) (string, error) {
	value, _, err := Get(key)
	return string(value), err
}

// Set keeps a value.
func Set(key string, value []byte) error {
	return wire.Tell(func(room unsafe.Pointer) {
		address, length := abi.LowerString(key).Flat()
		bytes, count := abi.Lower(value).Flat()
		setValue(address, length, bytes, count, room)
	})
}

// Delete forgets a value.
func Delete(key string) error {
	return wire.Tell(func(room unsafe.Pointer) {
		address, length := abi.LowerString(key).Flat()
		deleteValue(address, length, room)
	})
}

// Keys are the keys that begin with a prefix, in order.
func Keys(prefix string) iter.Seq2[string, error] {
	fetch := func(after *string) ([]string, error) {
		return wire.Ask(func(room unsafe.Pointer) {
			address, length := abi.LowerString(prefix).Flat()
			some, last, lastLength := abi.FlatString(after)
			listKeys(address, length, some, last, lastLength, room)
		}, func(keys abi.List[abi.String]) []string { return abi.LiftEach(keys, abi.LiftString) })
	}
	return pages.Join(fetch, func(key string) string { return key })
}
