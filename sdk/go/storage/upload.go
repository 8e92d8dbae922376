package storage

import (
	"unsafe"

	"polder/internal/abi"
	"polder/internal/wire"
)

// Upload is a file that is being written: nobody sees it before Commit, and closed without it never existed.
type Upload struct {
	handle  uint32
	waiting []byte
}

// Create begins a new file, or one in place of that which is there.
func (v *Volume) Create(path string) (*Upload, error) {
	return wire.Ask(func(room unsafe.Pointer) {
		address, length := abi.LowerString(path).Flat()
		writeFile(v.handle, address, length, room)
	}, func(handle uint32) *Upload { return &Upload{handle: handle} })
}

// Write implements [io.Writer].
func (u *Upload) Write(bytes []byte) (int, error) {
	u.waiting = append(u.waiting, bytes...)
	if len(u.waiting) < chunk {
		return len(bytes), nil
	}
	return len(bytes), u.send()
}

// Commit lets the file be seen.
func (u *Upload) Commit() (Entry, error) {
	if err := u.send(); err != nil {
		return Entry{}, err
	}
	handle := u.handle
	u.handle = 0
	return wire.Ask(func(room unsafe.Pointer) { commitUpload(handle, room) }, liftEntry)
}

// Close gives up a file that was not committed; after Commit it does nothing.
func (u *Upload) Close() error {
	if u.handle != 0 {
		dropUpload(u.handle)
		u.handle = 0
	}
	return nil
}

func (u *Upload) send() error {
	if len(u.waiting) == 0 {
		return nil
	}
	err := wire.Tell(func(room unsafe.Pointer) {
		address, length := abi.Lower(u.waiting).Flat()
		writeUpload(u.handle, address, length, room)
	})
	u.waiting = u.waiting[:0]
	return err
}
