package abi

// Sandboxed tells whether there is a host to call.
const Sandboxed = true
