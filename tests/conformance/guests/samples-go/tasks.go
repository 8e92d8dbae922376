package samples

import (
	"bufio"
	"io"
	"strings"

	"polder/query"
	"polder/storage"
)

//polder:wants storage READ VOLUME on VOLUME: reads the file that you name
//polder:wants query MODIFY on TABLE: writes its lines to the table that you choose

// Line is a line of a file, counted from 1.
type Line struct {
	Line int
	Text string
}

// Loaded is what a load gives.
type Loaded struct{ Rows int }

// LoadLines loads the lines of a text file into a table with the columns `line`, counted from 1, and `text`.
//
//polder:task
func LoadLines(volume, path, target string) (loaded Loaded, err error) {
	inbox, err := storage.Open(volume)
	if err != nil {
		return loaded, err
	}
	file, err := inbox.Reader(path)
	if err != nil {
		return loaded, err
	}
	writer, err := query.Open[Line](target, query.Append, nil)
	if err != nil {
		return loaded, err
	}
	defer writer.Close()
	for lines := bufio.NewReader(file); ; {
		text, err := lines.ReadString('\n')
		if err == io.EOF && text == "" {
			break
		}
		if err != nil && err != io.EOF {
			return loaded, err
		}
		loaded.Rows++
		if err := writer.Push(Line{loaded.Rows, strings.TrimSuffix(text, "\n")}); err != nil {
			return loaded, err
		}
	}
	_, err = writer.Commit()
	return loaded, err
}
