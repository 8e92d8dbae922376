package wide

import (
	"errors"
	"math"
)

// Corr is Pearson's correlation.
type Corr struct {
	N                int64
	X, Y, XX, YY, XY float64
}

func (c *Corr) Update(x, y float64) {
	c.N++
	c.X, c.Y = c.X+x, c.Y+y
	c.XX, c.YY, c.XY = c.XX+x*x, c.YY+y*y, c.XY+x*y
}

func (c *Corr) Merge(other *Corr) {
	c.N += other.N
	c.X, c.Y = c.X+other.X, c.Y+other.Y
	c.XX, c.YY, c.XY = c.XX+other.XX, c.YY+other.YY, c.XY+other.XY
}

func (c *Corr) Evaluate() *float64 {
	if c.N < 2 {
		return nil
	}
	n := float64(c.N)
	corr := (n*c.XY - c.X*c.Y) / math.Sqrt((n*c.XX-c.X*c.X)*(n*c.YY-c.Y*c.Y))
	return &corr
}

// Joined joins the texts of a group, with a separator that is a constant.
type Joined struct{ Texts []string }

func (j *Joined) Update(text, separator string) error {
	if len(j.Texts) > 1_000_000 {
		return errors.New("too many texts")
	}
	j.Texts = append(j.Texts, text)
	return nil
}

func (j *Joined) Merge(other Joined) error {
	j.Texts = append(j.Texts, other.Texts...)
	return nil
}

func (j *Joined) Evaluate(separator string) (int64, error) {
	length := 0
	for _, text := range j.Texts {
		length += len(text) + len(separator)
	}
	return int64(length), nil
}
