//go:build !wasip1

package abi

// Sandboxed tells whether there is a host to call.
const Sandboxed = false
