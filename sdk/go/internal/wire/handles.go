package wire

// Handles are the values behind resources that the host holds: a resource is known by a number.
type Handles[T any] struct {
	values []*T
	free   []uint32
}

// Add keeps a value and gives its number, which is never 0.
func (h *Handles[T]) Add(value *T) uint32 {
	if last := len(h.free) - 1; last >= 0 {
		number := h.free[last]
		h.free = h.free[:last]
		h.values[number-1] = value
		return number
	}
	h.values = append(h.values, value)
	return uint32(len(h.values))
}

// Get is the value of a number.
func (h *Handles[T]) Get(number uint32) *T { return h.values[number-1] }

// Remove forgets a value.
func (h *Handles[T]) Remove(number uint32) *T {
	value := h.values[number-1]
	h.values[number-1] = nil
	h.free = append(h.free, number)
	return value
}
