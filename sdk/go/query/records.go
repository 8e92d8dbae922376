package query

import (
	"errors"
	"strconv"

	"polder"
)

// codec is how values of a struct are read from columns and written to them.
type codec[T any] struct {
	of    polder.DataType
	view  func(*polder.Column) polder.View[T]
	build func(rows int) polder.Builder[T]
}

// The codecs of the structs that a plugin has rows of, each under a pointer to its type.
var codecs = map[any]any{}

// Register makes a struct known whose fields are columns. The code that is generated for a plugin does it.
func Register[T any](of polder.DataType, view func(*polder.Column) polder.View[T], build func(rows int) polder.Builder[T]) {
	codecs[(*T)(nil)] = codec[T]{of, view, build}
}

func codecOf[T any]() (codec[T], error) {
	found, ok := codecs[(*T)(nil)].(codec[T])
	if !ok {
		return found, errors.New("rows of this type are not known; only those that the plugin's own package names are")
	}
	return found, nil
}

// viewOf views a batch as structs, whose fields are found among the columns by their names.
func viewOf[T any](batch *polder.Batch) (polder.View[T], error) {
	codec, err := codecOf[T]()
	if err != nil {
		return nil, err
	}
	rows := &polder.Column{Type: codec.of, Len: batch.Rows}
	for _, field := range codec.of.Children {
		column, err := batch.Column(field.Name)
		switch {
		case err != nil:
			return nil, err
		case !column.Type.Same(field.Type):
			return nil, errors.New("column `" + field.Name + "` has Arrow format `" + column.Type.Format + "`, not `" +
				field.Type.Format + "`")
		}
		rows.Children = append(rows.Children, column)
	}
	view := codec.view(rows)
	valid := view.Mask()
	for row := range batch.Rows {
		if !valid.At(row) {
			return nil, errors.New("row " + strconv.Itoa(row) + " of a batch holds a null, which its field has no place for")
		}
	}
	return view, nil
}
