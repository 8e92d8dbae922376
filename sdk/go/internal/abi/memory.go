// Package abi moves values across the border of the sandbox, as the component model's canonical ABI lays them out in
// memory. Go lays out structs of fixed-width fields just so, which makes such structs the definition of every record.
//
// Memory that the host writes to is Go's own: it asks for it by cabi_realloc, and what a call brings is viewed, not
// copied. As numbers do not keep memory from the garbage collector, what only numbers point to is held here.
package abi

import "unsafe"

var (
	// What the host asked for and nobody has taken yet.
	granted []unsafe.Pointer
	// What the host has been given and may still read.
	lent []unsafe.Pointer
)

// The least that is granted. Memory of this size, and any larger multiple of an alignment, begins at a multiple of 8.
const leastGrant = 8

// Grant makes room for size bytes, which the host fills, and which belong to whoever lifts them.
// An earlier grant that is given back moves into the new one.
func Grant(old unsafe.Pointer, oldSize, size uint32) unsafe.Pointer {
	room := make([]byte, max(size, leastGrant))
	copy(room, unsafe.Slice((*byte)(old), min(oldSize, size)))
	pointer := unsafe.Pointer(unsafe.SliceData(room))
	granted = append(granted, pointer)
	return pointer
}

// Taken ends the time in which grants are held: what is lifted is seen by the garbage collector.
func Taken() {
	clear(granted)
	granted = granted[:0]
}

// Lend gives the address of memory that the host will read. It is held until the loan ends.
func Lend(pointer unsafe.Pointer) uint32 {
	lent = append(lent, pointer)
	return uint32(uintptr(pointer))
}

// Loans counts what is lent; see [Return].
func Loans() int { return len(lent) }

// Return ends all loans but the first count.
func Return(count int) {
	clear(lent[count:])
	lent = lent[:count]
}

// Pointer is the address of what the host wrote.
func Pointer(address uint32) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(nil), address)
}
