package storage

import (
	"errors"
	"io"
)

// Reader reads a file piece by piece, from its beginning or wherever one seeks to. To read lines, put a bufio.Reader
// around it.
type Reader struct {
	size int64
	// Where the next byte lies in the file, and what follows it and was fetched already.
	position int64
	fetched  []byte
	fetch    func(offset int64) ([]byte, error)
}

// Reader opens a file.
func (v *Volume) Reader(path string) (*Reader, error) {
	entry, err := v.Stat(path)
	if err != nil {
		return nil, err
	}
	fetch := func(offset int64) ([]byte, error) { return v.Read(path, uint64(offset), chunk) }
	return &Reader{size: int64(entry.Size), fetch: fetch}, nil
}

// Size is the number of bytes of the file.
func (r *Reader) Size() int64 { return r.size }

// Read implements [io.Reader].
func (r *Reader) Read(into []byte) (int, error) {
	if len(r.fetched) == 0 {
		if r.position >= r.size {
			return 0, io.EOF
		}
		var err error
		if r.fetched, err = r.fetch(r.position); err != nil {
			return 0, err
		}
		if len(r.fetched) == 0 {
			return 0, io.ErrUnexpectedEOF
		}
	}
	count := copy(into, r.fetched)
	r.fetched, r.position = r.fetched[count:], r.position+int64(count)
	return count, nil
}

// Seek implements [io.Seeker].
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.position
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("storage: before the beginning of the file")
	}
	if ahead := offset - r.position; ahead >= 0 && ahead <= int64(len(r.fetched)) {
		r.fetched = r.fetched[ahead:]
	} else {
		r.fetched = nil
	}
	r.position = offset
	return offset, nil
}
