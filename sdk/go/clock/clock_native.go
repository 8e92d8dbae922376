//go:build !wasip1

package clock

import "time"

func now() (milliseconds uint64) { return uint64(time.Now().UnixMilli()) }
