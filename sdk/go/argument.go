package polder

// Argument is what is known of an argument before any row.
type Argument struct {
	// The type, and the name of the expression as far as the planner has one.
	Field
	// The value as a column of one row, when the argument is a constant; else nil.
	Constant *Column
}
