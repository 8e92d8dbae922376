package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// source is the plugin's package, parsed and type-checked for the sandbox.
type source struct {
	fset  *token.FileSet
	files []*ast.File
	types *types.Package
	info  *types.Info
	// The packages of the SDK that are imported, by this package or those that it imports, and a place where.
	uses map[string]string
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles, Imports        []string
	Standard, DepOnly       bool
}

// The SDK's own packages.
const sdk = "polder"

func isSDK(path string) bool { return path == sdk || strings.HasPrefix(path, sdk+"/") }

func load(project string) (*source, error) {
	packages, err := listPackages(project)
	if err != nil {
		return nil, err
	}
	root := packages[len(packages)-1]
	exports := map[string]string{}
	for _, dependency := range packages {
		exports[dependency.ImportPath] = dependency.Export
	}
	source := &source{fset: token.NewFileSet(), uses: map[string]string{}}
	for _, file := range root.GoFiles {
		parsed, err := parser.ParseFile(source.fset, filepath.Join(root.Dir, file), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		source.files = append(source.files, parsed)
	}
	source.info = &types.Info{
		Defs:      map[*ast.Ident]types.Object{},
		Uses:      map[*ast.Ident]types.Object{},
		Instances: map[*ast.Ident]types.Instance{},
	}
	lookup := func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("package %s is not among the dependencies", path)
		}
		return os.Open(exports[path])
	}
	config := types.Config{Importer: importer.ForCompiler(source.fset, "gc", lookup)}
	source.types, err = config.Check(root.ImportPath, source.fset, source.files, source.info)
	if err != nil {
		return nil, err
	}
	return source, source.findUses(packages)
}

// listPackages has the package of the project after all that it depends on.
func listPackages(project string) ([]listed, error) {
	command := exec.Command("go", "list", "-deps", "-export",
		"-json=ImportPath,Dir,Export,GoFiles,Imports,Standard,DepOnly", ".")
	command.Dir = project
	command.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	var said bytes.Buffer
	command.Stderr = &said
	output, err := command.Output()
	if err != nil {
		return nil, errors.New(strings.TrimSpace(said.String()))
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(output)); decoder.More(); {
		var next listed
		if err := decoder.Decode(&next); err != nil {
			return nil, err
		}
		packages = append(packages, next)
	}
	return packages, nil
}

// findUses finds where packages of the SDK are imported.
func (s *source) findUses(packages []listed) error {
	for _, p := range packages {
		if p.Standard || isSDK(p.ImportPath) || !slices.ContainsFunc(p.Imports, isSDK) {
			continue
		}
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(s.fset, filepath.Join(p.Dir, name), nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			for _, imported := range file.Imports {
				if path := strings.Trim(imported.Path.Value, "`\""); isSDK(path) {
					s.uses[path] = s.place(imported.Pos())
				}
			}
		}
	}
	return nil
}

// place is a position as compilers write it.
func (s *source) place(position token.Pos) string {
	at := s.fset.Position(position)
	if folder, err := os.Getwd(); err == nil {
		if relative, err := filepath.Rel(folder, at.Filename); err == nil && !strings.HasPrefix(relative, "..") {
			at.Filename = relative
		}
	}
	return at.String()
}

// fail says what is wrong at a position, and what to do.
func (s *source) fail(position token.Pos, format string, values ...any) error {
	return fmt.Errorf("%s: %s", s.place(position), fmt.Sprintf(format, values...))
}

// failAt says what is wrong at a place.
func (s *source) failAt(place, format string, values ...any) error {
	return fmt.Errorf("%s: %s", place, fmt.Sprintf(format, values...))
}
