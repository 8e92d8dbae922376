package polder

// RowError says which row of a batch an error is about, counted from 0.
type RowError struct {
	Row int
	Err error
}

func (e *RowError) Error() string { return e.Err.Error() }

func (e *RowError) Unwrap() error { return e.Err }

// At is the error about a row; nil when there is none.
func At(row int, err error) error {
	if err == nil {
		return nil
	}
	return &RowError{Row: row, Err: err}
}
