package polder

import "errors"

// Batch is rows of named columns: what queries give and writers take.
type Batch struct {
	Fields  []Field
	Rows    int
	Columns []*Column
}

// NewBatch is a batch of columns that are as long as each other, with these names.
func NewBatch(names []string, columns ...*Column) (*Batch, error) {
	if len(names) != len(columns) {
		return nil, errors.New("a batch needs a name for each column")
	}
	batch := &Batch{}
	for i, column := range columns {
		if i > 0 && column.Len != batch.Rows {
			return nil, errors.New("column `" + names[i] + "` is not as long as the first")
		}
		batch.Rows = column.Len
		batch.Fields = append(batch.Fields, Field{Name: names[i], Type: column.Type, Nullable: true})
		batch.Columns = append(batch.Columns, Repeat(column))
	}
	return batch, nil
}

// Column is the column of that name.
func (b *Batch) Column(name string) (*Column, error) {
	for i, field := range b.Fields {
		if field.Name == name {
			return b.Columns[i], nil
		}
	}
	return nil, errors.New("there is no column `" + name + "`")
}
