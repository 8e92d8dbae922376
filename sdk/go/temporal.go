package polder

import "time"

// Date is a day: days since 1970-01-01.
type Date int32

// Timestamp is a moment: microseconds since 1970-01-01 00:00 UTC.
type Timestamp int64

// LocalTimestamp is a reading of calendar and clock, without a zone: microseconds since 1970-01-01 00:00.
type LocalTimestamp int64

const (
	secondsPerDay   = 86_400
	microsPerSecond = 1_000_000
)

// NewDate is the day of that year, month and number in the month.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf is the day of a time, in the time's own zone.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// Time is the first moment of the day, in UTC.
func (d Date) Time() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// TimestampOf is the moment of a time.
func TimestampOf(t time.Time) Timestamp { return Timestamp(t.UnixMicro()) }

// Time is the moment, in UTC.
func (t Timestamp) Time() time.Time { return time.UnixMicro(int64(t)).UTC() }

func (t Timestamp) String() string { return t.Time().Format("2006-01-02 15:04:05.999999Z") }

// LocalTimestampOf is what calendar and clock show of a time, in the time's own zone.
func LocalTimestampOf(t time.Time) LocalTimestamp {
	_, offset := t.Zone()
	return LocalTimestamp(t.UnixMicro() + int64(offset)*microsPerSecond)
}

// Time is a time in UTC at which calendar and clock show this.
func (t LocalTimestamp) Time() time.Time { return time.UnixMicro(int64(t)).UTC() }

func (t LocalTimestamp) String() string { return t.Time().Format("2006-01-02 15:04:05.999999") }
