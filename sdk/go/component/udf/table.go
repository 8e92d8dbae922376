//go:build wasip1

package udf

import (
	"unsafe"

	"polder/guest"
	"polder/internal/abi"
	"polder/internal/wire"
)

// table is a table function and the call whose rows are being asked for.
type table struct {
	bound *guest.Bound
	open  guest.Pages
}

// rows are rows of output, and for each the row of the arguments that it comes from.
type rows struct {
	columns wire.Batch
	source  abi.List[uint32]
}

var tables wire.Handles[table]

//go:wasmimport [export]polder:plugin/udf@0.1.0 [resource-new]table-function
func newTable(number uint32) (handle uint32)

//go:wasmexport polder:plugin/udf@0.1.0#[static]table-function.bind
func bindTable(name address, nameLength length, arguments address, count length) unsafe.Pointer {
	bound, err := bind(guest.Table, name, nameLength, arguments, count)
	if err != nil {
		return wire.Failed(err)
	}
	return wire.Ok(newTable(tables.Add(&table{bound: bound})))
}

//go:wasmexport polder:plugin/udf@0.1.0#[method]table-function.returns
func tableReturns(number uint32) unsafe.Pointer { return returns(tables.Get(number).bound) }

//go:wasmexport polder:plugin/udf@0.1.0#[method]table-function.open
func open(number, rows uint32, arrays address, count length) unsafe.Pointer {
	table := tables.Get(number)
	table.stop()
	table.open = table.bound.Table(called(table.bound, rows, arrays, count))
	return wire.Done()
}

//go:wasmexport polder:plugin/udf@0.1.0#[method]table-function.next
func next(number, most uint32) unsafe.Pointer {
	begin()
	table := tables.Get(number)
	if table.open == nil {
		return wire.Ok(abi.Option[rows]{})
	}
	page, err := table.open.Next(int(most))
	switch {
	case err != nil:
		table.stop()
		return wire.Failed(err)
	case page == nil:
		table.stop()
		return wire.Ok(abi.Option[rows]{})
	}
	columns := wire.LowerBatch(len(page.Source), page.Columns)
	return wire.Ok(abi.Some(rows{columns, abi.Lower(page.Source)}))
}

//go:wasmexport polder:plugin/udf@0.1.0#[dtor]table-function
func dropTable(number uint32) { tables.Remove(number).stop() }

// stop drops what is left of a call.
func (t *table) stop() {
	if t.open != nil {
		t.open.Stop()
		t.open = nil
	}
}
