// Package query runs SQL as the caller, narrowed by what the plugin was granted, and writes rows to tables.
package query

import (
	"iter"
	"strconv"
	"unsafe"

	"polder"
	"polder/internal/abi"
	"polder/internal/wire"
)

// Rows are the rows of a statement, a batch at a time.
type Rows struct {
	Fields []polder.Field
	handle uint32
}

// Run runs a statement. One without rows, such as INSERT, has been carried out then. The parameters stand for $1, $2 …
// in it: values, never text. They are nil, bool, numbers, string, []byte, times, or a polder.Value.
func Run(statement string, parameters ...any) (*Rows, error) {
	fields, columns := make([]polder.Field, len(parameters)), make([]*polder.Column, len(parameters))
	for i, parameter := range parameters {
		column, err := single(parameter)
		if err != nil {
			return nil, &polder.HostError{Reason: polder.ErrInvalid, Message: "parameter $" + strconv.Itoa(i+1) + ": " + err.Error()}
		}
		fields[i] = polder.Field{Name: strconv.Itoa(i + 1), Type: column.Type, Nullable: true}
		columns[i] = column
	}
	handle, err := wire.Ask(func(room unsafe.Pointer) {
		text, length := abi.LowerString(statement).Flat()
		schema, count := wire.LowerSchema(fields).Flat()
		batch := wire.LowerBatch(1, columns)
		arrays, arrayCount := batch.Arrays.Flat()
		runStatement(text, length, schema, count, batch.Rows, arrays, arrayCount, room)
	}, wire.Same[uint32])
	if err != nil {
		return nil, err
	}
	var schema wire.Schema
	rowsSchema(handle, unsafe.Pointer(&schema))
	rows := &Rows{wire.LiftSchema(schema), handle}
	abi.Taken()
	return rows, nil
}

// Next is the next batch; nil at the end.
func (r *Rows) Next() (*polder.Batch, error) {
	types := wire.Types(r.Fields)
	return wire.Ask(func(room unsafe.Pointer) { nextRows(r.handle, room) }, func(batch abi.Option[wire.Batch]) *polder.Batch {
		if !batch.Some {
			return nil
		}
		return &polder.Batch{Fields: r.Fields, Rows: int(batch.Value.Rows), Columns: wire.LiftBatch(batch.Value, types)}
	})
}

// All has the batches that are left, and closes the rows.
func (r *Rows) All() iter.Seq2[*polder.Batch, error] {
	return func(yield func(*polder.Batch, error) bool) {
		defer r.Close()
		for {
			batch, err := r.Next()
			if batch == nil && err == nil || !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

// Close lets go of rows that were not read to their end.
func (r *Rows) Close() error {
	if r.handle != 0 {
		dropRows(r.handle)
		r.handle = 0
	}
	return nil
}

// Select runs a statement and has its rows as structs, whose fields are found among the columns by their names.
func Select[T any](statement string, parameters ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := Run(statement, parameters...)
		if err != nil {
			yield(none, err)
			return
		}
		for batch, err := range rows.All() {
			var view polder.View[T]
			if err == nil {
				view, err = viewOf[T](batch)
			}
			if err != nil {
				yield(none, err)
				return
			}
			for row := range batch.Rows {
				if !yield(view.At(row), nil) {
					return
				}
			}
		}
	}
}
