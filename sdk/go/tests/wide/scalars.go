// Package wide has a function of every shape, for the tests of the SDK.
package wide

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"polder"
)

// Add adds two numbers.
func Add(a, b float64) float64 { return a + b }

// Divide divides whole numbers. Division by zero is a panic, which is an error.
//
//   - divisor: is not 0
func Divide(number, divisor int) int { return number / divisor }

// Negate turns a truth value around.
func Negate(value bool) bool { return !value }

// Narrow adds numbers of all widths.
func Narrow(a int8, b int16, c int32, d uint8, e uint16, f uint32, g uint64, h float32) float64 {
	return float64(a) + float64(b) + float64(c) + float64(d) + float64(e) + float64(f) + float64(g) + float64(h)
}

// Celsius is a type of the author's own.
type Celsius float64

// ToFahrenheit converts a temperature.
func ToFahrenheit(t Celsius) (Celsius, error) {
	if t < -273.15 {
		return 0, errors.New("colder than anything")
	}
	return t*9/5 + 32, nil
}

// OrElse is a text, or another one where that is null.
//
//	{schema}.or_else(NULL, 'b')
//	-- b
func OrElse(text, other *string) *string {
	if text == nil {
		return other
	}
	return text
}

// Reverse turns bytes around.
func Reverse(bytes []byte) []byte {
	reversed := make([]byte, 0, len(bytes))
	for i := len(bytes) - 1; i >= 0; i-- {
		reversed = append(reversed, bytes[i])
	}
	return reversed
}

// Cut gives a text of a broken character, which is refused.
func Cut(text string) string { return text[:len(text)/2] }

// Tomorrow is the day after.
//
//	{schema}.tomorrow(DATE '2024-02-28')
//	-- 2024-02-29
func Tomorrow(day polder.Date) polder.Date { return day + 1 }

// Later is a moment so many microseconds later.
func Later(moment polder.Timestamp, micros int64) polder.Timestamp {
	return moment + polder.Timestamp(micros)
}

// Local hands a local timestamp back.
func Local(moment polder.LocalTimestamp) polder.LocalTimestamp { return moment }

// Year is the year of a moment.
//
//	{schema}.year_of(TIMESTAMP '2024-12-31 23:59:59')
//	-- 2024
func YearOf(moment time.Time) int { return moment.Year() }

// Noon is twelve o'clock of the day of a moment.
func Noon(moment time.Time) time.Time { return moment.Truncate(24 * time.Hour).Add(12 * time.Hour) }

// Price counts hundredths.
//
//polder:decimal 10 2
type Price int64

// Twice is a price, doubled.
//
//	{schema}.twice(CAST(12.34 AS DECIMAL(10, 2)))
//	-- 24.68
func Twice(price Price) Price { return price * 2 }

// Amount has all digits that there are.
//
//polder:decimal 38 10
type Amount polder.Int128

// Keep hands an amount back.
func Keep(amount Amount) Amount { return amount }

// Sum adds the items of a list.
//
//	{schema}.sum_of([1.5, 2.5])
//	-- 4.0
func SumOf(numbers []float64) float64 {
	sum := 0.0
	for _, number := range numbers {
		sum += number
	}
	return sum
}

// Shout puts each text into upper case; nulls stay.
func Shout(texts []*string) []*string {
	for i, text := range texts {
		if text != nil {
			upper := strings.ToUpper(*text)
			texts[i] = &upper
		}
	}
	return texts
}

// Nested puts lists into one.
func Nested(lists [][]int64) []int64 {
	var all []int64
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// Point is a place on a plane.
type Point struct {
	X, Y float64
	Name *string `polder:"label"`
}

// Mirror mirrors a point.
func Mirror(point Point) Point { return Point{point.Y, point.X, point.Name} }

// Corners are the points of a list, mirrored.
func Corners(points []Point) []Point {
	var mirrored []Point
	for _, point := range points {
		mirrored = append(mirrored, Mirror(point))
	}
	return mirrored
}

// Maybe mirrors a point, if there is one.
func Maybe(point *Point) *Point {
	if point == nil {
		return nil
	}
	mirrored := Mirror(*point)
	return &mirrored
}

// Concat joins texts.
//
//	{schema}.concat_all('-', 'a', 'b')
//	-- a-b
func ConcatAll(separator string, parts ...string) string { return strings.Join(parts, separator) }

// Matches tells whether a text has a pattern in it.
//
//	{schema}.matches('polder', 'p.e')
//	-- false
//
//polder:bind pattern compile
func Matches(text string, pattern *regexp.Regexp) bool { return pattern.MatchString(text) }

func compile(pattern string) (*regexp.Regexp, error) { return regexp.Compile(pattern) }

// FirstOf is the first value that is not null.
//
//	{schema}.first_of(NULL, 3)
//	-- 3
//
//polder:returns typeOfFirst
func FirstOf(values ...polder.Value) polder.Value {
	for _, value := range values {
		if !value.IsNull() {
			return value
		}
	}
	return polder.Value{}
}

func typeOfFirst(arguments []polder.Argument) (polder.DataType, error) {
	for _, argument := range arguments {
		if argument.Type.Format != "n" {
			return argument.Type, nil
		}
	}
	return polder.DataType{Format: "n"}, nil
}

var calls int64

// Counted counts calls.
//
//polder:volatile
//polder:name count_calls
func Counted() int64 {
	calls++
	return calls
}
