package guest

import (
	"slices"
	"unsafe"

	"polder"
)

// Groups are the states of all groups of one aggregation.
type Groups interface {
	// Update adds row i of a call to group number groups[i], of total so far.
	Update(call *Call, groups []uint32, total int) error
	// Merge merges row i of the states into group number groups[i], of total so far.
	Merge(states []*polder.Column, groups []uint32, total int) error
	// State gives the states of the first groups, as many as count; later groups move down.
	State(count int) ([]*polder.Column, error)
	// Evaluate gives the values of the first groups, as many as the call has rows; later groups move down.
	Evaluate(call *Call) (*polder.Column, error)
	// Len is the number of groups.
	Len() int
	// Size is how many bytes of memory the states hold, roughly.
	Size() int
	// Fields are the columns of a state.
	Fields() []polder.Field
	// Constants are the positions of the arguments that evaluation needs.
	Constants() []int
}

// States are groups whose states are values of S. The zero value is that of a group without rows.
type States[S any] struct {
	// The type of a state as a column.
	Of    polder.DataType
	Build func(rows int) polder.Builder[S]
	View  func(*polder.Column) polder.View[S]
	// What the methods of S do, for a row of each group that is given.
	UpdateRows   func(call *Call, states []S, groups []uint32) error
	MergeRow     func(state *S, other S) error
	EvaluateEach func(call *Call, states []S) (*polder.Column, error)
	// Needs are the positions of the arguments that EvaluateEach takes.
	Needs []int
	// Bytes of text and lists that the states hold, as far as they are known.
	Held func(*S) int

	states []S
}

func (s *States[S]) Fields() []polder.Field { return s.Of.Children }

func (s *States[S]) Constants() []int { return s.Needs }

func (s *States[S]) Len() int { return len(s.states) }

func (s *States[S]) Size() int {
	var state S
	size := cap(s.states) * int(unsafe.Sizeof(state))
	if s.Held != nil {
		for i := range s.states {
			size += s.Held(&s.states[i])
		}
	}
	return size
}

func (s *States[S]) Update(call *Call, groups []uint32, total int) (err error) {
	defer caught(call, &err)
	s.grow(total)
	return s.UpdateRows(call, s.states, groups)
}

func (s *States[S]) Merge(states []*polder.Column, groups []uint32, total int) (err error) {
	call := &Call{Rows: len(groups), Row: -1}
	defer caught(call, &err)
	s.grow(total)
	column := &polder.Column{Type: s.Of, Len: len(groups), Children: states}
	column.Own()
	view := s.View(column)
	valid := view.Mask()
	for row, group := range groups {
		call.Row = row
		if !valid.At(row) {
			return errNullState
		}
		if err := s.MergeRow(&s.states[group], view.At(row)); err != nil {
			return err
		}
	}
	return nil
}

func (s *States[S]) State(count int) (columns []*polder.Column, err error) {
	defer caught(nil, &err)
	builder := s.Build(count)
	for _, state := range s.first(count) {
		builder.Append(state)
	}
	column, err := builder.Column()
	if err != nil {
		return nil, err
	}
	return column.Children, nil
}

func (s *States[S]) Evaluate(call *Call) (column *polder.Column, err error) {
	defer caught(call, &err)
	return s.EvaluateEach(call, s.first(call.Rows))
}

func (s *States[S]) grow(total int) {
	if more := total - len(s.states); more > 0 {
		s.states = slices.Grow(s.states, more)[:total]
	}
}

// first takes the states of the first groups away.
func (s *States[S]) first(count int) []S {
	first := slices.Clone(s.states[:count])
	s.states = slices.Delete(s.states, 0, count)
	return first
}
