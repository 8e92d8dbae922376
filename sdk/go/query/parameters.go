package query

import (
	"errors"
	"time"

	"polder"
)

// single is the column of one value.
func single(value any) (*polder.Column, error) {
	switch v := value.(type) {
	case nil:
		return &polder.Column{Type: polder.DataType{Format: "n"}, Len: 1, Nulls: 1}, nil
	case bool:
		return built(polder.NewBooleanBuilder(1), v)
	case string:
		return built(polder.NewStringBuilder(1), v)
	case []byte:
		return built(polder.NewBinaryBuilder(1), v)
	case int:
		return fixed("l", v)
	case int8:
		return fixed("c", v)
	case int16:
		return fixed("s", v)
	case int32:
		return fixed("i", v)
	case int64:
		return fixed("l", v)
	case uint:
		return fixed("L", v)
	case uint8:
		return fixed("C", v)
	case uint16:
		return fixed("S", v)
	case uint32:
		return fixed("I", v)
	case uint64:
		return fixed("L", v)
	case float32:
		return fixed("f", v)
	case float64:
		return fixed("g", v)
	case polder.Date:
		return fixed("tdD", v)
	case polder.Timestamp:
		return fixed("tsu:UTC", v)
	case polder.LocalTimestamp:
		return fixed("tsu:", v)
	case time.Time:
		return fixed("tsu:UTC", polder.TimestampOf(v))
	case polder.Value:
		return built(polder.NewValueBuilder(v.Type(), 1), v)
	}
	return nil, errors.New("a value of this type has no place in SQL")
}

func fixed[T polder.Fixed](format string, value T) (*polder.Column, error) {
	return built(polder.NewFixedBuilder[T](polder.DataType{Format: format}, 1), value)
}

func built[T any](builder polder.Builder[T], value T) (*polder.Column, error) {
	builder.Append(value)
	return builder.Column()
}
