package wide

import (
	"strings"

	"polder"
)

// Plus adds two columns.
//
//	{schema}.plus(1.5, 2)
//	-- 3.5
func Plus(a, b polder.Float64Column) polder.Float64Column {
	sums := make([]float64, a.Len)
	for row := range sums {
		if !a.IsNull(row) && !b.IsNull(row) {
			sums[row] = a.At(row) + b.At(row)
		}
	}
	return polder.Float64s(sums).NullWhere(a, b)
}

// Upper puts a column of text into upper case.
func Upper(text polder.StringColumn) (polder.StringColumn, error) {
	upper := polder.NewStringBuilder(text.Len)
	for row := range text.Len {
		if text.IsNull(row) {
			upper.AppendNull()
		} else {
			upper.Append(strings.ToUpper(text.At(row)))
		}
	}
	return upper.Finish()
}

// Same hands a column of any type back.
//
//polder:returns typeOfFirst
func Same(values *polder.Column) *polder.Column { return values }
