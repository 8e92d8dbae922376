package polder

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// back builds a column of values, of which nil is null, and reads it again, as it is and as a constant.
func back[T comparable](t *testing.T, builder Builder[T], view func(*Column) View[T], values ...*T) {
	t.Helper()
	optional := NewOptionalBuilder(builder)
	for _, value := range values {
		optional.Append(value)
	}
	column, err := optional.Column()
	if err != nil {
		t.Fatal(err)
	}
	read := ViewOptional(view(column))
	for row, value := range values {
		got := read.At(row)
		if (got == nil) != (value == nil) || got != nil && *got != *value {
			t.Errorf("row %d is %v, not %v", row, got, value)
		}
		if column.IsNull(row) != (value == nil) {
			t.Errorf("row %d is null or not", row)
		}
		copied := NewValueBuilder(column.Type, 1)
		copied.Append(ValueOf(column, row))
		single, err := copied.Column()
		if err != nil {
			t.Fatal(err)
		}
		constant := ViewOptional(view(single.Repeated(20))).At(19)
		if (constant == nil) != (value == nil) || constant != nil && *constant != *value {
			t.Errorf("row %d as a constant is %v, not %v", row, constant, value)
		}
	}
}

func TestValuesComeBack(t *testing.T) {
	one, two, yes, no, empty, text := 1.5, math.Inf(-1), true, false, "", "土地"
	number := DataType{Format: "g"}
	for _, nulls := range []int{0, 1, 9} {
		numbers := append(make([]*float64, nulls), &one, nil, &two)
		back(t, NewFixedBuilder[float64](number, 1), func(c *Column) View[float64] { return ViewFixed[float64](c) }, numbers...)
		flags := append(make([]*bool, nulls), &yes, nil, &no, &yes)
		back(t, NewBooleanBuilder(1), func(c *Column) View[bool] { return ViewBoolean(c) }, flags...)
		texts := append(make([]*string, nulls), &empty, &text, nil, &text)
		back(t, NewStringBuilder(1), func(c *Column) View[string] { return ViewString(c) }, texts...)
	}
}

func TestListsWithNulls(t *testing.T) {
	one, two := int64(1), int64(2)
	of := DataType{Format: "l"}
	builder := NewListBuilder(ListType(of, true), NewOptionalBuilder(NewFixedBuilder[int64](of, 4)))
	builder.Append([]*int64{&one, nil})
	builder.AppendNull()
	builder.Append([]*int64{&two})
	builder.Append(nil)
	column, err := builder.Column()
	if err != nil {
		t.Fatal(err)
	}
	// A list with a null is one of no numbers.
	numbers := ViewSlices[int64](column)
	mask := numbers.Mask()
	for row, valid := range []bool{false, false, true, true} {
		if mask.At(row) != valid {
			t.Errorf("row %d", row)
		}
	}
	if got := numbers.At(2); !slices.Equal(got, []int64{2}) {
		t.Error(got)
	}
	all := ViewList(column, ViewOptional(View[int64](ViewFixed[int64](column.Children[0]))))
	if got := all.At(0); len(got) != 2 || *got[0] != 1 || got[1] != nil || all.Mask().At(1) {
		t.Error(got)
	}
}

func TestTextIsUTF8(t *testing.T) {
	builder := NewStringBuilder(2)
	builder.Append("ä")
	builder.Append("ä"[:1])
	_, err := builder.Column()
	if about, ok := err.(*RowError); !ok || about.Row != 1 {
		t.Error(err)
	}
}

func TestNullWhere(t *testing.T) {
	other := NewFixedBuilder[int64](DataType{Format: "l"}, 2)
	other.AppendNull()
	other.Append(1)
	mask, _ := other.Column()
	sums := Float64s([]float64{1, 2}).NullWhere(mask)
	if sums.Nulls != 1 || !sums.IsNull(0) || sums.IsNull(1) {
		t.Error(sums)
	}
}

func TestDecimals(t *testing.T) {
	large := Int128{Lo: 0, Hi: 1}
	for number, digits := range map[Int128]string{
		NewInt128(-5): "-0.05", NewInt128(123456): "1234.56", NewInt128(0): "0.00", large: "184467440737095516.16",
		NewInt128(math.MinInt64): "-92233720368547758.08",
	} {
		if got := number.Digits(2); got != digits {
			t.Errorf("%s, not %s", got, digits)
		}
	}
	if large.Float64() != 1<<64 || NewInt128(-3).Float64() != -3 {
		t.Error("as floating-point numbers")
	}
	builder := NewDecimalBuilder(DecimalType(3, 2), 2)
	builder.Append(NewInt128(-999))
	builder.Append(NewInt128(1000))
	if _, err := builder.Column(); err == nil || !strings.Contains(err.Error(), "1000") {
		t.Error(err)
	}
}

func TestDaysAndMoments(t *testing.T) {
	if day := NewDate(2024, time.February, 28) + 1; day.String() != "2024-02-29" {
		t.Error(day)
	}
	if day := NewDate(1969, time.December, 31); day != -1 || DateOf(day.Time()) != day {
		t.Error(day)
	}
	if moment := Timestamp(-1); moment.String() != "1969-12-31 23:59:59.999999Z" || TimestampOf(moment.Time()) != moment {
		t.Error(moment)
	}
	away := time.FixedZone("away", 3600)
	if local := LocalTimestampOf(time.Unix(0, 0).In(away)); local.String() != "1970-01-01 01:00:00" {
		t.Error(local)
	}
}
