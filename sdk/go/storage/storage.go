// Package storage reads and writes files in volumes, as far as the run has the right to.
package storage

import (
	"iter"
	"math"
	"unicode/utf8"
	"unsafe"

	"polder"
	"polder/internal/abi"
	"polder/internal/pages"
	"polder/internal/wire"
)

// Bytes that are read, and written, at once.
const chunk = 1 << 20

// Volume is a volume whose files can be read or written.
type Volume struct{ handle uint32 }

// Entry is a file of a volume.
type Entry struct {
	// Relative to the volume.
	Path string
	// Bytes.
	Size uint64
	// When it was written.
	Modified polder.Timestamp
}

// entry is what the host says of a file.
type entry struct {
	path           abi.String
	size, modified uint64
}

func liftEntry(e entry) Entry {
	const limit = math.MaxInt64 / 1_000
	return Entry{abi.LiftString(e.path), e.size, polder.Timestamp(min(e.modified, limit) * 1_000)}
}

// Open opens the volume `catalog.schema.volume`.
func Open(name string) (*Volume, error) {
	return wire.Ask(func(room unsafe.Pointer) {
		address, length := abi.LowerString(name).Flat()
		openVolume(address, length, room)
	}, func(handle uint32) *Volume { return &Volume{handle} })
}

// List has the files below a prefix, in order of their paths; all with an empty one.
func (v *Volume) List(prefix string) iter.Seq2[Entry, error] {
	fetch := func(after *string) ([]Entry, error) {
		return wire.Ask(func(room unsafe.Pointer) {
			address, length := abi.LowerString(prefix).Flat()
			some, last, lastLength := abi.FlatString(after)
			listVolume(v.handle, address, length, some, last, lastLength, room)
		}, func(entries abi.List[entry]) []Entry { return abi.LiftEach(entries, liftEntry) })
	}
	return pages.Join(fetch, func(entry Entry) string { return entry.Path })
}

// Stat tells size and time of a file.
func (v *Volume) Stat(path string) (Entry, error) {
	return wire.Ask(func(room unsafe.Pointer) {
		address, length := abi.LowerString(path).Flat()
		statFile(v.handle, address, length, room)
	}, liftEntry)
}

// Read gives at most length bytes from an offset; none at the end of the file.
func (v *Volume) Read(path string, offset uint64, length uint32) ([]byte, error) {
	return wire.Ask(func(room unsafe.Pointer) {
		address, pathLength := abi.LowerString(path).Flat()
		readFile(v.handle, address, pathLength, offset, length, room)
	}, abi.List[byte].Lift)
}

// ReadFile gives all bytes of a file.
func (v *Volume) ReadFile(path string) ([]byte, error) {
	var all []byte
	for {
		next, err := v.Read(path, uint64(len(all)), chunk)
		if err != nil || len(next) == 0 {
			return all, err
		}
		all = append(all, next...)
	}
}

// ReadString gives the text of a file.
func (v *Volume) ReadString(path string) (string, error) {
	bytes, err := v.ReadFile(path)
	if err == nil && !utf8.Valid(bytes) {
		err = &polder.HostError{Reason: polder.ErrInvalid, Message: "`" + path + "` is not UTF-8"}
	}
	return string(bytes), err
}

// Delete deletes a file.
func (v *Volume) Delete(path string) error {
	return wire.Tell(func(room unsafe.Pointer) {
		address, length := abi.LowerString(path).Flat()
		deleteFile(v.handle, address, length, room)
	})
}
