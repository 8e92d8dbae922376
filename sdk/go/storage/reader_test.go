package storage

import (
	"errors"
	"io"
	"slices"
	"testing"

	"polder"
)

func TestAFileIsReadInChunksFromAnywhere(t *testing.T) {
	bytes := make([]byte, 100)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	fetches := 0
	reader := &Reader{size: 100, fetch: func(offset int64) ([]byte, error) {
		fetches++
		return bytes[offset:min(offset+30, 100)], nil
	}}
	if all, err := io.ReadAll(reader); err != nil || !slices.Equal(all, bytes) || fetches != 4 {
		t.Error(all, err, fetches)
	}
	for _, step := range []struct {
		offset        int64
		whence        int
		byte, fetched int
	}{{-1, io.SeekEnd, 99, 5}, {10, io.SeekStart, 10, 6}, {5, io.SeekCurrent, 16, 6}} {
		if _, err := reader.Seek(step.offset, step.whence); err != nil {
			t.Error(err)
		}
		next := make([]byte, 1)
		if _, err := reader.Read(next); err != nil || int(next[0]) != step.byte || fetches != step.fetched {
			t.Error(next, err, fetches)
		}
	}
}

func TestOutsideOfPolderThereIsNoHost(t *testing.T) {
	if _, err := Open("main.nyc.inbox"); !errors.Is(err, polder.ErrFailed) {
		t.Error(err)
	}
}
