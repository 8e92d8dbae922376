// Package clock tells the time. The time of Go's own package is none: it begins at 1970 and ticks with each look at it.
package clock

import "polder"

// Now is the moment, to the millisecond; it never goes back within a run. Its Time is one of Go's own package.
func Now() polder.Timestamp { return polder.Timestamp(now() * 1_000) }
