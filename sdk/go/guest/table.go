package guest

import (
	"errors"
	"iter"

	"polder"
)

var errNullState = errors.New("a state holds a null where it cannot be null")

// Page is rows of output, and for each the row of the arguments that it comes from.
type Page struct {
	Columns []*polder.Column
	Source  []uint32
}

// Pages are rows of output, page by page.
type Pages interface {
	// Next gives at most that many rows; nil at the end.
	Next(rows int) (*Page, error)
	// Stop ends it before the end.
	Stop()
}

// Rows takes the rows of a table function. When a page is full, whoever yields them waits until the next is asked for.
type Rows[T any] struct {
	call    *Call
	build   func(rows int) polder.Builder[T]
	limit   int
	builder polder.Builder[T]
	source  []uint32
	yield   func(*Page, error) bool
	next    func() (*Page, error, bool)
	stop    func()
}

// Room for the rows of a page before it has to grow.
const pageRoom = 1_024

// NewPages are the rows that run appends, until it returns or an append tells it that nobody wants more.
func NewPages[T any](call *Call, build func(rows int) polder.Builder[T], run func(*Rows[T]) error) Pages {
	rows := &Rows[T]{call: call, build: build}
	rows.next, rows.stop = iter.Pull2(func(yield func(*Page, error) bool) {
		rows.yield = yield
		rows.begin()
		err := rows.caught(run)
		switch {
		case rows.yield == nil:
		case err != nil:
			yield(nil, err)
		case len(rows.source) > 0:
			rows.hand()
		}
	})
	return rows
}

// Append adds a row of output; false when nobody wants more.
func (r *Rows[T]) Append(row T) bool {
	r.builder.Append(row)
	r.source = append(r.source, uint32(r.call.Row))
	return len(r.source) < r.limit || r.hand()
}

func (r *Rows[T]) Next(rows int) (*Page, error) {
	r.limit = rows
	page, err, _ := r.next()
	return page, err
}

func (r *Rows[T]) Stop() { r.stop() }

// hand gives the page away and begins another one, once it is asked for.
func (r *Rows[T]) hand() bool {
	column, err := r.builder.Column()
	page := &Page{Source: r.source}
	if err == nil {
		page.Columns = column.Children
	} else {
		page = nil
	}
	if !r.yield(page, err) || err != nil {
		r.yield = nil
		return false
	}
	r.begin()
	return true
}

func (r *Rows[T]) begin() {
	room := min(r.limit, pageRoom)
	r.builder, r.source = r.build(room), make([]uint32, 0, room)
}

func (r *Rows[T]) caught(run func(*Rows[T]) error) (err error) {
	defer caught(r.call, &err)
	return run(r)
}
