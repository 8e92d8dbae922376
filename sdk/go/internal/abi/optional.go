package abi

// FlatString lends a text that may be missing, as it crosses the border among the parameters of a function.
func FlatString(text *string) (some, address, length uint32) {
	if text == nil {
		return 0, 0, 0
	}
	address, length = LowerString(*text).Flat()
	return 1, address, length
}
