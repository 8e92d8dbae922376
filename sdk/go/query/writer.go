package query

import (
	"errors"
	"unsafe"

	"polder"
	"polder/internal/abi"
	"polder/internal/wire"
)

// Rows that a Writer sends at once.
const batchRows = 8_192

// Mode is how the rows of a writer meet those of the table.
type Mode struct {
	number uint32
	keys   []string
}

var (
	// Append adds rows.
	Append = Mode{number: 0}
	// Overwrite replaces all rows.
	Overwrite = Mode{number: 1}
)

// Merge replaces the rows with equal values in these columns, and adds rows where there are none.
func Merge(keys ...string) Mode { return Mode{2, keys} }

// Once makes a commit happen once: a second one with the same pair writes nothing.
type Once struct {
	// Who writes, in Delta's words (appId).
	Application string
	// Grows with each commit of the application.
	Version int64
}

// BatchWriter takes batches that become one commit to a table, all or nothing.
type BatchWriter struct {
	handle uint32
	fields []polder.Field
}

// OpenBatches begins a commit of rows with these columns. Once may be nil.
func OpenBatches(table string, fields []polder.Field, mode Mode, once *Once) (*BatchWriter, error) {
	return wire.Ask(func(room unsafe.Pointer) {
		name, nameLength := abi.LowerString(table).Flat()
		schema, count := wire.LowerSchema(fields).Flat()
		keys, keyCount := abi.LowerEach(mode.keys, abi.LowerString).Flat()
		var some, application, length uint32
		var version int64
		if once != nil {
			some, version = 1, once.Version
			application, length = abi.LowerString(once.Application).Flat()
		}
		openWriter(name, nameLength, schema, count, mode.number, keys, keyCount, some, application, length, version, room)
	}, func(handle uint32) *BatchWriter { return &BatchWriter{handle, fields} })
}

// Push adds rows.
func (w *BatchWriter) Push(batch *polder.Batch) error {
	if len(batch.Columns) != len(w.fields) {
		return errors.New("a batch has other columns than its writer was opened with")
	}
	return w.push(batch.Rows, batch.Columns)
}

func (w *BatchWriter) push(rows int, columns []*polder.Column) error {
	return wire.Tell(func(room unsafe.Pointer) {
		batch := wire.LowerBatch(rows, columns)
		arrays, count := batch.Arrays.Flat()
		pushBatch(w.handle, batch.Rows, arrays, count, room)
	})
}

// Commit gives the table's version with these rows, or that of now if they had been written before.
func (w *BatchWriter) Commit() (version uint64, err error) {
	handle := w.handle
	w.handle = 0
	return wire.Ask(func(room unsafe.Pointer) { commitWriter(handle, room) }, wire.Same[uint64])
}

// Close gives up rows that were not committed; after Commit it does nothing.
func (w *BatchWriter) Close() error {
	if w.handle != 0 {
		dropWriter(w.handle)
		w.handle = 0
	}
	return nil
}

// Writer takes structs that become one commit to a table, all or nothing.
type Writer[T any] struct {
	batches *BatchWriter
	codec   codec[T]
	builder polder.Builder[T]
	waiting int
}

// Open begins a commit to a table, whose columns the fields of T are. Once may be nil.
func Open[T any](table string, mode Mode, once *Once) (*Writer[T], error) {
	codec, err := codecOf[T]()
	if err != nil && abi.Sandboxed {
		return nil, err
	}
	batches, err := OpenBatches(table, codec.of.Children, mode, once)
	if err != nil {
		return nil, err
	}
	return &Writer[T]{batches, codec, codec.build(batchRows), 0}, nil
}

// Push adds rows.
func (w *Writer[T]) Push(rows ...T) error {
	for _, row := range rows {
		w.builder.Append(row)
		if w.waiting++; w.waiting == batchRows {
			if err := w.send(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Commit gives the table's version with these rows, or that of now if they had been written before.
func (w *Writer[T]) Commit() (version uint64, err error) {
	if w.waiting > 0 {
		if err := w.send(); err != nil {
			return 0, err
		}
	}
	return w.batches.Commit()
}

// Close gives up rows that were not committed; after Commit it does nothing.
func (w *Writer[T]) Close() error { return w.batches.Close() }

func (w *Writer[T]) send() error {
	column, err := w.builder.Column()
	if err != nil {
		return err
	}
	rows := w.waiting
	w.builder, w.waiting = w.codec.build(batchRows), 0
	return w.batches.push(rows, column.Children)
}
