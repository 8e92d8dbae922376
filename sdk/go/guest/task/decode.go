package task

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unsafe"
)

// Bool decodes true or false.
func Bool[T ~bool](json string) (T, error) {
	if json != "true" && json != "false" {
		return false, errors.New(json + " is neither true nor false")
	}
	return json == "true", nil
}

// Int decodes a whole number.
func Int[T ~int | ~int8 | ~int16 | ~int32 | ~int64](json string) (T, error) {
	value, err := strconv.ParseInt(json, 10, int(unsafe.Sizeof(T(0)))*8)
	if err != nil || !isNumber(json) {
		return 0, errors.New(json + " is no whole number that fits")
	}
	return T(value), nil
}

// Uint decodes a whole number that is not negative.
func Uint[T ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64](json string) (T, error) {
	value, err := strconv.ParseUint(json, 10, int(unsafe.Sizeof(T(0)))*8)
	if err != nil || !isNumber(json) {
		return 0, errors.New(json + " is no whole number that fits")
	}
	return T(value), nil
}

// Float decodes a number.
func Float[T ~float32 | ~float64](json string) (T, error) {
	value, err := strconv.ParseFloat(json, int(unsafe.Sizeof(T(0)))*8)
	if err != nil || !isNumber(json) {
		return 0, errors.New(json + " is no number")
	}
	return T(value), nil
}

// isNumber tells whether what Go reads as a number is one of JSON, too: that begins with a digit, and with 0 only if no
// other follows.
func isNumber(json string) bool {
	digits := strings.TrimPrefix(json, "-")
	return digits != "" && strings.Trim(digits, "0123456789.eE+-") == "" && digits[0] >= '0' && digits[0] <= '9' &&
		(digits[0] > '0' || len(digits) == 1 || digits[1] < '0' || digits[1] > '9')
}

// String decodes a text.
func String[T ~string](json string) (T, error) {
	if len(json) < 2 || json[0] != '"' || json[len(json)-1] != '"' {
		return "", errors.New(json + " is no text")
	}
	text, ok := unescape(json[1 : len(json)-1])
	if !ok {
		return "", errors.New(json + " is no JSON")
	}
	return T(text), nil
}

// What stands for the letter after a backslash.
var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func unescape(text string) (string, bool) {
	var out strings.Builder
	for at := 0; at < len(text); {
		switch letter := text[at]; {
		case letter == '"' || letter < ' ':
			return "", false
		case letter != '\\':
			out.WriteByte(letter)
			at++
		case at+1 == len(text):
			return "", false
		case text[at+1] == 'u':
			unit, ok := codeUnit(text[at:])
			if !ok {
				return "", false
			}
			at += 6
			if utf16.IsSurrogate(unit) {
				second, _ := codeUnit(text[at:])
				if unit = utf16.DecodeRune(unit, second); unit != '\uFFFD' {
					at += 6
				}
			}
			out.WriteRune(unit)
		default:
			escaped, ok := escapes[text[at+1]]
			if !ok {
				return "", false
			}
			out.WriteByte(escaped)
			at += 2
		}
	}
	return out.String(), true
}

// codeUnit is the unit of UTF-16 at the beginning of a text, such as \u00e4.
func codeUnit(text string) (unit rune, ok bool) {
	if len(text) < 6 || text[:2] != `\u` {
		return 0, false
	}
	value, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(value), err == nil
}
