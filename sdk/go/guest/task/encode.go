package task

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// EncodeBool encodes a truth value.
func EncodeBool[T ~bool](value T) (json string, err error) {
	return strconv.FormatBool(bool(value)), nil
}

// EncodeInt encodes a whole number.
func EncodeInt[T ~int | ~int8 | ~int16 | ~int32 | ~int64](value T) (json string, err error) {
	return strconv.FormatInt(int64(value), 10), nil
}

// EncodeUint encodes a whole number that is not negative.
func EncodeUint[T ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64](value T) (json string, err error) {
	return strconv.FormatUint(uint64(value), 10), nil
}

// EncodeFloat encodes a number.
func EncodeFloat[T ~float32 | ~float64](value T) (json string, err error) {
	number := float64(value)
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return "", errors.New("JSON has no " + strconv.FormatFloat(number, 'g', -1, 64))
	}
	return strconv.FormatFloat(number, 'g', -1, 64), nil
}

// EncodeString encodes a text.
func EncodeString[T ~string](value T) (json string, err error) {
	var out strings.Builder
	out.WriteByte('"')
	for _, letter := range string(value) {
		switch {
		case letter == '"' || letter == '\\':
			out.WriteByte('\\')
			out.WriteRune(letter)
		case letter < ' ':
			const digits = "0123456789abcdef"
			out.WriteString(`\u00`)
			out.WriteByte(digits[letter>>4])
			out.WriteByte(digits[letter&15])
		default:
			out.WriteRune(letter)
		}
	}
	out.WriteByte('"')
	return out.String(), nil
}
