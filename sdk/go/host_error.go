package polder

import "errors"

// Why the host refuses, or fails: errors.Is tells which of these an error is.
var (
	// ErrDenied: a right is missing. The text is what was refused and the statement that would allow it.
	ErrDenied = errors.New("denied")
	// ErrNotFound: there is no such thing, or it may not be known of.
	ErrNotFound = errors.New("not found")
	// ErrInvalid: the request itself is wrong.
	ErrInvalid = errors.New("invalid")
	// ErrLimit: a limit was reached.
	ErrLimit = errors.New("limit reached")
	// ErrFailed: the store, table or peer failed.
	ErrFailed = errors.New("failed")
)

// HostError is the answer of the host when it refuses, or fails. Its text is for whoever runs the plugin.
type HostError struct {
	// One of the reasons above.
	Reason  error
	Message string
}

func (e *HostError) Error() string { return e.Message }

func (e *HostError) Unwrap() error { return e.Reason }
