package wide

import (
	"errors"
	"math/rand/v2"
	"strconv"

	"polder"
	"polder/catalog"
	"polder/clock"
	"polder/log"
	"polder/metrics"
	"polder/query"
	"polder/random"
	"polder/secrets"
	"polder/state"
	"polder/storage"
)

//polder:wants storage WRITE VOLUME on VOLUME main.default.out: writes a report
//polder:wants storage READ VOLUME on VOLUME main.default.out: reads it again
//polder:wants query SELECT on TABLE: reads the table that you name
//polder:wants catalog MANAGE on TABLE: comments on it
//polder:wants state: remembers how often it ran
//polder:wants metrics: counts
//polder:wants clock: stamps the report
//polder:wants random: draws a number
//polder:wants secrets USE CONNECTION on CONNECTION: signs the report

// Flight is a row of a table.
type Flight struct {
	Number  int64
	Carrier *string
}

// Report has what was found.
type Report struct {
	Rows   int      `json:"rows"`
	Runs   int64    `json:"runs"`
	At     string   `json:"at"`
	Files  []string `json:"files"`
	Drawn  float64  `json:"drawn"`
	Signed bool     `json:"signed"`
}

// Summarize reads a table and writes a report to a volume.
//
//   - limit: of rows; all when it is left out
//
//polder:task
func Summarize(table, volume string, limit *int, note string) (report Report, err error) {
	rows, err := query.Run("SELECT count(*) AS n FROM "+table+" WHERE $1 IS NULL OR true", limit == nil)
	if err != nil {
		return report, err
	}
	for batch, err := range rows.All() {
		if err != nil {
			return report, err
		}
		column, err := batch.Column("n")
		if err != nil {
			return report, err
		}
		report.Rows = int(polder.ViewFixed[int64](column).At(0))
	}
	for flight, err := range query.Select[Flight]("SELECT number, carrier FROM " + table) {
		if err != nil {
			return report, err
		}
		log.Event(log.LevelInfo, "flight", "number", strconv.FormatInt(flight.Number, 10))
	}
	last, _, err := state.Get("runs")
	if err != nil {
		return report, err
	}
	report.Runs, _ = strconv.ParseInt(string(last), 10, 64)
	report.Runs++
	if err := state.Set("runs", strconv.AppendInt(nil, report.Runs, 10)); err != nil {
		return report, err
	}
	out, err := storage.Open(volume)
	if err != nil {
		return report, err
	}
	upload, err := out.Create("report.txt")
	if err != nil {
		return report, err
	}
	defer upload.Close()
	if _, err := upload.Write([]byte(note)); err != nil {
		return report, err
	}
	if _, err := upload.Commit(); err != nil {
		return report, err
	}
	for file, err := range out.List("") {
		if err != nil {
			return report, err
		}
		report.Files = append(report.Files, file.Path)
	}
	if text, err := out.ReadString("report.txt"); err != nil || text != note {
		return report, errors.Join(err, errors.New("the report is not what was written"))
	}
	info, err := catalog.FindTable(table)
	if err != nil {
		return report, err
	}
	if err := catalog.SetComment(info.Name, note); err != nil {
		return report, err
	}
	metrics.Counter("rows", uint64(report.Rows))
	metrics.Progress(1, 1)
	report.At = clock.Now().String()
	report.Drawn = rand.New(random.Source{}).Float64()
	_, err = secrets.Placeholder("rates", "token")
	report.Signed = err == nil
	return report, nil
}
