package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestNamesOfSQL(t *testing.T) {
	for name, sql := range map[string]string{
		"LoadLines": "load_lines", "HTTPStatus": "http_status", "lat1": "lat1", "ID": "id", "ParseURL": "parse_url", "X": "x",
	} {
		if got := snake(name); got != sql {
			t.Errorf("%s is %s, not %s", name, got, sql)
		}
	}
}

func TestDocComments(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", `package x

// Add adds.
//
//   - b: the other one
//
//	SELECT {schema}.add(1,
//	  2);
//	-- 3
//
//	{schema}.add(1, NULL)
//	-- NULL
//
// This is no example:
//
//	code
//
//polder:stable
func Add(a, b int) int
`, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	doc := document(file.Decls[0].(*ast.FuncDecl).Doc)
	examples := [][2]string{{"SELECT {schema}.add(1,\n2)", "3"}, {"{schema}.add(1, NULL)", "NULL"}}
	if !reflect.DeepEqual(doc.examples, examples) {
		t.Errorf("%q", doc.examples)
	}
	if want := "Add adds.\n\n  - b: the other one\n\nThis is no example:\n\n\tcode"; doc.text != want {
		t.Errorf("%q", doc.text)
	}
	if doc.parameters["b"] != "the other one" {
		t.Error(doc.parameters)
	}
}

func TestRequests(t *testing.T) {
	for text, wanted := range map[string]want{
		"storage READ VOLUME on VOLUME main.nyc.inbox: reads: it": {Interface: "storage", Privilege: "READ VOLUME",
			Kind: "VOLUME", On: "main.nyc.inbox", Reason: "reads: it"},
		"query MODIFY on TABLE: writes": {Interface: "query", Privilege: "MODIFY", Kind: "TABLE", Reason: "writes"},
		"clock: stamps":                 {Interface: "clock", Reason: "stamps"},
	} {
		if got, ok := readWant(text); !ok || got != wanted {
			t.Errorf("%q is %+v", text, got)
		}
	}
	for _, wrong := range []string{"clock", "clock:", ": why", "storage READ VOLUME: why", "storage READ VOLUME on : why"} {
		if got, ok := readWant(wrong); ok {
			t.Errorf("%q is %+v", wrong, got)
		}
	}
}

func TestMistakesAreToldWithTheirPlace(t *testing.T) {
	sdk, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for code, said := range map[string]string{
		"func F(m map[string]int) int { return 0 }":                                 "parameter m: map[string]int is no type of SQL",
		"func F(int) int { return 0 }":                                              "parameter 1 has no name",
		"func F[T any](v T) T { return v }":                                         "type parameters",
		"func F(x int) {}":                                                          "returns a value, or a value and an error",
		"//polder:bind y f\nfunc F(x int) int { return x }":                         "the parameter y, which is not there",
		"type A struct{ n int }\nfunc (*A) Update(x int) {}\nfunc (*A) Merge(A) {}": "no method Evaluate",
		"type A struct{ n int }\nfunc (*A) Update(x int) {}\nfunc (*A) Merge(A) {}\nfunc (*A) Evaluate() int { return 0 }": "field n of A has to be exported",
		"func f() {}": "no exported functions",
	} {
		project := t.TempDir()
		work := "go 1.24\n\nuse " + project + "\n\nuse " + sdk + "\n"
		for name, text := range map[string]string{"go.mod": "module example/wrong\n\ngo 1.24\n", "go.work": work,
			"wrong.go": "package wrong\n\n" + code + "\n"} {
			if err := os.WriteFile(filepath.Join(project, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("GOWORK", filepath.Join(project, "go.work"))
		err := run(manifest{}, project, t.TempDir())
		if err == nil || !strings.Contains(err.Error(), said) || !strings.Contains(err.Error(), "wrong.go:") {
			t.Errorf("%s\n%v", code, err)
		}
	}
}
