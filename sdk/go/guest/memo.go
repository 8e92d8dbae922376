package guest

// Memo keeps what was made of an argument for as long as the argument stays the same from row to row; of a constant it
// is made once.
type Memo[A comparable, M any] struct {
	argument A
	made     M
	is       bool
}

// Memory is the memo of the argument at that position, which lasts as long as the function is bound.
func Memory[A comparable, M any](call *Call, position int) *Memo[A, M] {
	if memo, ok := call.memory[position].(*Memo[A, M]); ok {
		return memo
	}
	memo := &Memo[A, M]{}
	call.memory[position] = memo
	return memo
}

// Get is what make makes of an argument.
func (m *Memo[A, M]) Get(argument A, make func(A) (M, error)) (M, error) {
	if m.is && m.argument == argument {
		return m.made, nil
	}
	made, err := make(argument)
	if err == nil {
		m.argument, m.made, m.is = argument, made, true
	}
	return made, err
}
