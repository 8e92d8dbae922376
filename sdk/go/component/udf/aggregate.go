//go:build wasip1

package udf

import (
	"unsafe"

	"polder"
	"polder/guest"
	"polder/internal/abi"
	"polder/internal/wire"
)

// aggregation is an aggregate and its groups.
type aggregation struct {
	bound  *guest.Bound
	groups guest.Groups
}

var aggregates wire.Handles[aggregation]

//go:wasmimport [export]polder:plugin/udf@0.1.0 [resource-new]aggregate
func newAggregate(number uint32) (handle uint32)

//go:wasmexport polder:plugin/udf@0.1.0#[static]aggregate.bind
func bindAggregate(name address, nameLength length, arguments address, count length) unsafe.Pointer {
	bound, err := bind(guest.Aggregate, name, nameLength, arguments, count)
	if err != nil {
		return wire.Failed(err)
	}
	groups := bound.Groups()
	// Says now, rather than after all rows, that an argument ought to be constant.
	if err := bound.RequireConstants(groups.Constants()); err != nil {
		return wire.Failed(err)
	}
	return wire.Ok(newAggregate(aggregates.Add(&aggregation{bound, groups})))
}

//go:wasmexport polder:plugin/udf@0.1.0#[method]aggregate.returns
func aggregateReturns(number uint32) unsafe.Pointer { return returns(aggregates.Get(number).bound) }

//go:wasmexport polder:plugin/udf@0.1.0#[method]aggregate.state-schema
func stateSchema(number uint32) unsafe.Pointer {
	begin()
	schema := wire.LowerSchema(aggregates.Get(number).groups.Fields())
	return unsafe.Pointer(wire.Lent(&schema))
}

//go:wasmexport polder:plugin/udf@0.1.0#[method]aggregate.update
func update(number, rows uint32, arrays address, count length, groups address, groupCount length, total uint32) unsafe.Pointer {
	aggregate := aggregates.Get(number)
	numbers := abi.ListAt[uint32](groups, groupCount).Lift()
	call := called(aggregate.bound, rows, arrays, count)
	return done(aggregate.groups.Update(call, numbers, int(total)))
}

//go:wasmexport polder:plugin/udf@0.1.0#[method]aggregate.merge
func merge(number, rows uint32, arrays address, count length, groups address, groupCount length, total uint32) unsafe.Pointer {
	aggregate := aggregates.Get(number)
	numbers := abi.ListAt[uint32](groups, groupCount).Lift()
	batch := wire.Batch{Rows: rows, Arrays: abi.ListAt[wire.Array](arrays, count)}
	states := wire.LiftBatch(batch, wire.Types(aggregate.groups.Fields()))
	begin()
	return done(aggregate.groups.Merge(states, numbers, int(total)))
}

//go:wasmexport polder:plugin/udf@0.1.0#[method]aggregate.state
func state(number, some, first uint32) unsafe.Pointer {
	begin()
	groups := aggregates.Get(number).groups
	count := taken(groups, some, first)
	columns, err := groups.State(count)
	if err != nil {
		return wire.Failed(err)
	}
	return wire.Ok(wire.LowerBatch(count, columns))
}

//go:wasmexport polder:plugin/udf@0.1.0#[method]aggregate.evaluate
func evaluate(number, some, first uint32) unsafe.Pointer {
	begin()
	aggregate := aggregates.Get(number)
	call := aggregate.bound.Constants(taken(aggregate.groups, some, first))
	column, err := aggregate.groups.Evaluate(call)
	if err != nil {
		return wire.Failed(err)
	}
	return wire.Ok(wire.LowerBatch(column.Len, []*polder.Column{column}))
}

//go:wasmexport polder:plugin/udf@0.1.0#[method]aggregate.size
func size(number uint32) uint64 {
	begin()
	return uint64(aggregates.Get(number).groups.Size())
}

//go:wasmexport polder:plugin/udf@0.1.0#[dtor]aggregate
func dropAggregate(number uint32) { aggregates.Remove(number) }

// taken is how many groups are meant by an option of a number of them.
func taken(groups guest.Groups, some, first uint32) int {
	if some == 0 {
		return groups.Len()
	}
	return min(int(first), groups.Len())
}

func done(err error) unsafe.Pointer {
	if err != nil {
		return wire.Failed(err)
	}
	return wire.Done()
}
