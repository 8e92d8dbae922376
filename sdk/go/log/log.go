// Package log writes lines for whoever runs the statement. Outside of Polder nobody reads them.
package log

import "polder/internal/abi"

// Level is how much a line matters.
type Level uint32

const (
	LevelTrace Level = iota
	LevelDebug
	LevelInfo
	LevelWarn
	LevelError
)

// Event writes a line with fields: names, each followed by its value.
func Event(level Level, message string, fields ...string) {
	defer abi.Return(abi.Loans())
	pairs := make([][2]string, 0, len(fields)/2)
	for i := 0; i+1 < len(fields); i += 2 {
		pairs = append(pairs, [2]string{fields[i], fields[i+1]})
	}
	address, length := abi.LowerString(message).Flat()
	list, count := abi.LowerPairs(pairs).Flat()
	write(uint32(level), address, length, list, count)
}

func Trace(message string) { Event(LevelTrace, message) }

func Debug(message string) { Event(LevelDebug, message) }

func Info(message string) { Event(LevelInfo, message) }

func Warn(message string) { Event(LevelWarn, message) }

func Error(message string) { Event(LevelError, message) }
